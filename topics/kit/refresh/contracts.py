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


class BrokenRow(dict[str, object]):
    """A row whose cells do not fit the header; it is told and never used."""

    def __init__(self, cells: Row, problem: str) -> None:
        """Keep what could be read, and why it cannot be used (Chinese, with the fix)."""
        super().__init__(cells)
        self.problem = problem


class SourceSettings(Protocol):
    """Where a source is and with which secret; config.toml's [sources.NAME] fits."""

    @property
    def url(self) -> str:
        """http(s)://…, postgresql://… or a folder."""

    @property
    def secret_file(self) -> str:
        """A file holding the token or password; empty: none."""

    @property
    def secret(self) -> str:
        """The secret itself where the environment gave it; empty: see `secret_file`."""

    @property
    def user(self) -> str:
        """The user of basic authentication, or the key's name of HMAC."""

    @property
    def auth(self) -> str:
        """How the secret is shown: bearer, basic, header, query or hmac."""

    @property
    def auth_name(self) -> str:
        """The header or parameter that carries it, for "header" and "query"."""

    @property
    def ca_file(self) -> str:
        """A CA certificate to trust beside the system's; empty: none."""

    @property
    def cert_file(self) -> str:
        """Our certificate where the source asks for one (PEM); empty: none."""

    @property
    def key_file(self) -> str:
        """The key of `cert_file`; empty: it lies in the same file."""

    @property
    def most_mb(self) -> int:
        """How long an answer may be at most, in MB."""

    @property
    def local(self) -> bool:
        """Whether it is the program's own simulator: it alone may lie on this machine unlisted."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that came together: all, or those of file `name`; `problem` says why there are none."""

    rows: Sequence[Row]
    name: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What came over the wire: bytes, the HTTP status, and up to where the source was read."""

    bytes: int | None = None
    status: int | None = None
    watermark: str = ""


NOTHING = Received()


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source gave; `done` is called once the values are stored. No part: nothing new."""

    parts: Sequence[Part] = ()
    done: Callable[[], None] = _nothing
    got: Received = NOTHING


class RowReader(Protocol):
    """Reads rows from one kind of source."""

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the source; raises SourceTimeout or SourceRefused."""


class LayerReader(Protocol):
    """Reads the attributes of a published layer's features."""

    def attributes(self, layer: str) -> Iterable[Row]:
        """One mapping a feature; the region's code stands under "region"."""


class CaseCounts(Protocol):
    """What a run of a refresher of kind "cases" gave: values of periods, counted from cases."""

    @property
    def observations(self) -> Sequence[Observation]:
        """The values."""

    @property
    def read(self) -> int:
        """How many cases were looked at."""

    @property
    def done(self) -> Callable[[], None]:
        """What to call once the values are stored."""


class CaseNumbers(Protocol):
    """Counts indicators from the cases of this city."""

    def count(self, spec: RefresherSpec, now: datetime) -> CaseCounts:
        """The values of all periods that may have changed since the last run."""

    def covers(self, period: Period) -> bool:
        """Whether cases speak for the period, so that no other source does."""


class PeriodRules(Protocol):
    """How moments and texts become periods."""

    def read(self, text: object, kind: PeriodKind) -> Period:
        """The period a source means; raises BadPeriod."""

    def at(self, moment: datetime, kind: PeriodKind) -> Period:
        """The period that holds the moment."""


def _none_kept(
    indicators: Sequence[str], regions: Sequence[str], start: datetime
) -> Sequence[Observation]:
    return ()


@dataclass(frozen=True, slots=True)
class RefreshContext:
    """Everything a topic's own refresher may use: the time, the period, the rows of its source."""

    now: datetime
    period: Period
    spec: RefresherSpec
    periods: PeriodRules
    reader: Callable[[str], Sequence[Row]]
    layer: Callable[[str], Iterable[Row]]
    kept: Callable[[Sequence[str], Sequence[str], datetime], Sequence[Observation]] = _none_kept
    """What is stored of indicators at places since a moment: `kept(indicators, regions, start)`."""

    def rows(self, source: str | None = None) -> Sequence[Row]:
        """Rows of the source (default: the refresher's own), read by its path, query or glob."""
        return self.reader(source or self.spec.source)

    def period_of(self, text: object) -> Period:
        """The period a source's text means, of the same kind as `period`; raises BadPeriod."""
        return self.periods.read(text, self.period.kind)


TopicFunction = Callable[[RefreshContext], Iterator[Observation]]
