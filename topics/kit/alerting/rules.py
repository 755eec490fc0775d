"""A rule of a manifest made ready: its series, its terms in 平 and 战, when it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.machine import Bound, Missing, Terms
from topics.kit.alerting.validity import holds, unknown_day
from topics.kit.errors import BadRule
from topics.kit.formula.nodes import Compare, Name, names_in
from topics.kit.formula.parse import parse_condition
from topics.kit.manifest_alerts import AlertLevel as ManifestLevel
from topics.kit.manifest_alerts import AlertSpec, PlanSpec, Worse, order_of
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.regions import RegionTree
from topics.kit.worktime.calendar import WorkCalendar

_BASIC = frozenset({"Number", "Name", "Negative", "Binary", "Compare"})
_CALLED = "告警的算式只用 + - * / 和比较;函数请先写成 [[formulas]] 里的指标,再在这里用它的编号"


@dataclass(frozen=True)
class Rule:
    """One rule in force. `version` is 0 as the manifest has it, then counts published changes."""

    spec: AlertSpec
    topic: str
    indicators: tuple[IndicatorSpec, ...]
    series: tuple[str, ...]  # codes of regions and sites
    version: int = 0
    plan: PlanSpec | None = None
    owners: Mapping[str, str] = field(default_factory=dict)  # place → whose own limits it has
    calendar: WorkCalendar | None = None  # which days are worked

    @property
    def id(self) -> str:
        """Its id."""
        return self.spec.id

    @property
    def indicator(self) -> IndicatorSpec | None:
        """The indicator that its value is of; None for a density or an expression of several."""
        return self.indicators[0] if len(self.indicators) == 1 else None

    @cached_property
    def node(self) -> Any:
        """What it watches, read."""
        return parse_condition(self.spec.when, own=None)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.spec.title or "、".join(one.title for one in self.indicators) or self.id

    @property
    def plain(self) -> bool:
        """Whether its value is the value of one indicator."""
        return isinstance(self.node, Name)

    @property
    def conditional(self) -> bool:
        """Whether it watches a comparison, which holds or does not."""
        return isinstance(self.node, Compare)

    @cached_property
    def worse(self) -> Worse:
        """Which way it gets worse."""
        return worse_of(self.spec, self.indicator)

    @cached_property
    def _terms(self) -> Mapping[bool, Terms]:
        return {wartime: _terms(self.spec, self.worse, wartime) for wartime in (False, True)}

    @cached_property
    def _local(self) -> Mapping[str, Mapping[AlertLevel, Bound]]:
        """The limits of places that have their own."""
        return {code: _bounds(self.spec.local[own], {}) for code, own in self.owners.items()}

    def terms(self, place: str = "", *, wartime: bool) -> Terms:
        """The terms for the machine at a place in that mode."""
        found, local = self._terms[wartime], self._local.get(place)
        own = self.spec.wartime
        if local is None or (wartime and own is not None and own.levels):
            return found
        return replace(found, bounds=local)

    def widest(self, *, wartime: bool) -> Terms:
        """Terms whose least limit no place undercuts: who is within them is within its own."""
        found = self._terms[wartime]
        if not self.owners:
            return found
        every = [found, *(self.terms(one, wartime=wartime) for one in self._local)]
        limits = [bound.limit for one in every for bound in one.bounds.values()]
        least = min(limits) if found.above else max(limits)
        return replace(found, bounds={AlertLevel.BLUE: Bound(least, least)})

    def route(self, *, wartime: bool) -> tuple[str, ...]:
        """Who is told in that mode."""
        other = self.spec.wartime.route if self.spec.wartime else ()
        return (wartime and other) or self.spec.route

    def valid_at(self, moment: datetime) -> bool:
        """Whether the rule holds on that day and at that time (Asia/Shanghai)."""
        return holds(self.spec, self.calendar, moment)

    def unknown_day(self, moment: datetime) -> str:
        """Why it is not known whether the rule holds on that day: then it does; "" where it is."""
        return unknown_day(self.spec, self.calendar, moment)


def ready(
    spec: AlertSpec,
    specs: Mapping[str, IndicatorSpec],
    regions: RegionTree,
    *,
    version: int = 0,
    plans: Iterable[PlanSpec] = (),
    calendar: WorkCalendar | None = None,
) -> Rule:
    """The rule on this city's regions; BadRule says what does not fit."""
    topic = spec.id.partition(".")[0]
    plan = next((one for one in plans if one.id == spec.plan), None)
    if spec.kind == "density":
        codes = _chosen(spec, regions, spec.at or ("county",), "")
        owners = _owners(spec, regions, codes)
        return Rule(spec, topic, (), codes, version, plan, owners, calendar)
    node = parse_condition(spec.when, own=None)
    strange = sorted(_kinds(node) - _BASIC)
    if strange:
        raise BadRule(f"{spec.id}:{_CALLED}")
    names = names_in(node)
    unknown = [one for one in names if one not in specs]
    if unknown:
        raise BadRule(f"{spec.id}:指标 {unknown[0]!r} 没有声明;请核对编号")
    found = tuple(specs[one] for one in names)
    shared = [one for one in found[0].levels if all(one in each.levels for each in found)]
    levels = [one for one in (spec.at or shared) if one in shared]
    if not levels:
        raise BadRule(f"{spec.id}:所看的指标没有共同的层级;改 at,或换指标")
    codes = _chosen(spec, regions, levels, found[0].sites)
    owners = _owners(spec, regions, codes)
    rule = Rule(spec, topic, found, codes, version, plan, owners, calendar)
    if not rule.worse:
        raise BadRule(f'{spec.id}:看不出哪个方向更劣;写 worse = "above" 或 "below"')
    return rule


def problems_of_rule(spec: AlertSpec, specs: Mapping[str, IndicatorSpec]) -> Iterator[str]:
    """What is wrong with a rule, as far as `specs` know the indicators it names: key and fix."""
    node = parse_condition(spec.when, own=None)
    if spec.kind != "density" and _kinds(node) - _BASIC:
        yield f"when:{_CALLED}"
    known = [specs[one] for one in names_in(node) if one in specs]
    if spec.kind != "density" and len(known) < len(names_in(node)):
        return  # another topic's: known once all topics are together
    try:
        if not worse_of(spec, known[0] if len(known) == 1 else None):
            yield 'worse:看不出哪个方向更劣;写 "above" 或 "below"'
    except ValueError as wrong:
        yield f"levels:{wrong}"
    for level in spec.at:
        if known and not any(level in one.levels for one in known):
            yield f"at:所看的指标没有 {level} 层级;可写的有 {'、'.join(known[0].levels)}"
    if spec.kind == "forecast" and spec.limit is None and known and known[0].thresholds is None:
        yield "limit:指标没有亮灯界限;写明超过多少算超限,如 limit = 115"
    if spec.of == "target" and known and not known[0].target:
        yield f"of:指标 {known[0].id} 没有目标;先写 target,或改 of"


def worse_of(spec: AlertSpec, indicator: IndicatorSpec | None) -> Worse:
    """Which way a rule's number gets worse; "" where nothing says so. ValueError: contradiction."""
    told = order_of(spec.levels, spec.worse)
    if spec.kind in ("forecast", "anomaly", "no_data", "late", "density"):
        return _only_above(told)
    if spec.kind == "threshold" and spec.of != "value":
        return _only_above(told)
    if spec.kind == "change":
        return told or "above"
    if isinstance(parse_condition(spec.when, own=None), Compare):
        return _only_above(told)
    meant = {"lower": "above", "higher": "below"}.get(indicator.direction if indicator else "", "")
    if told and meant and told != meant and not spec.worse and len(spec.levels) > 1:
        better = "低" if meant == "above" else "高"
        raise ValueError(f"指标越{better}越好,级别的界限却反着排;调过来,或写明 worse = {told!r}")
    return told or meant  # type: ignore[return-value]


def _only_above(told: Worse) -> Worse:
    if told == "below":
        raise ValueError("这种规则越大越劣,从蓝到红的界限要递增")
    return "above"


def _terms(spec: AlertSpec, worse: str, wartime: bool) -> Terms:
    levels, hold, keep, clear = spec.levels, spec.hold, spec.keep, spec.clear
    other = spec.wartime if wartime else None
    if other is not None:
        levels, clear = (other.levels, {}) if other.levels else (levels, clear)
        hold = other.hold if other.hold is not None else hold
        keep = other.keep if other.keep is not None else keep
    bounds = _bounds(levels, clear)
    return Terms(bounds, worse != "below", hold, keep, spec.flap, Missing(spec.missing))


def _bounds(
    levels: Mapping[ManifestLevel, float], clear: Mapping[ManifestLevel, float]
) -> Mapping[AlertLevel, Bound]:
    return {AlertLevel(one): Bound(limit, clear.get(one, limit)) for one, limit in levels.items()}


def _owners(spec: AlertSpec, regions: RegionTree, codes: Sequence[str]) -> Mapping[str, str]:
    """Which of the places named in `local` each series follows: itself, else what it lies in."""
    if not spec.local:
        return {}
    strange = [one for one in spec.local if regions.find(one) is None]
    if strange:
        raise BadRule(
            f"{spec.id}:local 里没有区划或点位 {strange[0]!r};请核对编号",
            problem={"errors": [{"item": "local", "problem": f"没有区划或点位 {strange[0]!r}"}]},
        )
    found = {}
    for code in codes:
        above = [one.code for one in regions.path(code)]
        named = [one for one in (code, *reversed(above)) if one in spec.local]
        if named:
            found[code] = named[0]
    return found


def asleep(terms: Terms) -> Terms:
    """The terms outside a rule's season and hours: what is there is not breached."""
    return replace(terms, missing=Missing.CLEAR)


def _kinds(node: Any) -> set[str]:
    found = {type(node).__name__}
    for name in ("left", "right", "inner"):
        if hasattr(node, name):
            found |= _kinds(getattr(node, name))
    return found


def _chosen(
    spec: AlertSpec, regions: RegionTree, levels: Sequence[str], kind: str
) -> tuple[str, ...]:
    city = regions.city().code
    codes = [
        one.code
        for level in levels
        for one in (regions.sites(city, kind) if level == "site" else regions.at_level(level))
    ]
    if not spec.regions:
        return tuple(codes)
    wanted = set(spec.regions)
    return tuple(
        code
        for code in codes
        if wanted & {one.code for one in regions.path(code)} or code in wanted
    )


def hours_of(span: timedelta) -> float:
    """A stretch of time in hours."""
    return span / timedelta(hours=1)
