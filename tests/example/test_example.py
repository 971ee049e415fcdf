"""The example call: loads without a problem, and is the same whenever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from example_reading import read

from accord.call.folder import Call, load_call
from accord.errors import InvalidInput
from accord.example import example_call, experts_needed


def loaded(files: Mapping[str, bytes], folder: Path) -> Call:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return load_call(folder)


@pytest.mark.parametrize("sides", [2, 3, 5])
def test_few_sides_load_without_error_or_warning(sides: int, tmp_path: Path) -> None:
    call = loaded(read(sides).files, tmp_path)
    assert call.warnings == ()
    assert (len(call.plan.plan.side), len(call.proposals), len(call.experts)) == (sides, 100, 150)
    assert call.reviews is not None
    assert call.consensus is None
    assert call.declared
    assert call.salt_key is not None
    assert len(call.salt_key) == 32


@pytest.mark.parametrize("sides", [12, 40])
def test_many_sides_load_and_only_miss_office_hours(sides: int, tmp_path: Path) -> None:
    call = loaded(read(sides).files, tmp_path)
    assert {warning.field for warning in call.warnings} == {"timeline.closes"}
    assert all("outside office hours" in warning.found for warning in call.warnings)


@pytest.mark.parametrize("sides", [2, 40])
@pytest.mark.parametrize("proposals", [1, 7])
def test_small_calls_load(sides: int, proposals: int, tmp_path: Path) -> None:
    files = example_call(sides=sides, proposals=proposals, experts=experts_needed(proposals), seed=0)
    call = loaded(files, tmp_path)
    assert len(call.proposals) == proposals
    assert call.reviews is not None
    assert len(call.reviews) == len({(row.proposal, row.expert) for row in call.reviews}) * 3
    assert {row.proposal for row in call.reviews} == {proposal.id for proposal in call.proposals}


def test_same_arguments_give_the_same_bytes() -> None:
    again = example_call(sides=2, proposals=100, experts=150, seed=1)
    assert again == read(2).files
    assert sorted(again) == [
        "README.txt",
        "conflicts.csv",
        "experts.jsonl",
        "plan.toml",
        "proposals.jsonl",
        "publications.jsonl",
        "reviews.csv",
        "salt.key",
    ]


def test_bytes_are_those_of_every_python_and_numpy() -> None:
    files = example_call(sides=3, proposals=40, experts=60, seed=7)
    digest = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest()
    # Changes with every change of the example's words and tables, on purpose; it may not change by itself.
    assert digest == "b57a4d98292b3f411be9eb1ceed3b2264efd16c39eef66b46a3a844dfae8c1f6"


def test_another_seed_gives_other_bytes_in_every_file() -> None:
    other = example_call(sides=2, proposals=100, experts=150, seed=2)
    assert all(content != other[name] for name, content in read(2).files.items())


def test_without_reviews_only_the_reviews_are_missing() -> None:
    before = example_call(sides=2, proposals=100, experts=150, seed=1, reviews=False)
    after = dict(read(2).files)
    readme = after.pop("README.txt").decode()
    del after["reviews.csv"]
    plain_readme = before.pop("README.txt").decode()
    assert plain_readme.count("review") == plain_readme.count("--without-reviews") == 1
    assert "reviews.csv" in readme
    assert before == after


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sides": 1}, "sides: found 1; give 2 to 40"),
        ({"sides": 41}, "sides: found 41; give 2 to 40"),
        ({"proposals": 0}, "proposals: found 0; give 1 to 30,000"),
        ({"proposals": 30_001}, "proposals: found 30,001; give 1 to 30,000"),
        ({"experts": 101}, "experts: found 101; give 102 to 100,000; fewer could not judge so many proposals"),
        ({"experts": 100_001}, "experts: found 100,001; give 102 to 100,000"),
        ({"seed": -1}, "seed: found -1; give at least 0"),
        ({"seed": 1.0}, "seed: found 1.0; give a whole number"),
        ({"sides": True}, "sides: found True; give a whole number"),
    ],
)
def test_arguments_out_of_range_are_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        example_call(**{"sides": 2, "proposals": 100, "experts": 150, "seed": 1, **changed})
    assert str(error.value) == told
