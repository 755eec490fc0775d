"""What an explanation says and what it is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from topics.kit.contracts import Observation, Period, Region
from topics.kit.definitions.contracts import DefinitionVersion
from topics.kit.forecast.contracts import Forecast
from topics.kit.formula.contracts import Against, Basis, Change, Trace
from topics.kit.manifest_indicators import IndicatorSpec, Target
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.quality.contracts import Tag
from topics.kit.quality.freshness import Age
from topics.kit.reading import ListedValues, SeriesValues
from topics.kit.reporting.contracts import Step
from topics.kit.runs import RunRecord
from topics.kit.words.judgement import Compared
from topics.kit.words.lamps import Lamp
from topics.kit.words.numbers import Written

Sees = Callable[[IndicatorSpec, Period], bool]
"""Whether the asking person may read the value of an indicator and period."""


class ObservationReads(ListedValues, SeriesValues, Protocol):
    """The reads of the observation store that an explanation needs."""

    def revisions(self, indicator: str, region: str, period: Period) -> list[Observation]:
        """Everything ever said about one period, oldest first."""


class RunReads(Protocol):
    """The reads of the run log that an explanation needs."""

    def find(self, runs: Sequence[str]) -> Mapping[str, RunRecord]:
        """The runs of these ids, those that are known."""

    def last(self, refresher: str) -> RunRecord | None:
        """The latest run of a refresher; None before the first."""


class FilingReads(Protocol):
    """The reads of the reporting store that an explanation needs."""

    def steps(
        self, filings: Iterable[str], *, as_of: datetime | None = None
    ) -> dict[str, list[Step]]:
        """What happened to each of the filings, oldest first."""


class FormulaReads(Protocol):
    """What the formula engine answers of computed values."""

    def trace(
        self, indicator: str, region: str, period: Period, /, *, as_of: datetime | None
    ) -> Trace | None:
        """How a value is computed; None for an indicator without a formula."""

    def change(
        self,
        indicator: str,
        region: str,
        period: Period,
        against: Against,
        /,
        *,
        as_of: datetime | None,
    ) -> Change | None:
        """What each region below added to the change; None where that cannot be said."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which value, as known when, at which moment asked, by whom.

    `period` None means the latest one that the asker `sees`; `as_of` None means as known now.
    """

    spec: IndicatorSpec
    region: Region
    now: datetime
    sees: Sees
    period: Period | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """The target a value is held against and how far off it is.

    `spec` is the indicator the target is of: a level may be judged by its published growth. `text`
    is "高于目标 1.6 个百分点"; `limit` is "≤9.0%"; `met` is None where nothing is judged.
    """

    spec: IndicatorSpec
    target: Target
    name: str
    limit: str
    text: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class InputNode:
    """One value that went in, with what went into it in turn; no value where it may not be seen."""

    role: str
    spec: IndicatorSpec | None
    region: Region | None
    period: Period
    allowed: bool
    observation: Observation | None = None
    written: Written | None = None
    trace: Trace | None = None
    inputs: Sequence[InputNode] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """How the value is computed; `numbers` is empty where an input may not be seen."""

    expression: str
    words: str
    numbers: str
    result: str
    inputs: Sequence[InputNode] = ()
    hidden: bool = False
    basis: Sequence[Basis] = ()  # the rules of the field that it follows
    pending: bool = False  # an input changed and the stored value is about to be computed anew


@dataclass(frozen=True, slots=True)
class Share:
    """What one region, or the rest of them, added to a change."""

    region: Region | None
    name: str
    amount: float
    text: str


@dataclass(frozen=True, slots=True)
class Contributions:
    """Who made the change: the largest first, then the rest; the amounts add up to `amount`.

    `name` is what the change is called on the card (同比, 较上期 …); `why` says why there are none.
    """

    name: str
    amount: float | None
    text: str
    unit: str
    shares: Sequence[Share] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """One time the value was said: from what to what, through what and by whom."""

    at: datetime
    old: str
    new: str
    first: bool
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: the system, how it is fetched, and the run that wrote it."""

    system: str
    refresher: RefresherSpec | None = None
    run: RunRecord | None = None
    latest_run: RunRecord | None = None
    way: Literal["refresher", "formula", "push", "report"] = "push"


@dataclass(frozen=True, slots=True)
class Absence:
    """Why there is no value, and the last good one before."""

    why: str
    last: Observation | None = None
    last_text: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to say about one value; times are UTC, numbers unrounded unless worded.

    `points` is the curve up to the value, oldest first; `moment` is the time the words are of.
    """

    spec: IndicatorSpec
    region: Region
    period: Period | None
    period_text: str
    moment: datetime
    as_of: datetime | None
    latest: bool
    observation: Observation | None
    written: Written
    exact: str
    label: str
    lamp: Lamp
    age: Age
    sentence: str
    aim: Aim | None
    compared: Compared | None
    broken: DefinitionVersion | None
    formula: Formula | None
    contributions: Contributions
    origin: Origin
    quality: Sequence[Tag]
    revisions: Sequence[Revision]
    versions: Sequence[DefinitionVersion]
    version: DefinitionVersion | None
    absence: Absence | None
    released: datetime | None
    points: Sequence[Observation]
    forecast: Forecast | None
