"""Two portals' exports of one call from a seed: a Japanese CSV a row a proposal, a European XLSX a row a partner."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from calls import PLAN

COORDINATED = PLAN.replace('mode = "single"', 'mode = "coordinated"') + "\n[twins]\n"

JP_MAPPING = """\
version = 1
layout = "row-per-proposal"
encoding = "Shift_JIS"
header_row = 3
only = { "状態" = ["受理"] }

[columns]
number = "課題番号"
joint_reference = "国際共同提案番号"
title = { ja = "研究課題名", en = "研究課題名（英文）" }
abstract = "研究概要"
topic = "研究領域"
starts = "研究開始日"
ends = "研究終了日"
organisation = "所属機関"
also_named = "所属機関（英文）"
department = "所属部局"
investigator = "研究代表者"
investigator_id = "研究者番号"
requested = "申請額（千円）"

[more_partners]
organisation = "分担機関{n}"
investigator = "分担者{n}"
requested = "分担額{n}（千円）"

[constants]
country = "JP"

[values.topic]
"量子光学" = "light"
"量子物質" = "matter"

[number]
thousands = ","
multiplier = 1000
ignore = ["千円"]

[other.EU]
partners = "相手国機関名"
separator = "、"
requested = "相手国申請額（千ユーロ）"
multiplier = 1000
"""

EU_MAPPING = """\
version = 1
layout = "row-per-partner"
sheet = "Participants"
header_row = 2

[columns]
number = "Proposal number"
joint_reference = "Joint reference"
title = "Title"
abstract = "Abstract"
topic = "Topic"
duration_months = "Duration (months)"
organisation = "Legal name"
country = "Country"
city = "City"
role = "Role"
investigator = ["First name", "Last name"]
orcid = "ORCID"
requested = "Requested EU contribution"

[values.role]
"Participant" = "partner"
"Associated partner" = "partner"

[values.country]
"Germany" = "DE"
"France" = "FR"
"Denmark" = "DK"
"Japan" = "JP"

[values.topic]
"CL4-2026-LIGHT" = "light"
"CL4-2026-MATTER" = "matter"

[number]
decimal = ","
thousands = "."
ignore = ["€"]
"""

JP_HEADER = [
    *("課題番号", "状態", "国際共同提案番号", "研究課題名", "研究課題名（英文）", "研究概要", "研究領域"),
    *("研究開始日", "研究終了日", "所属機関", "所属機関（英文）", "所属部局", "研究代表者", "研究者番号"),
    *("申請額（千円）", "分担機関１", "分担者１", "分担額１（千円）", "分担機関２", "分担者２", "分担額２（千円）"),
    *("相手国機関名", "相手国申請額（千ユーロ）", "備考"),
]
EU_HEADER = [
    *("Proposal number", "Joint reference", "Acronym", "Title", "Abstract", "Topic", "Duration (months)", "PIC"),
    *("Legal name", "Country", "City", "Role", "First name", "Last name", "ORCID", "Requested EU contribution"),
]

JP_PLACES = [("東京大学", "The University of Tokyo"), ("大阪大学", "Osaka University"), ("理化学研究所", "RIKEN")]
JP_MORE = ["名古屋大学", "産業技術総合研究所", "東北大学", "九州大学"]
JP_PEOPLE = ["山田　太郎", "佐藤 花子", "鈴木一郎", "高橋　美咲"]
EU_PLACES = [
    ("TECHNISCHE UNIVERSITÄT DRESDEN", "Germany", "DE", "Dresden"),
    ("SORBONNE UNIVERSITE", "France", "FR", "Paris"),
    ("DANMARKS TEKNISKE UNIVERSITET", "Denmark", "DK", "Kongens Lyngby"),
    ("CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS", "France", "FR", "Paris"),
]
EU_PEOPLE = [("Jörg", "Weiß"), ("Amélie", "d'Arc"), ("Søren", "Kjær"), ("Anna Maria", "van der Berg")]
ORCIDS = ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", None]
TOPICS = {"light": ("量子光学", "CL4-2026-LIGHT"), "matter": ("量子物質", "CL4-2026-MATTER")}


@dataclass
class Project:
    """One project as its applicants mean it."""

    number: int
    topic: str
    months: int
    jp: list[dict[str, Any]]
    eu: list[dict[str, Any]]

    @property
    def reference(self) -> str:
        return f"QJ-{self.number:03d}"

    @property
    def title(self) -> str:
        return f"Project {self.number}: squeezed {self.topic}, and more"

    @property
    def title_ja(self) -> str:
        return f"第{self.number}課題：量子「{self.topic}」の研究～基礎から"


def projects(count: int = 60, seed: int = 1) -> list[Project]:
    """Projects drawn from a seed."""
    rng = random.Random(seed)
    made = []
    for place in range(count):
        people = rng.sample(range(4), 3)
        jp_place = rng.choice(JP_PLACES)
        more = rng.sample(JP_MORE, rng.randrange(3))
        jp = [
            {
                "organisation": name,
                "requested": rng.randrange(1_000, 20_000) * 1000,
                "person": JP_PEOPLE[people[at]],
                "english": jp_place[1] if at == 0 else "",
            }
            for at, name in enumerate([jp_place[0], *more])
        ]
        eu = [
            {
                "place": EU_PLACES[at],
                "requested": rng.choice([0, rng.randrange(5_000_000, 60_000_000)]) if rank else 25_000_050,
                "person": at,
            }
            for rank, at in enumerate(rng.sample(range(4), rng.randrange(2, 5)))
        ]
        made.append(Project(place + 1, rng.choice(["light", "matter"]), rng.choice([24, 36, 42]), jp, eu))
    return made


def wide(text: str) -> str:
    """Digits and commas in full width, as Japanese forms are filled in."""
    return text.translate(str.maketrans("0123456789,", "０１２３４５６７８９，"))


def jp_rows(made: Sequence[Project]) -> list[list[str]]:
    """The rows of the Japanese portal."""
    rows = []
    for one in made:
        end_year = 2029 + (one.months - 24) // 12
        months_over = one.months % 12
        ends = f"令和{end_year - 2018}年{'9' if months_over else '3'}月{'30' if months_over else '31'}日"
        amounts = [f"{partner['requested'] // 1000:,}" for partner in one.jp]
        more = [("", "", "0")] * 2
        for at, partner in enumerate(one.jp[1:]):
            more[at] = (partner["organisation"], partner["person"], wide(amounts[at + 1]))
        named = "、".join(partner["place"][0].replace("Ä", "A") for partner in one.eu[: 1 + one.number % 2])
        asked = sum(partner["requested"] for partner in one.eu)
        rows.append(
            [
                f"JP{one.number:04d}",
                "受理",
                wide(one.reference) if one.number % 3 else one.reference.lower().replace("-", "－"),
                one.title_ja,
                one.title.upper(),
                f"{one.topic}に関する研究。\n第{one.number}号",
                TOPICS[one.topic][0],
                "2027/4/1" if one.number % 2 else "令和９年４月１日",
                ends,
                one.jp[0]["organisation"],
                one.jp[0]["english"],
                "工学系研究科",
                one.jp[0]["person"],
                f"{10_000_000 + one.number}",
                f"{amounts[0]}千円",
                *(cell for three in more for cell in three),
                named,
                str(asked // 100_000),
                "備考、その他",
            ]
        )
    withdrawn = list(rows[0])
    withdrawn[:3] = ["JP9999", "取下げ", "QJ-999"]
    return [*rows, withdrawn]


def eu_rows(made: Sequence[Project]) -> list[list[Any]]:
    """The rows of the European portal; Japanese partners are listed there too, without a request."""
    rows: list[list[Any]] = []
    for one in made:
        head = [
            101_000_000 + one.number if one.number % 2 else str(101_000_000 + one.number),
            f" {one.reference} ",
            f"ACRO{one.number}",
            one.title,
            f"On {one.topic}: résumé {one.number}",
            TOPICS[one.topic][1],
            one.months,
        ]
        for rank, partner in enumerate(one.eu):
            name, country, _, city = partner["place"]
            euros, cents = divmod(partner["requested"], 100)
            grouped = f"{euros:,}".replace(",", ".") + f",{cents:02d} €"
            first, last = EU_PEOPLE[partner["person"]]
            role = "Participant" if rank else "Coordinator"
            asked = grouped if rank % 2 else partner["requested"] / 100
            rows.append(
                [*head, 999_000_000 + rank, name, country, city, role, first, last, ORCIDS[partner["person"]], asked]
            )
        if one.jp[0]["english"] and one.number % 4:
            rows.append(
                [*head, None, one.jp[0]["english"].upper(), "Japan", "Tokyo", "Associated partner", "T", "Y", None, 0]
            )
    return rows


def write_csv(
    path: Path, rows: Sequence[Sequence[str]], encoding: str = "cp932", header: Sequence[str] = JP_HEADER
) -> None:
    """The Japanese export, with the two lines that its portal puts above the header."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["申請課題一覧"])
    writer.writerow([])
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = EU_HEADER) -> None:
    """The European export: a sheet of notes, and one of participants below a title line."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("Participants")
    sheet.append(["Export of proposals"])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    book.save(path)


@dataclass
class Exports:
    """Everything in a folder of a coordinated call; a test changes a part and writes it."""

    jp: list[list[str]]
    eu: list[list[Any]]
    plan: str = COORDINATED
    jp_mapping: str = JP_MAPPING
    eu_mapping: str = EU_MAPPING
    jp_encoding: str = "cp932"

    def write(self, folder: Path) -> Path:
        for side in ("JP", "EU"):
            (folder / "intake" / side).mkdir(parents=True, exist_ok=True)
        (folder / "plan.toml").write_text(self.plan, encoding="utf-8")
        (folder / "intake/JP/mapping.toml").write_text(self.jp_mapping, encoding="utf-8")
        (folder / "intake/EU/mapping.toml").write_text(self.eu_mapping, encoding="utf-8")
        write_csv(folder / "intake/JP/export.csv", self.jp, self.jp_encoding)
        write_xlsx(folder / "intake/EU/export.xlsx", self.eu)
        return folder

    def jp_at(self, reference_number: int) -> list[str]:
        return next(row for row in self.jp if row[0] == f"JP{reference_number:04d}")

    def eu_at(self, reference_number: int) -> list[list[Any]]:
        return [row for row in self.eu if str(row[0]) == str(101_000_000 + reference_number)]

    def set_jp(self, number: int, column: str, value: str) -> None:
        self.jp_at(number)[JP_HEADER.index(column)] = value

    def set_eu(self, number: int, column: str, value: Any) -> None:
        for row in self.eu_at(number):
            row[EU_HEADER.index(column)] = value


def exports(made: Sequence[Project]) -> Exports:
    """The two exports of some projects, without a fault."""
    return Exports(jp_rows(made), eu_rows(made))
