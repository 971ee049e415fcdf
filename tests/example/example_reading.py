"""Example calls, read back by the tests' own means."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from accord.example import example_call

SIDES = (2, 3, 5, 12, 40)


@dataclass(frozen=True)
class Read:
    """An example call, read back by this test's own means."""

    files: Mapping[str, bytes]

    @property
    def plan(self) -> dict[str, Any]:
        return tomllib.loads(self.files["plan.toml"].decode())

    def rows(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files[f"{name}.jsonl"].decode().split("\n") if line]

    def table(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.files[f"{name}.csv"].decode())))

    def reviewed(self) -> dict[str, dict[str, dict[str, Decimal]]]:
        found: dict[str, dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.table("reviews"):
            found[row["proposal"]][row["expert"]][row["criterion"]] = Decimal(row["score"])
        return found


@cache
def read(sides: int, proposals: int = 100, experts: int = 150, seed: int = 1) -> Read:
    return Read(example_call(sides=sides, proposals=proposals, experts=experts, seed=seed))
