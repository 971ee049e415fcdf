import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import Refused
from accord.methods.listing import Place, Standing, ranking_list


def standing(name: str, key: int, **more: object) -> Standing:
    return Standing.model_validate({"proposal": name, "key": key, "topic": "light", **more})


def order(places: tuple[Place, ...]) -> list[tuple[str, int, str | None]]:
    assert [place.place for place in places] == list(range(1, len(places) + 1))
    return [(place.proposal, place.tie_group, place.decided_by) for place in places]


DRAW = ["B", "C", "A", "D"]


def test_by_key_and_those_below_a_threshold_last() -> None:
    rows = [standing("A", 3), standing("B", 1, fundable=False), standing("C", 2), standing("D", 4, fundable=False)]
    assert order(ranking_list(rows, ties=["refuse"], draw=[])) == [
        ("C", 1, None),
        ("A", 2, None),
        ("B", 3, None),
        ("D", 4, None),
    ]


def test_equal_keys_go_by_the_plans_order_of_ties() -> None:
    rows = [
        standing("A", 1, criteria={"excellence": 4}),
        standing("B", 1, criteria={"excellence": 5}),
        standing("C", 1, criteria={"excellence": 4}),
        standing("D", 0),
    ]
    assert order(ranking_list(rows, ties=["score:excellence", "lottery"], draw=DRAW)) == [
        ("D", 1, None),
        ("B", 2, "score:excellence"),
        ("C", 2, "lottery"),
        ("A", 2, "the only one left"),
    ]


def test_topic_coverage_and_geography_look_at_what_stands_above() -> None:
    rows = [
        standing("A", 0, topic="light", countries=["DE"]),
        standing("B", 1, topic="light", countries=["DE", "FR"]),
        standing("C", 1, topic="matter", countries=["DE"]),
        standing("D", 1, topic="matter", countries=["FR", "IT", "DE"]),
    ]
    told = ranking_list(rows, ties=["topic-coverage", "geography", "lottery"], draw=DRAW)
    assert order(told) == [
        ("A", 1, None),
        ("D", 2, "geography"),
        ("B", 2, "lottery"),
        ("C", 2, "the only one left"),
    ]


def test_funds_prefer_the_smaller_part_of_a_budget() -> None:
    rows = [standing("A", 1, share=500), standing("B", 1, share=400)]
    assert [name for name, *_ in order(ranking_list(rows, ties=["funds", "refuse"], draw=[]))] == ["B", "A"]


def test_what_the_line_cannot_separate_is_one_group_between_the_others() -> None:
    rows = [
        standing("A", 10, interval=(5, 12)),
        standing("B", 20, interval=(15, 31), criteria={"x": 1}),
        standing("C", 30, interval=(25, 35), criteria={"x": 2}),
        standing("D", 40, interval=(29, 50), criteria={"x": 3}),
        standing("E", 41, interval=(31, 50), criteria={"x": 9}),
    ]
    assert order(ranking_list(rows, ties=["score:x", "refuse"], draw=[], line=30)) == [
        ("A", 1, None),
        ("D", 2, "score:x"),
        ("C", 2, "score:x"),
        ("B", 2, "the only one left"),
        ("E", 3, None),
    ]


def test_a_tie_that_the_plan_refuses_to_break_is_refused_by_name() -> None:
    rows = [standing("A", 1), standing("B", 1)]
    for ties in (["refuse"], ["score:x"]):
        with pytest.raises(Refused, match="no tie between A, B"):
            ranking_list(rows, ties=ties, draw=[])


standings = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(["light", "matter"]), st.integers(0, 2)),
    max_size=9,
).map(
    lambda rows: [
        standing(f"P{number}", key, fundable=fundable, topic=topic, criteria={"x": score}, interval=(key - 1, key + 1))
        for number, (key, fundable, topic, score) in enumerate(rows)
    ]
)


@given(standings, st.none() | st.integers(0, 3), st.randoms(use_true_random=False))
def test_every_proposal_once_in_an_order_that_no_order_of_rows_changes(
    rows: list[Standing], line: int | None, random: object
) -> None:
    draw = [row.proposal for row in rows]
    told = ranking_list(rows, ties=["topic-coverage", "score:x", "lottery"], draw=draw, line=line)
    assert sorted(place.proposal for place in told) == sorted(row.proposal for row in rows)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ranking_list(shuffled, ties=["topic-coverage", "score:x", "lottery"], draw=draw, line=line) == told
    keys = {row.proposal: row for row in rows}
    surely_better = [p.proposal for p in told if p.fundable and line is not None and keys[p.proposal].key < line - 1]
    fundable = [place.proposal for place in told if place.fundable]
    assert fundable[: len(surely_better)] == sorted(surely_better, key=fundable.index)
