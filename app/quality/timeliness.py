"""How fresh values are, for files that leave the program and are read when nobody can ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.services import Services
from topics.kit.contracts import Observation, Period
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.freshness import indicator_age

HISTORY = "历史"
"""What is said of a value that is not the newest of its series: it is not there to be fresh."""


@dataclass(frozen=True, slots=True)
class Timeliness:
    """The newest period of each series, and how old it is at `now`."""

    specs: Mapping[str, IndicatorSpec]
    newest: Mapping[tuple[str, str], Period]
    now: datetime

    @classmethod
    def of(
        cls, services: Services, indicators: Sequence[str], as_of: datetime | None
    ) -> Timeliness:
        """Of the indicators, as it was known at `as_of` (None: now)."""
        latest = services.observations.latest(indicators=indicators, as_of=as_of)
        return cls(
            {name: services.catalogue.indicator(name) for name in indicators},
            {(one.indicator, one.region): one.period for one in latest},
            as_of or datetime.now(UTC),
        )

    def said(self, one: Observation) -> str:
        """按时, 迟 2 时, 停更,已迟 12 天; 历史 for all but the newest value of a series."""
        if self.newest.get((one.indicator, one.region)) != one.period:
            return HISTORY
        return indicator_age(self.specs[one.indicator], one, self.now).said
