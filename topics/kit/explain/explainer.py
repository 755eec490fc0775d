"""Explains one value: everything that is said of it comes from this one computation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period
from topics.kit.definitions.contracts import Definitions, DefinitionVersion, Releases
from topics.kit.explain.absence import absence_of
from topics.kit.explain.changes import contributions
from topics.kit.explain.contracts import (
    Aim,
    Contributions,
    Explanation,
    FilingReads,
    FormulaReads,
    ObservationReads,
    Question,
    RunReads,
)
from topics.kit.explain.formulas import Inputs
from topics.kit.explain.origin import REPORT, origin_of
from topics.kit.explain.revisions import revisions
from topics.kit.explain.sentence import absent_sentence, sentence, value_text
from topics.kit.explain.store_values import StoreValues
from topics.kit.explain.targets import aim_of
from topics.kit.forecast.contracts import Forecast, Forecasts
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of, local_start
from topics.kit.quality.contracts import Quality, Tag
from topics.kit.quality.freshness import age_of
from topics.kit.regions import RegionTree
from topics.kit.reporting.contracts import Step
from topics.kit.words.judgement import (
    Compared,
    aged_lamp,
    class_label,
    compared,
    judged,
    lamp_of,
    period_text,
)
from topics.kit.words.lamps import Lamp
from topics.kit.words.numbers import Written, write_plain
from topics.kit.words.values import write_value

CURVE = 90  # periods of the curve
_AFTER = timedelta(microseconds=1)
_EXACT = 6  # decimals of the full value


@dataclass(frozen=True, slots=True)
class Explainer:
    """The stores an explanation is made from; a part that is None is not running here."""

    catalogue: Catalogue
    regions: RegionTree
    observations: ObservationReads
    runs: RunReads
    formulas: FormulaReads | None = None
    definitions: Definitions | None = None
    releases: Releases | None = None
    quality: Quality | None = None
    forecasts: Forecasts | None = None
    filings: FilingReads | None = None

    def explain(self, question: Question, *, names: Callable[[str], str] | None) -> Explanation:
        """Everything about one value as it may be told.

        `names` says what a person's id is read as; None for those who may not know who sent it.
        """
        return _Telling(self, question, names).whole()


class _Telling:
    """One question being answered; each part is worked out once and used by all others."""

    def __init__(
        self, parts: Explainer, question: Question, names: Callable[[str], str] | None
    ) -> None:
        self._parts = parts
        self._asked = question
        self._names = names
        self._spec = question.spec  # as it stands now: what decides who may see
        self._code = question.region.code
        self._specs = {one.id: one for one in parts.catalogue.indicators()}
        self._said_spec = question.spec  # as it stood for the period: what the words are of

    def whole(self) -> Explanation:
        """The explanation."""
        asked = self._asked
        points = self._points()
        one, period, latest = self._found(points)
        versions = self._versions()
        version = in_force(versions, period)
        spec = self._said_spec = version.spec if version is not None else self._spec
        moment = self._moment(period, latest=latest)
        age = age_of(end_of(points[0].period) if points else None, spec.freshness, self._then())
        lamp, aim, change = self._judged(one, moment)
        inputs = self._inputs()
        trace = None
        if inputs is not None and period is not None:
            trace = inputs.trace(spec, self._code, period, one)
        said = self._said(period)
        known = self._parts.runs.find([run for each in said if (run := each.run)])
        origin = origin_of(
            spec,
            one,
            self._parts.runs,
            known,
            catalogue=self._parts.catalogue,
            formula=trace is not None,
        )
        absence = absence_of(
            spec,
            asked.region,
            period,
            one,
            points,
            trace=trace,
            run=origin.latest_run,
            now=self._then(),
        )
        written = write_value(spec, one.value if one else None)
        if absence is not None:
            text = absent_sentence(spec, asked.region, period, absence)
        else:
            assert one is not None  # else it would be absent
            text = sentence(
                spec,
                asked.region,
                one.period,
                written,
                status=one.status,
                class_name=class_label(spec, one),
                aim=aim,
                compared=change,
            )
        return Explanation(
            spec=spec,
            region=asked.region,
            period=period,
            period_text="" if one is None else period_text(one, self._then()),
            moment=moment,
            as_of=asked.as_of,
            latest=latest,
            observation=one,
            written=written,
            exact=_exact(spec, one),
            label=class_label(spec, one),
            lamp=aged_lamp(lamp, age) if latest else lamp,
            age=age,
            sentence=text,
            aim=aim,
            compared=change,
            broken=self._break(change, one),
            formula=None if trace is None or inputs is None else inputs.formula(trace, spec, one),
            contributions=self._contributions(one, change),
            origin=origin,
            quality=self._quality(period),
            revisions=revisions(
                spec,
                said,
                known,
                as_of=asked.as_of,
                formula=trace is not None,
                names=self._names,
                filed=self._filed(said),
            ),
            versions=versions,
            version=version,
            absence=absence,
            released=self._released(period),
            points=points[::-1],
            forecast=self._forecast() if latest else None,
        )

    def _then(self) -> datetime:
        """The moment the screen is of: now, or the moment replayed."""
        return self._asked.as_of or self._asked.now

    def _points(self) -> list[Observation]:
        """The periods up to the one asked for that may be seen, newest first."""
        asked = self._asked
        found = self._parts.observations.series(
            self._spec.id,
            self._code,
            end=None if asked.period is None else asked.period.start + _AFTER,
            as_of=asked.as_of,
            limit=CURVE,
            newest_first=True,
        )
        return [one for one in found if asked.sees(self._spec, one.period)]

    def _found(
        self, points: Sequence[Observation]
    ) -> tuple[Observation | None, Period | None, bool]:
        """The value explained, its period, and whether it is the newest one."""
        wanted = self._asked.period
        if wanted is None:
            one = points[0] if points else None
            return one, None if one is None else one.period, True
        one = next((each for each in points if each.period == wanted), None)
        newer = self._parts.observations.series(
            self._spec.id,
            self._code,
            start=wanted.start + _AFTER,
            as_of=self._asked.as_of,
            limit=CURVE,
            newest_first=True,
        )
        later = any(self._asked.sees(self._spec, each.period) for each in newer)
        return one, wanted, not later

    def _moment(self, period: Period | None, *, latest: bool) -> datetime:
        """The moment whose target counts: now for the newest value, else the end of its period."""
        if latest or period is None:
            return self._then()
        return min(end_of(period) - _AFTER, self._then())

    def _judged(
        self, one: Observation | None, moment: datetime
    ) -> tuple[Lamp, Aim | None, Compared | None]:
        if one is None:
            return Lamp.NONE, aim_of(self._said_spec, None, moment), None
        values = StoreValues(
            self._parts.observations,
            self._specs,
            one,
            sees=self._asked.sees,
            as_of=self._asked.as_of,
        )
        spec, judge = judged(self._said_spec, one, values, self._specs)
        lamp = lamp_of(spec, judge)
        change = compared(self._said_spec, one, values, self._specs, lamp, self._broken)
        return lamp, aim_of(spec, judge, moment), change

    def _broken(self, indicator: str, earlier: Period, later: Period) -> bool:
        return self._break_between(indicator, earlier, later) is not None

    def _break_between(
        self, indicator: str, earlier: Period, later: Period
    ) -> DefinitionVersion | None:
        definitions = self._parts.definitions
        if definitions is None:
            return None
        return definitions.broken_between(indicator, earlier, later, as_of=self._asked.as_of)

    def _break(self, change: Compared | None, one: Observation | None) -> DefinitionVersion | None:
        if change is None or one is None or change.before is None or change.change is not None:
            return None
        return self._break_between(one.indicator, change.before.period, one.period)

    def _inputs(self) -> Inputs | None:
        parts = self._parts
        if parts.formulas is None:
            return None
        return Inputs(
            parts.formulas,
            parts.catalogue,
            parts.regions,
            sees=self._asked.sees,
            as_of=self._asked.as_of,
        )

    def _said(self, period: Period | None) -> list[Observation]:
        if period is None:
            return []
        return self._parts.observations.revisions(self._spec.id, self._code, period)

    def _filed(self, said: Sequence[Observation]) -> Mapping[str, Sequence[Step]]:
        runs = {one.run for one in said if one.run is not None and one.source == REPORT}
        if self._parts.filings is None or not runs:
            return {}
        return self._parts.filings.steps(sorted(runs), as_of=self._asked.as_of)

    def _contributions(self, one: Observation | None, change: Compared | None) -> Contributions:
        if one is None or one.value is None:
            return Contributions("", None, "", self._spec.unit, why="这一期没有数值")
        return contributions(
            self._said_spec,
            self._asked.region,
            one,
            change,
            store=self._parts.observations,
            formulas=self._parts.formulas,
            regions=self._parts.regions,
            as_of=self._asked.as_of,
        )

    def _quality(self, period: Period | None) -> Sequence[Tag]:
        if self._parts.quality is None or period is None:
            return ()
        return self._parts.quality.tags(self._spec, self._code, period, as_of=self._asked.as_of)

    def _versions(self) -> Sequence[DefinitionVersion]:
        if self._parts.definitions is None:
            return ()
        return self._parts.definitions.history(self._spec.id, as_of=self._asked.as_of)

    def _released(self, period: Period | None) -> datetime | None:
        if self._parts.releases is None or period is None:
            return None
        return self._parts.releases.at(self._spec, period)

    def _forecast(self) -> Forecast | None:
        if self._parts.forecasts is None:
            return None
        return self._parts.forecasts.shown(
            self._spec.id,
            self._code,
            as_of=self._asked.as_of,
            may_know=lambda period: self._asked.sees(self._spec, period),
        )


def in_force(
    versions: Sequence[DefinitionVersion], period: Period | None
) -> DefinitionVersion | None:
    """The version that says what a period means: the last one that had begun by its start."""
    if period is None:
        return versions[-1] if versions else None
    day = local_start(period).date()
    begun = [one for one in versions if one.valid_from is None or one.valid_from <= day]
    return begun[-1] if begun else next(iter(versions), None)


def _exact(spec: IndicatorSpec, one: Observation | None) -> str:
    """The full value where the card's is rounded; empty where nothing was left out."""
    if one is None or one.value is None:
        return ""
    shown = write_value(spec, one.value)
    text = _bare(write_plain(one.value, _EXACT))
    return "" if text == _bare(shown.text) else value_text(Written(text, spec.unit))


def _bare(text: str) -> str:
    """A number without the zeros at the end of its decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text
