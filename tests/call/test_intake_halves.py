"""One Side's intake as halves: what a row, or some rows, of an export come to."""

from __future__ import annotations

import hashlib
from pathlib import Path

from intake_reading import JP_CSV, read, told

from accord.call.intake.halves import Half
from accord.call.intake.partners import NamedPartner, StatedAmount
from accord.call.values import Investigator, Partner
from twin_exports import EU_HEADER, JP_MAPPING, exports, projects


def test_a_row_of_the_japanese_portal_is_a_half(tmp_path: Path) -> None:
    one = projects(1)[0]
    one.jp[1:] = [{"organisation": "九州大学", "requested": 1_234_000, "person": "鈴木一郎", "english": ""}]
    intake = read(exports([one]).write(tmp_path), "JP")
    lead = Investigator(id="10000001", name=one.jp[0]["person"], lead=True)
    hashed = hashlib.sha256("JP\n鈴木一郎\n九州大学".encode()).hexdigest()[:16]
    other = Investigator(id=f"person-{hashed}", name="鈴木一郎")
    own = {"country": "JP", "side": "JP", "unit": "JPY"}
    asked = sum(partner["requested"] for partner in one.eu) // 100_000 * 100_000
    half = Half(
        side="JP",
        number="JP0001",
        reference="QJ-００１",
        titles=(("ja", one.title_ja), ("en", one.title.upper())),
        abstracts=(("ja", f"{one.topic}に関する研究。\n第1号"),),
        topic=one.topic,
        duration_months=one.months,
        partners=(
            Partner(
                organisation=one.jp[0]["organisation"],
                department="工学系研究科",
                role="coordinator",
                investigators=(lead,),
                requested=str(one.jp[0]["requested"]),
                **own,
            ),
            Partner(organisation="九州大学", role="partner", investigators=(other,), requested="1234000", **own),
        ),
        names=(one.jp[0]["organisation"], one.jp[0]["english"], "九州大学"),
        named=tuple(
            NamedPartner(organisation=partner["place"][0].replace("Ä", "A"), side="EU") for partner in one.eu[:2]
        ),
        stated=(StatedAmount(side="EU", minor=asked, step=100_000),),
        language="ja",
        file=JP_CSV,
        row=4,
    )
    assert intake.halves == (half,)
    assert (intake.halves[0].file, intake.halves[0].row) == (half.file, half.row)
    assert [name for name, _ in intake.sources] == [JP_CSV, "intake/JP/mapping.toml"]


def test_rows_of_the_european_portal_are_one_half(tmp_path: Path) -> None:
    one = projects(5)[0]
    folder = exports([one])
    one_row = list(folder.eu_at(1)[0])
    one_row[7:16] = [None, "UNIVERSITAET ZUERICH", "CH", "Zürich", "Associated partner", None, None, None, "0"]
    paid = list(one_row)
    paid[8:10], paid[15] = ["KEIO GIJUKU", "Japan"], "1.000,00 €"
    unpaid = list(one_row)
    unpaid[8:10] = ["NAGOYA DAIGAKU", "Japan"]
    folder.eu = [one_row, paid, unpaid, *(row for row in folder.eu if row[9] != "Japan")]
    for row in folder.eu[1:]:
        row[4] = None  # what the first row of a proposal says may be left out below
    (half,) = read(folder.write(tmp_path), "EU").halves
    assert half.named == (NamedPartner(organisation="NAGOYA DAIGAKU", side="JP"),)
    assert half.abstracts == (("en", f"On {one.topic}: résumé 1"),)
    names = sorted([partner["place"][0] for partner in one.eu[1:]] + ["UNIVERSITAET ZUERICH", "KEIO GIJUKU"])
    assert [partner.organisation for partner in half.partners] == [one.eu[0]["place"][0], *names]
    kept = {partner.organisation: (partner.country, partner.requested) for partner in half.partners}
    assert kept["UNIVERSITAET ZUERICH"] == ("CH", "0.00")  # in no Side's country: who lists it answers for it
    assert kept["KEIO GIJUKU"] == ("JP", "1000.00")  # what this Side is asked to pay is this Side's
    assert {partner.side for partner in half.partners} == {"EU"}


def test_a_total_is_parted_between_the_coordinator_and_the_further_partners(tmp_path: Path) -> None:
    (one,) = made = projects(1)
    one.jp[1:] = [
        {"organisation": name, "requested": 1_500_000, "person": "鈴木一郎", "english": ""} for name in "甲乙"
    ]
    folder = exports(made)
    folder.jp_mapping = JP_MAPPING.replace('requested = "申請額（千円）"', 'requested_total = "申請額（千円）"')
    folder.set_jp(1, "申請額（千円）", "10,000")
    (half,) = read(folder.write(tmp_path), "JP").halves
    assert [partner.requested for partner in half.partners] == ["7000000", "1500000", "1500000"]
    folder.set_jp(1, "申請額（千円）", "2,999")
    assert told(folder.write(tmp_path), "JP") == [
        f"{JP_CSV}:4: 申請額（千円）: found 2999000 in all; the further partners ask for 3000000 of it, which is more"
    ]


def test_a_further_partner_with_a_zero_only_is_none(tmp_path: Path) -> None:
    made = projects(1)
    made[0].jp[1:] = []
    for zero in ("０", "0千円", "", "0.0"):
        folder = exports(made)
        folder.set_jp(1, "分担額１（千円）", zero)
        assert len(read(folder.write(tmp_path), "JP").halves[0].partners) == 1


def test_a_further_partner_without_a_name_that_may_ask_for_money_is_told(tmp_path: Path) -> None:
    made = projects(1)
    made[0].jp[1:] = []
    folder = exports(made)
    folder.set_jp(1, "分担額１（千円）", "未定")
    found = told(folder.write(tmp_path), "JP")
    assert [one.split(";")[0] for one in found] == [
        f"{JP_CSV}:4: 分担機関１: the cell is empty",
        f'{JP_CSV}:4: 分担額１（千円）: found "未定"',
    ]


def test_a_translation_of_an_empty_cell_is_its_default(tmp_path: Path) -> None:
    folder = exports(projects(2))
    folder.eu_at(1)[1][EU_HEADER.index("Requested EU contribution")] = None
    folder.eu_mapping += '\n[values.requested]\n"" = "0"\n"n/a" = "0"\n'
    halves = read(folder.write(tmp_path), "EU").halves
    assert any(partner.requested == "0.00" for partner in halves[0].partners)
