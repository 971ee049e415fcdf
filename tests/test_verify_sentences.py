"""A record whose affinity a sentence model gave: recomputed where the weights are, attested where they are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from accord.call.folder import load_call
from accord.errors import Refused
from accord.methods.affinity import SentenceEncoder, WeightsAbsent
from accord.pipeline.before_review import affinity_of
from accord.pipeline.bundle import record_files
from accord.pipeline.step import Step
from accord.pipeline.steps import AffinityResult, SentenceModel
from accord.pipeline.walk import run
from accord.record.folder import write_folder
from accord.verify import Check, verify
from calls import PLAN, write_call

DIGEST, OTHER = "ab" * 32, "cd" * 32
SEMANTIC = PLAN.replace('model = "tfidf"', 'model = "semantic"\nweights = "letters"')


class Letters:
    """Stands where sentence-transformers has its model: how often letters stand in a text, and a little noise."""

    def __init__(self, noise: float = 0.0) -> None:
        self._noise = noise

    def encode(self, texts: Sequence[str], **_: Any) -> NDArray[np.float32]:
        counts = [[text.count(letter) + 1 for letter in "aeiost"] for text in texts]
        return (np.array(counts) * (1 + self._noise * np.arange(6))).astype(np.float32)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a sentence model on this machine, or takes it away."""

    def put(*, digest: str = DIGEST, noise: float = 0.0, absent: bool = False) -> None:
        def found(weights: object) -> SentenceEncoder:
            if absent:
                raise WeightsAbsent("model: 'semantic' needs sentence-transformers")
            return SentenceEncoder(name="a folder", folder=Path(), digest=digest, _loaded=[Letters(noise)])

        monkeypatch.setattr(SentenceEncoder, "found", staticmethod(found))

    monkeypatch.delenv("ACCORD_WEIGHTS", raising=False)
    monkeypatch.delenv("ACCORD_CACHE", raising=False)
    put()
    return put


def recorded(
    tmp_path: Path,
    plan: str = SEMANTIC,
    change: Callable[[Step[AffinityResult]], Step[AffinityResult]] = lambda step: step,
) -> Path:
    walk = run(load_call(write_call(tmp_path / "call", plan=plan)))
    write_folder(tmp_path / "record", record_files(replace(walk, affinity=change(walk.affinity))))
    return tmp_path / "record"


def of_affinity(folder: Path) -> Check:
    (check,) = [check for check in verify(folder).checks if check.name == "affinity"]
    return check


def test_the_step_names_the_weights_and_is_recomputed(tmp_path: Path, here: Callable[..., None]) -> None:
    folder = recorded(tmp_path)
    step = run(load_call(tmp_path / "call")).affinity
    assert (step.method, step.version) == ("affinity-semantic", "1")
    assert step.result.weights == SentenceModel(name="letters", sha256=DIGEST)
    assert verify(folder).holds
    assert of_affinity(folder) == Check("affinity", holds=True, said="recomputed: 6 by 6, 0 millionths apart at most")


def test_where_the_weights_are_not_it_is_attested(tmp_path: Path, here: Callable[..., None]) -> None:
    folder = recorded(tmp_path)
    attested = f"attested, not recomputed, with the weights letters ({DIGEST})"
    here(absent=True)
    assert verify(folder).holds
    assert of_affinity(folder).said == f"{attested}: model: 'semantic' needs sentence-transformers"
    here(digest=OTHER)
    assert of_affinity(folder).said == f"{attested}: the weights of that name on this machine are others"


@pytest.mark.parametrize(("noise", "holds"), [(1e-6, True), (1e-2, False)])
def test_another_machine_may_differ_a_little(
    tmp_path: Path, here: Callable[..., None], noise: float, *, holds: bool
) -> None:
    folder = recorded(tmp_path)
    here(noise=noise)
    check = of_affinity(folder)
    assert check.holds is holds
    assert ("millionths apart at most" in check.said) is holds
    assert ("millionths from what is computed" in check.said) is not holds


def test_a_run_with_other_weights_than_the_plan_s_is_refused(tmp_path: Path, here: Callable[..., None]) -> None:
    plan = SEMANTIC.replace('"letters"', f'"letters"\nweights_sha256 = "{OTHER}"')
    call = load_call(write_call(tmp_path / "call", plan=plan))
    with pytest.raises(Refused, match=rf"^the weights 'letters' here have the SHA-256 {DIGEST}, the plan asks"):
        run(call)
    here(digest=OTHER)
    weights = run(call).affinity.result.weights
    assert weights == SentenceModel(name="letters", sha256=OTHER)


def with_weights(weights: SentenceModel | None) -> Callable[[Step[AffinityResult]], Step[AffinityResult]]:
    return lambda step: replace(step, result=step.result.model_copy(update={"weights": weights}))


@pytest.mark.parametrize(
    ("plan", "weights", "said"),
    [
        (SEMANTIC, None, "the weights that are recorded are not those that the plan names"),
        (SEMANTIC, SentenceModel(name="others", sha256=DIGEST), "the weights that are recorded are not those"),
        (PLAN, SentenceModel(name="letters", sha256=DIGEST), "weights are recorded, and the plan names no sentence"),
    ],
)
def test_recorded_weights_are_the_plan_s(
    tmp_path: Path, here: Callable[..., None], plan: str, weights: SentenceModel | None, said: str
) -> None:
    check = of_affinity(recorded(tmp_path, plan, with_weights(weights)))
    assert not check.holds
    assert said in check.said


@pytest.mark.parametrize("value", [-1, 1_000_001])
def test_an_attested_number_lies_in_its_bounds(tmp_path: Path, here: Callable[..., None], value: int) -> None:
    inputs = run(load_call(write_call(tmp_path / "one", plan=SEMANTIC))).inputs

    def moved(step: Step[AffinityResult]) -> Step[AffinityResult]:
        matrix = step.arrays["affinity"].copy()
        matrix[0, 0] = value
        return affinity_of(inputs, matrix, step.result.weights)

    folder = recorded(tmp_path, change=moved)
    here(absent=True)
    check = of_affinity(folder)
    assert (check.holds, check.said) == (False, "an affinity lies outside 0 to 1,000,000 millionths")
