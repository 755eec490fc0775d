"""Readings as one viewer may see them: what waits for its release is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.board.readings import Readings
from topics.kit.contracts import Observation, Period
from topics.kit.manifest_indicators import IndicatorSpec

Waits = Callable[[str, Period], bool]
"""Whether the period of an indicator has to wait for this viewer."""


class SeenReadings:
    """The part of the readings that is released, or that the viewer sees early."""

    def __init__(self, readings: Readings, waits: Waits) -> None:
        """Show `readings` without what `waits`."""
        self._readings = readings
        self._waits = waits

    def series(self, indicator: str, region: str) -> Sequence[Observation]:
        """The recent periods that may be seen, oldest first."""
        held = self._readings.series(indicator, region)
        return tuple(one for one in held if not self._waits(indicator, one.period))

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The newest period that may be seen; None when there is none."""
        newest = self._readings.latest(indicator, region)
        if newest is None or not self._waits(indicator, newest.period):
            return newest
        seen = self.series(indicator, region)
        return seen[-1] if seen else None

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with, if that may be seen."""
        found = self._readings.reference(spec, now)
        waits = found is not None and self._waits(spec.id, found.period)
        return None if waits else found
