"""Copies of a record for one reader: nothing that the reader may not see, and what is given still verifies."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_tokens import FUNDED, LETTERS, may_see, planted, rules, tokens

from accord.call.folder import load_call
from accord.errors import InvalidInput, Refused
from accord.pipeline.bundle import content_leaves, record_files
from accord.pipeline.copies import Copy, copy_with, opened_leaves, read_copy
from accord.pipeline.disclosure import disclosed, outcomes
from accord.pipeline.disclosure_view import PUBLIC, Reader
from accord.pipeline.leaf_kinds import KIND_NAMED, OTHER, kind_of
from accord.pipeline.leaves_read import given_in
from accord.pipeline.reading import Record, UnreadableRecord, open_record
from accord.pipeline.redacting import checked_rule, complete, erased, erasures_in, matching, of_person, redacted
from accord.pipeline.walk import Walk, run
from accord.plan.practice import ApplicantMatter, SideMatter
from accord.record.canonical import digest
from accord.record.commitments import names_in
from accord.record.folder import write_folder
from accord.verify import Verification, verify
from accord.verify.reads import reads
from calls import PLAN, REVIEWS, tables, write_call

SIDE_MATTERS = get_args(SideMatter)
SALT = "5a" * 16 + "c3" * 16
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECOMPUTED_BY_DEFAULT = {"list", "selection"}
Plans = tuple[tuple[str, ...] | None, tuple[str, ...], tuple[str, ...]]


@cache
def record_under(plan: Plans) -> Record:
    """The record of the planted call under rules of disclosure, which change no step."""
    side, applicants, publish = plan
    with TemporaryDirectory() as folder:
        return record_of(planted(Path(folder) / "call", rules(side, applicants, publish)))


def record_of(walk: Walk) -> Record:
    with TemporaryDirectory() as folder:
        write_folder(Path(folder) / "record", record_files(walk))
        return open_record(Path(folder) / "record")


def under(
    side: tuple[str, ...] | None = None, applicants: tuple[str, ...] = (), publish: tuple[str, ...] = ("title",)
) -> Record:
    return record_under((side, applicants, publish))


def copy_for(record: Record, name: str) -> Copy:
    plan = record.walk.inputs.call.plan.plan
    return redacted(record, Reader.named(f"applicants:{name}" if name.startswith("P") else name, plan))


def verified(copy: Copy) -> Verification:
    with TemporaryDirectory() as folder:
        write_folder(Path(folder) / "copy", copy.files())
        return verify(Path(folder) / "copy")


def recomputed(copy: Copy) -> set[str]:
    verification = verified(copy)
    assert verification.holds, verification.checks[-1]
    return {check.name for check in verification.checks if check.said.startswith("recomputed")}


def text_of(copy: Copy) -> str:
    """All bytes of a copy but for the plan's own leaf, which is the call's text."""
    files = replace(copy, given=tuple(one for one in copy.given if one.leaf.address != "inputs/plan.toml")).files()
    return "\n".join(content.decode("utf-8", errors="replace") for content in files.values())


def seen(copy: Copy, walk: Walk) -> set[str]:
    """The tokens that a copy holds; a step's figure (`"mean_total":…`) by its value, under its name."""
    text = text_of(copy)
    given = {f'"{names_in(one.leaf.address)[-1]}":{one.leaf.value}' for one in copy.given}
    return {token.text for token in tokens(walk) if token.text in text or token.text in given}


def hidden_tokens(name: str, walk: Walk, matters: set[str]) -> set[str]:
    return {token.text for token in tokens(walk) if not may_see(token, name, matters)}


def test_every_leaf_of_a_rich_record_is_of_a_kind() -> None:
    walk = under().walk
    kinds = {kind_of(leaf.address) for leaf in content_leaves(walk.inputs, walk.steps())}
    assert OTHER not in kinds
    assert len(kinds) > 50


@pytest.mark.parametrize("side", ["JP", "EU"])
def test_by_default_a_side_recomputes_list_and_selection(side: str) -> None:
    record = under()
    copy = copy_for(record, side)
    assert recomputed(copy) == RECOMPUTED_BY_DEFAULT
    assert {"ztitP1", "zorgEU1", "zorgJP1", f"zinv{side}1", f"znam{1 if side == 'JP' else 2}"} <= seen(
        copy, record.walk
    )


@settings(max_examples=10, deadline=None)
@given(side=st.sampled_from(["JP", "EU"]), matters=st.sets(st.sampled_from(SIDE_MATTERS)))
def test_a_side_finds_no_token_that_it_may_not_see(side: str, matters: set[str]) -> None:
    record = under(tuple(sorted(matters)))
    copy = copy_for(record, side)
    assert hidden_tokens(side, record.walk, matters) & seen(copy, record.walk) == set()
    assert verified(copy).holds


@settings(max_examples=8, deadline=None)
@given(number=st.integers(1, 7), matters=st.sets(st.sampled_from(get_args(ApplicantMatter))))
def test_applicants_find_no_token_that_they_may_not_see(number: int, matters: set[str]) -> None:
    record = under(None, tuple(sorted(matters)))
    name = f"P{number}"
    letter = set(LETTERS[outcomes(record.walk)[name]])
    let_out = matters | letter | ({"totals"} if "scores" in letter else set())
    copy = copy_for(record, name)
    assert hidden_tokens(name, record.walk, let_out) & seen(copy, record.walk) == set()
    text = text_of(copy)
    assert f"ztitP{number}" in text
    assert [other for other in FUNDED if other != name and f'"{other}"' in text] == []
    assert verified(copy).holds


@settings(max_examples=4, deadline=None)
@given(publish=st.sets(st.sampled_from(PUBLIC), min_size=1))
def test_the_public_finds_no_token_and_no_name_of_a_proposal(publish: set[str]) -> None:
    record = under(None, (), tuple(sorted(publish)))
    for copy in (copy_for(record, "public"), copy_for(record, "applicants")):
        assert {token.text for token in tokens(record.walk)} & seen(copy, record.walk) == set()
        assert [leaf.leaf.address for leaf in copy.given if "/P" in leaf.leaf.address] == []
        assert verified(copy).holds


@settings(max_examples=8, deadline=None)
@given(reader=st.sampled_from(["JP", "EU", "P1", "P4", "public"]), matters=st.sets(st.sampled_from(SIDE_MATTERS)))
def test_what_a_copy_gives_the_documents_for_that_reader_give_too(reader: str, matters: set[str]) -> None:
    """The rules by address never let out more than the walk that is made for the reader holds."""
    applicants = tuple(sorted(matters & set(get_args(ApplicantMatter))))
    record = under(tuple(sorted(matters)), applicants)
    copy = copy_for(record, reader)
    plan = record.walk.inputs.call.plan.plan
    shown = disclosed(
        record.walk, Reader.named(f"applicants:{reader}" if reader.startswith("P") else reader, plan)
    ).walk
    theirs = {leaf.address: leaf.value for leaf in content_leaves(shown.inputs, shown.steps())}
    ours = {one.leaf.address: one.leaf.value for one in copy.given}
    content = {
        address: value
        for address, value in ours.items()
        if not address.startswith("counts/")
        and "/inputs/" not in address
        and not KIND_NAMED[kind_of(address)].everybody
    }
    assert {address: theirs.get(address) for address in content} == content


def test_with_every_matter_a_side_recomputes_every_step() -> None:
    copy = copy_for(under(SIDE_MATTERS), "JP")
    assert recomputed(copy) == {"eligibility", "conflicts", "affinity", "assignment", "ranking", "list", "selection"}
    assert [one for one in copy.given if "certificate" in one.leaf.address or "leniency" in one.leaf.address] == []


def test_a_count_of_what_is_partly_hidden_is_hidden() -> None:
    copy = copy_for(under(), "JP")
    counted = {one.leaf.address for one in copy.given if one.leaf.address.startswith("counts/")}
    assert "counts/proposals/title" in counted
    assert (
        counted & {"counts/proposals/people", "counts/experts/all", "counts/reviews/scores", "counts/conflicts/pairs"}
        == set()
    )


@pytest.mark.parametrize("reader", ["JP", "P4", "P7", "public"])
def test_a_hidden_score_moves_no_length_and_nothing_that_is_given(reader: str, tmp_path: Path) -> None:
    """Two records that differ in one score, hidden from these readers with all that follows from it."""
    records = []
    for number, score in enumerate(("4.312", "4.317")):
        folder = tmp_path / str(number)
        planted(folder, rules(side=["title"]))
        lines = (folder / "reviews.csv").read_text(encoding="utf-8").splitlines()
        changed = [f"P2,zexp2,excellence,{score},x" if one.startswith("P2,zexp2,exc") else one for one in lines]
        (folder / "reviews.csv").write_text("\n".join([*changed, ""]), encoding="utf-8")
        records.append(record_of(run(load_call(folder))))
    first, second = (copy_for(record, reader) for record in records)
    assert first.given == second.given
    assert [len(content) for content in first.files().values()] == [len(content) for content in second.files().values()]
    values = [
        {leaf.address: leaf.value for leaf in content_leaves(one.walk.inputs, one.walk.steps())} for one in records
    ]
    moved = {address for address in values[0] if values[0][address] != values[1][address]}
    assert "inputs/reviews/P2 zexp2 excellence/score" in moved
    assert len(set(first.hidden) - set(second.hidden)) == len(moved)
    same = {name for name, content in first.files().items() if second.files()[name] == content}
    assert same == set()  # the front page names another root, and the heading of the leaves another front page
    assert first.files()["leaves.jsonl"].split(b"\n")[1:] == second.files()["leaves.jsonl"].split(b"\n")[1:]


def test_records_without_a_secret_key_have_no_copies(tmp_path: Path) -> None:
    record = record_of(run(load_call(write_call(tmp_path / "call"))))
    for attempt in (lambda: redacted(record, Reader("side", side="JP")), lambda: complete(record)):
        with pytest.raises(UnreadableRecord, match="the salts of this record are derived from its content"):
            attempt()


def test_all_sides_have_the_record_and_nothing_provisional_goes_out(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="all Sides together read the record itself"):
        redacted(under(), Reader("sides"))
    folder = write_call(tmp_path / "call", plan=rules())
    (folder / "salt.key").write_text(SALT, encoding="ascii")
    record = record_of(run(load_call(folder)))
    with pytest.raises(Refused, match="the lottery is not drawn"):
        copy_for(record, "public")
    said = {check.name: check.said for check in verified(copy_for(record, "EU")).checks}
    assert said["list"].startswith(
        "recomputed: 6 places; the lottery is not drawn, the order in it until then is attested"
    )
    assert said["selection"].startswith("recomputed")


def test_any_one_leaf_can_be_hidden() -> None:
    """One of each field that a record has: the steps that read it are attested, and none stops."""
    whole = complete(under(SIDE_MATTERS))
    fields = {}
    for one in whole.given:
        address = one.leaf.address
        if kind_of(address) not in {"counts", OTHER}:
            fields.setdefault(re.sub(r"/[^/]*[0-9][^/]*", "/*", address), address)
    for address in fields.values():
        try:
            copy = erased(whole, frozenset({address}), at=NOW, rule="request:7")
        except InvalidInput:
            continue  # given to everybody
        verification = verified(copy)
        assert verification.holds, (address, verification.checks[-1])


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_leaves_can_be_hidden_and_the_copy_verifies_without_them(data: st.DataObject) -> None:
    """Whatever is hidden, no byte of a copy tells it, and no check fails or stops."""
    record = under(SIDE_MATTERS)
    whole = complete(record)
    content = sorted(one.leaf.address for one in whole.given if kind_of(one.leaf.address) not in {"counts", OTHER})
    chosen = data.draw(st.sets(st.sampled_from(content), min_size=1, max_size=60))
    try:
        copy = erased(whole, frozenset(chosen), at=NOW, rule="request:7")
    except InvalidInput:
        return  # nothing in it that can be erased
    given = {one.leaf.address for one in copy.given}
    assert (
        given
        & {
            address
            for address in chosen
            if not KIND_NAMED.get(kind_of(address), KIND_NAMED["plan.toml/text"]).everybody
            and "/inputs/" not in address
        }
        == set()
    )
    lines = copy.files()["leaves.jsonl"].decode()
    assert [one.leaf.address for one in whole.given if one.leaf.address not in given and one.salt in lines] == []
    verification = verified(copy)
    assert verification.holds, verification.checks[-1]


@pytest.mark.parametrize("step", ["eligibility", "conflicts", "affinity", "ranking", "list", "selection"])
def test_a_step_reads_nothing_that_is_not_said_to_be_read(step: str) -> None:
    """With just what it is said to read, each step is computed from values that have nothing else."""
    record = under(SIDE_MATTERS)
    walk = record.walk
    every = opened_leaves(record, content_leaves(walk.inputs, walk.steps()))
    kinds = {*reads(step, walk.inputs), *(name for name, kind in KIND_NAMED.items() if kind.everybody)}
    addresses = {one.leaf.address for one in every if kind_of(one.leaf.address) in kinds}
    addresses |= {f"counts/{kind}" for kind in kinds}
    addresses |= {one.leaf.address for one in every if one.leaf.address.startswith(f"steps/{step}/result/")}
    copy = copy_with(record, every, frozenset(addresses))
    assert step in recomputed(copy)


def test_the_tables_of_a_whole_copy_are_the_ones_there_were() -> None:
    record = under(SIDE_MATTERS)
    given = given_in(complete(record))
    assert given.inputs.digests == record.walk.inputs.digests
    for step in record.walk.steps():
        assert given.steps[step.name].result == step.result


def test_what_is_erased_of_a_person_is_gone_and_told() -> None:
    record = under(SIDE_MATTERS)
    whole = complete(record)
    copy = erased(whole, of_person(whole, "zexp1"), at=NOW, rule="request:2026-17")
    text = text_of(copy)
    gone = ("zexp1", "znam1", "zaca1", "zpub1", "zpap1", "zres1", "zcoa1", "zcomeP2E1")
    assert [token for token in gone if token in text] == []
    assert "zexp2" in text
    told = erasures_in(copy.erased or b"").erasures
    assert [(one.at, one.rule) for one in told] == [("2026-11-21T12:00:00Z", "request:2026-17")]
    assert {"experts/all", "reviews/scores", "steps/affinity/matrix"} <= set(told[0].kinds)
    assert copy.matrix is None
    assert recomputed(copy) == {"eligibility", "list", "selection"}
    checks = {check.name: check.said for check in verified(copy).checks}
    assert checks["erased"].startswith(f"{told[0].leaves} leaves (")
    assert checks["erased"].endswith("on 2026-11-21T12:00:00Z by request:2026-17: erased.json says so, no log does")
    with pytest.raises(InvalidInput, match="nothing is erased"):
        erased(copy, of_person(copy, "zexp1"), at=NOW, rule="request:2026-17")


def test_an_investigator_is_erased_with_the_texts_that_name_them() -> None:
    whole = complete(under(SIDE_MATTERS))
    copy = erased(whole, of_person(whole, "zinvJP3"), at=NOW, rule="request:1")
    text = text_of(copy)
    assert [token for token in ("zinvJP3", "zperJP3") if token in text] == []
    assert "zorgJP3" in text
    assert {"list", "selection"} <= recomputed(copy)


def test_erasing_twice_tells_both_and_takes_no_erasure_back() -> None:
    whole = complete(under(SIDE_MATTERS))
    once = erased(whole, matching(whole, ["inputs/reviews/*/comment"]), at=NOW, rule="request:1")
    twice = erased(once, matching(once, ["inputs/consensus/*/comment"]), at=NOW, rule="request:2")
    assert [(one.rule, one.kinds) for one in erasures_in(twice.erased or b"").erasures] == [
        ("request:1", ("reviews/comments",)),
        ("request:2", ("consensus/comments",)),
    ]
    assert "zcom" not in text_of(twice)
    assert "zpan" not in text_of(twice)
    assert verified(twice).holds
    with pytest.raises(
        InvalidInput, match=r"no leaf that is still here and can be erased fits 'inputs/reviews/\*/comment'"
    ):
        matching(twice, ["inputs/reviews/*/comment"])
    with pytest.raises(InvalidInput, match=r"fits 'inputs/plan\.toml'"):
        matching(twice, ["inputs/plan.toml"])


def test_a_digest_goes_with_what_it_would_tell() -> None:
    whole = complete(under(SIDE_MATTERS))
    before = {one.leaf.address for one in whole.given}
    copy = erased(whole, frozenset({"inputs/reviews/P1 zexp3 excellence/score"}), at=NOW, rule="request:1")
    assert before - {one.leaf.address for one in copy.given} == {
        "inputs/reviews/P1 zexp3 excellence/score",
        "counts/reviews/scores",
        "steps/assignment/inputs/reviews",
        "steps/ranking/inputs/reviews",
    }


def test_rules_of_erasure_can_be_looked_up() -> None:
    plan = under().walk.inputs.call.plan.plan
    assert checked_rule("plan:results.publish", plan) == "plan:results.publish"
    assert checked_rule("request:2026/17", plan) == "request:2026/17"
    for wrong in ("plan:", "plan:retention.personal", "plan:no.such", "request:", "request:Jane Doe asked", "because"):
        with pytest.raises(InvalidInput, match=r"^rule: "):
            checked_rule(wrong, plan)


def test_which_of_two_equal_sets_was_taken_is_not_recomputed_without_the_seed(tmp_path: Path) -> None:
    """P1 with P2 is worth what P3 with P4 is: the seed chooses, and rests on names that are hidden."""
    plan = PLAN.replace('rule = "list-with-skips"', 'rule = "max-merit"').replace('"lottery"]', '"score:impact"]')
    marks = {"P1": (4, 4), "P2": (3.5, 3.5), "P3": (4, 3.5), "P4": (3.5, 4), "P5": (1, 1), "P6": (1, 1.5)}
    asked = {"P1": "60000000", "P2": "40000000", "P3": "50000000", "P4": "50000000"}
    table = tables()
    for row in table["proposals"]:
        row["partners"][0]["requested"] = asked.get(row["id"], "1000000")
        row["partners"][1]["requested"] = "1000.00"
    rows = [line.split(",") for line in REVIEWS.splitlines()[1:]]
    scores = [f"{name},{expert},{what},{marks[name][what == 'impact']}" for name, expert, what, _ in rows]
    reviews = "\n".join([REVIEWS.splitlines()[0], *scores, ""])
    folder = write_call(tmp_path / "call", plan=plan, reviews=reviews, rows=table)
    (folder / "salt.key").write_text(SALT, encoding="ascii")
    record = record_of(run(load_call(folder)))
    copy = copy_for(record, "EU")
    assert "counts/proposals/people" not in {one.leaf.address for one in copy.given}
    said = {check.name: check.said for check in verified(copy).checks}["selection"]
    assert said.startswith("recomputed: 2 funded within every budget, no set has more than 5000000 (")


def test_a_copy_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = under()
    copy = copy_for(record, "EU")
    write_folder(tmp_path / "copy", copy.files())
    shutil.copytree(tmp_path / "copy", tmp_path / "again")
    assert read_copy(tmp_path / "again") == copy
    assert copy.files()["record.json"] == record.page.content
    assert digest(copy.files()["leaves.jsonl"]) == digest(copy_for(record, "EU").files()["leaves.jsonl"])
