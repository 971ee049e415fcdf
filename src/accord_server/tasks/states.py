"""What may become of a job."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from accord_server.states import Moves


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


JOB: Final = Moves(
    what="a job",
    first=JobState.WAITING,
    table={
        JobState.WAITING: {
            JobState.RUNNING: "a worker took it",
            JobState.CANCELLED: "by whoever asked for it",
        },
        JobState.RUNNING: {
            JobState.DONE: "it returned",
            JobState.WAITING: "it failed, or its worker died; tried again later",
            JobState.FAILED: "it failed too often, or for good",
            JobState.CANCELLED: "by whoever asked for it, at its next step",
        },
        JobState.DONE: {},
        JobState.FAILED: {},
        JobState.CANCELLED: {},
    },
)
