"""Small ballots to rank: drawn ones, and one by hand with panels and without."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from accord.methods.ranking import Ranking, rank

Array = NDArray[np.float64]


SCALE = (0.0, 5.0)


@dataclass(frozen=True)
class Ballots:
    """Votes as plain columns; ids are whole numbers from 0."""

    proposal: list[int]
    expert: list[int]
    score: list[float]
    panel: list[int] | None = None

    def ranked(self, **options: object) -> Ranking:
        return rank(self.proposal, self.expert, self.score, scale=SCALE, panel=self.panel, **options)  # type: ignore[arg-type]


def by_id(ranking: Ranking, name: str) -> Array:
    return np.array([getattr(row, name) for row in sorted(ranking.rows, key=lambda row: str(row.proposal))])


def design(ballots: Ballots) -> tuple[Array, Array, Array, Array, float]:
    z = np.eye(max(ballots.proposal) + 1)[ballots.proposal]
    w = np.eye(max(ballots.expert) + 1)[ballots.expert]
    v = np.eye(max(ballots.panel) + 1)[ballots.panel] if ballots.panel else np.zeros((len(z), 0))
    y = np.array(ballots.score)
    centre = float((z.T @ y / z.sum(axis=0)).mean())
    return z, w, v, y - centre, centre


@st.composite
def small_ballots(draw: st.DrawFn, *, experts: int = 3) -> Ballots:
    proposals = draw(st.integers(2, 4))
    pairs = [(i, j) for i in range(proposals) for j in range(experts)]
    kept = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=proposals, max_size=9))
    kept = sorted(
        set(kept) | {(i, i % experts) for i in range(proposals)} | {(j % proposals, j) for j in range(experts)}
    )
    scores = draw(st.lists(st.integers(0, 20), min_size=len(kept), max_size=len(kept)))
    return Ballots([i for i, _ in kept], [j for _, j in kept], [score / 4 for score in scores])


PANELS = Ballots(
    proposal=[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5],
    expert=[0, 1, 2, 0, 1, 3, 0, 2, 3, 4, 5, 2, 4, 5, 3, 4, 5, 0],
    score=[4.0, 3.5, 4.5, 3.0, 2.0, 3.5, 1.5, 2.5, 3.0, 4.5, 4.0, 3.0, 2.0, 3.0, 2.5, 1.0, 2.0, 0.5],
    panel=[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1],
)
NO_PANELS = replace(PANELS, panel=None)
