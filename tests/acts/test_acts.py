"""Acts: what is signed, by whom, when it counts, and how a cheat is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.acts.confirmation import confirmations, evidence
from accord.acts.standing import LoggedAct, standing
from accord.acts.statement import Act, Statement, UnreadableAct, signed_act
from accord.plan.load import load_plan
from accord.plan.model import Plan
from accord.record.log.keys import new_key
from accord.record.log.notes import SignerKey
from calls import PLAN, write_call

HOST, JP, JP2, EU = (new_key(name) for name in ("h.example/host", "jp.example/a", "jp.example/b", "eu.example/a"))
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The small call's plan with a signatory a Side; Japan's second office records its own acts."""
    text = PLAN.replace(
        'id = "JP"\n',
        'id = "JP"\nsignatories = [\n'
        f'  {{ name = "Director, JP", public_key = "{JP.verifier.text}", valid_until = 2026-12-31T00:00:00Z }},\n'
        '  { name = "Minister, JP", way = "own-act" },\n]\n',
        1,
    ).replace(
        'id = "EU"\n',
        f'id = "EU"\nsignatories = [ {{ name = "Director, EU", public_key = "{EU.verifier.text}" }} ]\n',
        1,
    )
    folder = write_call(tmp_path_factory.mktemp("call") / "call", plan=text)
    return load_plan(folder / "plan.toml").plan


def act(plan: Plan, side: str, *more: SignerKey, keys: tuple[SignerKey, ...] = (), **changed: object) -> Act:
    told = Statement(
        kind="recommendation", call=plan.call.id, side=side, subject=ONE, signatory=f"Director, {side}", at=NOON
    )
    return signed_act(replace(told, **changed), *more, *keys)  # type: ignore[arg-type]


def test_a_statement_reads_as_it_is_written(plan: Plan) -> None:
    one = act(plan, "JP", JP)
    assert one.statement.text == (
        f"accord/act@v1\nact recommendation 1\ncall {plan.call.id}\nside JP\nsubject sha256:{ONE}\n"
        "signatory Director, JP\nway key\nat 2026-04-01T12:00:00Z\n"
    )
    assert Act.of(one.content) == one


@given(st.data())
def test_no_other_text_is_an_act(data: st.DataObject) -> None:
    text = Statement(kind="plan", call="c", side="JP", subject=ONE, signatory="A", at=NOON).text
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(codec="utf-8")) + text[place + 1 :]
    with suppress(UnreadableAct):
        assert Statement.of(changed).text == changed


def test_a_line_cannot_be_smuggled_in() -> None:
    told = Statement(kind="plan", call="c", side="JP", subject=ONE, signatory=f"A\nsubject sha256:{TWO}", at=NOON)
    with pytest.raises(UnreadableAct):
        signed_act(told, JP)


def test_all_sides_confirm_one_digest(plan: Plan) -> None:
    acts = [LoggedAct(act(plan, "JP", JP)), LoggedAct(act(plan, "EU", EU))]
    (half,) = confirmations(plan, standing(plan, acts[:1]))
    (whole,) = confirmations(plan, standing(plan, acts))
    assert (half.confirmed, half.missing) == (False, ("EU",))
    assert (whole.confirmed, whole.missing, whole.signed) == (True, (), tuple(acts))


def test_two_digests_by_one_side_are_evidence(plan: Plan) -> None:
    acts = [
        LoggedAct(act(plan, "JP", JP)),
        LoggedAct(act(plan, "EU", EU)),
        LoggedAct(act(plan, "JP", JP, subject=TWO)),
    ]
    found = standing(plan, acts)
    (torn,) = evidence(found)
    assert (torn.side, torn.kind, torn.acts) == ("JP", "recommendation", (acts[0], acts[2]))
    assert [one.confirmed for one in confirmations(plan, found)] == [False, False]


@pytest.mark.parametrize(
    ("keys", "changed", "why"),
    [
        ((EU,), {}, "no key that the plan names for JP signed it"),
        ((JP,), {"call": "another"}, "it is about the call another"),
        ((JP,), {"side": "CH"}, "CH is no Side of this plan"),
        ((JP,), {"signatory": "Director, EU"}, "no signatory that the plan names for JP"),
        ((JP,), {"at": datetime(2027, 1, 1, tzinfo=UTC)}, "does not stand since 2026-12-31"),
        ((JP,), {"way": "own-act", "reference": "7", "document": TWO, "signatory": "Minister, JP"}, "did not record"),
    ],
)
def test_what_does_not_count(plan: Plan, keys: tuple[SignerKey, ...], changed: dict[str, object], why: str) -> None:
    found = standing(plan, [LoggedAct(act(plan, **{"side": "JP", **changed}, keys=keys))], HOST.verifier)
    assert found.counted == ()
    assert why in found.refused[0].why


def test_a_sides_own_act_counts_as_the_host_recorded_it(plan: Plan) -> None:
    own = act(plan, "JP", HOST, way="own-act", reference="30文科第7号", document=TWO, signatory="Minister, JP")
    found = standing(plan, [LoggedAct(own)], HOST.verifier)
    assert [one.act for one in found.counted] == [own]
    assert standing(plan, [LoggedAct(own)], EU.verifier).counted == ()


def test_a_rotation_needs_both_keys_and_ends_the_old_one(plan: Plan) -> None:
    turn = {"kind": "key-rotation", "key": JP2.verifier.text, "since": NOON + timedelta(hours=1)}
    later = NOON + timedelta(hours=2)
    alone, both = LoggedAct(act(plan, "JP", JP, **turn)), LoggedAct(act(plan, "JP", JP, JP2, **turn))
    by_old = LoggedAct(act(plan, "JP", JP, at=later))
    by_new = LoggedAct(act(plan, "JP", JP2, at=later))
    assert [one.why for one in standing(plan, [alone]).refused] == ["a rotation is signed by the new key too"]
    found = standing(plan, [both, by_old, by_new])
    assert found.counted == (both, by_new)
    assert "does not stand since 2026-04-01T13:00:00" in found.refused[0].why


def test_a_revoked_key_cannot_date_an_act_back(plan: Plan) -> None:
    ended = LoggedAct(
        act(plan, "JP", JP, kind="key-revocation", key=JP.verifier.text, since=NOON), logged=NOON + timedelta(hours=1)
    )
    before = LoggedAct(act(plan, "JP", JP, at=NOON - timedelta(days=1)), logged=NOON - timedelta(days=1))
    back = LoggedAct(act(plan, "JP", JP, at=NOON - timedelta(days=1)), logged=NOON + timedelta(hours=2))
    found = standing(plan, [before, ended, back])
    assert found.counted == (before, ended)
    assert "does not stand since 2026-04-01T12:00:00" in found.refused[0].why
