"""The stores behind the page and what one person may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from app.security.contracts import Action, Resource, Subject
from app.security.may import may, require
from layers.contracts import Classification
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period
from topics.kit.definitions.contracts import Definitions, Releases
from topics.kit.forecast.contracts import Forecasts
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.organisations import Organisations
from topics.kit.reading import ListedValues, RecentValues
from topics.kit.regions import RegionTree


class Values(ListedValues, RecentValues, Protocol):
    """Current values, as the observation store gives them."""


class Statements(Protocol):
    """All that was ever said of a series."""

    def of_series(
        self,
        indicator: str,
        region: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
    ) -> list[Observation]:
        """Every statement known at `as_of`, by period, oldest first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the page is made from; a part that is None is not there and nothing is said of it."""

    catalogue: Catalogue
    regions: RegionTree
    organisations: Organisations
    values: Values
    statements: Statements
    city: str
    definitions: Definitions | None = None
    releases: Releases | None = None
    forecasts: Forecasts | None = None

    def spec_for(self, subject: Subject, indicator: str) -> IndicatorSpec:
        """The indicator, when the subject may read it at all.

        The decision comes first: to those who may not see it, what is not there looks as if
        hidden. Raises NotSignedIn, Forbidden, and UnknownIndicator only to whoever sees all.
        """
        spec = self.catalogue.find(indicator)
        if spec is None:
            hidden = Resource(
                "observation", indicator, classification=Classification.HIGHLY_SENSITIVE
            )
            require(subject, Action.READ, hidden)
            spec = self.catalogue.indicator(indicator)
        require(subject, Action.READ, self._resource(spec, None))
        return spec

    def sees(self, subject: Subject, spec: IndicatorSpec, period: Period | None) -> bool:
        """Whether the subject may see the value of a period now (released, and within rights)."""
        release = self.releases.at(spec, period) if self.releases and period else None
        return bool(may(subject, Action.READ, self._resource(spec, release)))

    def visible(
        self, subject: Subject, spec: IndicatorSpec, found: Sequence[Observation]
    ) -> list[Observation]:
        """Those of the values that the subject may see; the others are as if not there."""
        if self.releases is None:
            return list(found) if self.sees(subject, spec, None) else []
        known: dict[Period, bool] = {}
        kept = []
        for one in found:
            if one.period not in known:
                known[one.period] = self.sees(subject, spec, one.period)
            if known[one.period]:
                kept.append(one)
        return kept

    def _resource(self, spec: IndicatorSpec, release: datetime | None) -> Resource:
        topic = self.catalogue.topic_of(spec.id)
        return Resource(
            "observation", spec.id, topic.id, spec.classification, topic.demo, release_at=release
        )


def moment(as_of: datetime | None) -> datetime:
    """The moment the page speaks of: now, or the one that is replayed."""
    return as_of or datetime.now(UTC)
