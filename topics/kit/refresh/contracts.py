"""What the parts of refreshing hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_refreshers import RefresherSpec

Row = Mapping[str, object]
"""One row of a source, by column name; values as the source gave them."""


class SourceSettings(Protocol):
    """Where a source is and with which secret; config.toml's [sources.NAME] fits."""

    @property
    def url(self) -> str:
        """http(s)://…, postgresql://… or a folder."""

    @property
    def secret_file(self) -> str:
        """A file holding the token or password; empty: none."""

    @property
    def ca_file(self) -> str:
        """A CA certificate to trust beside the system's; empty: none."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that came together: all, or those of file `name`; `problem` says why there are none."""

    rows: Sequence[Row]
    name: str = ""
    problem: str = ""


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source gave; `done` is called once the values are stored. No part: nothing new."""

    parts: Sequence[Part] = ()
    done: Callable[[], None] = _nothing


class RowReader(Protocol):
    """Reads rows from one kind of source."""

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the source; raises SourceTimeout or SourceRefused."""


class LayerReader(Protocol):
    """Reads the attributes of a published layer's features."""

    def attributes(self, layer: str) -> Iterable[Row]:
        """One mapping a feature; the region's code stands under "region"."""


class PeriodRules(Protocol):
    """How moments and texts become periods."""

    def read(self, text: object, kind: PeriodKind) -> Period:
        """The period a source means; raises BadPeriod."""

    def at(self, moment: datetime, kind: PeriodKind) -> Period:
        """The period that holds the moment."""


@dataclass(frozen=True, slots=True)
class RefreshContext:
    """Everything a topic's own refresher may use: the time, the period, the rows of its source."""

    now: datetime
    period: Period
    spec: RefresherSpec
    periods: PeriodRules
    reader: Callable[[str], Sequence[Row]]
    layer: Callable[[str], Iterable[Row]]

    def rows(self, source: str | None = None) -> Sequence[Row]:
        """Rows of the source (default: the refresher's own), read by its path, query or glob."""
        return self.reader(source or self.spec.source)

    def period_of(self, text: object) -> Period:
        """The period a source's text means, of the same kind as `period`; raises BadPeriod."""
        return self.periods.read(text, self.period.kind)


TopicFunction = Callable[[RefreshContext], Iterator[Observation]]
