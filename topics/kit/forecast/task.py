"""What the forecasting process is asked and what it answers, one JSON line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from topics.kit.forecast.cadence import Cadence


@dataclass(frozen=True, slots=True)
class Task:
    """One series: its values on a whole grid, which of them are known, whether 0 is the least."""

    number: int
    values: Sequence[float]
    known: Sequence[bool]
    cadence: Cadence
    floor: bool

    def line(self) -> bytes:
        """The task as one line."""
        given = {**asdict(self), "cadence": None}
        one = self.cadence
        given["cadence"] = [one.season, one.horizon, one.windows, one.step, one.longest]
        return orjson.dumps(given) + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Task:
        """What `line` wrote."""
        given: dict[str, Any] = orjson.loads(line)
        return cls(**{**given, "cadence": Cadence(*given["cadence"])})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task: `points` are mean, low80, high80, low95, high95; no model: `why`.

    `scores` are [robust z, expected value], one for each value of the task.
    """

    number: int
    model: str
    why: str
    mase: float | None
    naive_mase: float | None
    coverage80: float | None
    coverage95: float | None
    points: Sequence[Sequence[float]]
    scores: Sequence[Sequence[float]]

    @property
    def beats_naive(self) -> bool:
        """Whether it may be shown."""
        return self.mase is not None and self.naive_mase is not None and self.mase < self.naive_mase

    def line(self) -> bytes:
        """The result as one line."""
        return orjson.dumps(self) + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Result:
        """What `line` wrote."""
        return cls(**orjson.loads(line))
