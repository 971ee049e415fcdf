"""Faults to plant in two Sides' exports, and how a finding of one is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accord.call.twins.findings import Finding
from twin_exports import Exports

KEY = "joint_reference"


def finding(kind: Any, sides: str, field: str, *values: str, reference: str = "QJ-010") -> Finding:
    return Finding(kind=kind, reference=reference, sides=tuple(sides.split()), field=field, values=values)


def drop_eu(number: int) -> Callable[[Exports], None]:
    def change(folder: Exports) -> None:
        folder.eu = [row for row in folder.eu if row not in folder.eu_at(number)]

    return change


def drop_jp(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.jp.remove(folder.jp_at(number))


def typo(folder: Exports) -> None:
    folder.set_eu(10, "Joint reference", "QJ-O10")


def swapped(folder: Exports) -> None:
    folder.set_jp(10, "国際共同提案番号", "QJ-100")


def no_reference_of(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.set_jp(number, "国際共同提案番号", "－")


def doubled(folder: Exports) -> None:
    again = list(folder.jp_at(10))
    again[0] = "JP0910"
    folder.jp.append(again)


def two_with_one(folder: Exports) -> None:
    folder.set_jp(10, "国際共同提案番号", "QJ-011")


def english_title(folder: Exports) -> None:
    folder.set_jp(10, "研究課題名（英文）", "Something else")


def no_english_title_of(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.set_jp(number, "研究課題名（英文）", "")


def japanese_as_english(folder: Exports) -> None:
    folder.set_jp(10, "研究課題名（英文）", "量子の研究")


def topic(folder: Exports) -> None:
    folder.set_jp(10, "研究領域", "量子光学")
    folder.set_eu(10, "Topic", "CL4-2026-MATTER")


def months(folder: Exports) -> None:
    folder.set_eu(10, "Duration (months)", 30)


def unlisted_of(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.set_jp(number, "相手国機関名", "UNIVERSITE DE LYON")


def in_japanese(folder: Exports) -> None:
    folder.set_jp(10, "相手国機関名", "リヨン大学")


def listed_by_europe(folder: Exports) -> None:
    folder.set_jp(10, "所属機関（英文）", "KYOTO UNIVERSITY")
    folder.set_eu(10, "Joint reference", "qj 010")
    row = list(folder.eu_at(10)[0])
    row[8:16] = ["NIIGATA UNIVERSITY", "Japan", "Niigata", "Associated partner", "N", "M", None, 0]
    folder.eu = [one for one in folder.eu if not (one in folder.eu_at(10) and one[9] == "Japan")]
    folder.eu.append(row)


def amounts(folder: Exports) -> None:
    folder.set_jp(10, "相手国申請額（千ユーロ）", "99999")
