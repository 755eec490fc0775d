"""From rows of a source to observations, by the manifest's `map`; bad rows are told, not lost."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.errors import BadPeriod, SourceRefused
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_refreshers import RowMap
from topics.kit.measured import Flag, read_measured
from topics.kit.quality.limits import refusal
from topics.kit.refresh.contracts import NOTHING, BrokenRow, Part, PeriodRules, Received, Row
from topics.kit.refresh.values import gap_of, parse_region, parse_status, parse_value
from topics.kit.runs import Refusal, Yield

TOLD_REFUSALS = 100
"""So many refused rows are told one by one; the others are only counted."""


CLOCK_SKEW = timedelta(minutes=10)
"""A source's clock may be so much ahead of ours before its values count as future ones."""

_GAP_WORDS = {"缺测": ValueStatus.MISSING, "未监测": ValueStatus.NOT_MONITORED}

Key = tuple[str, str, Period]


class _Future(BadPeriod):
    """A row speaks of a time to come."""

    def __init__(self, said: object, ahead: timedelta) -> None:
        super().__init__(f"时间“{said}”在未来,未采用;请核对来源的时间和时区")
        self.ahead = ahead


@dataclass(frozen=True, slots=True)
class MapRules:
    """What mapping must know of the city."""

    now: datetime
    periods: PeriodRules
    indicator: Callable[[str], IndicatorSpec]
    level_of: Callable[[str], str | None]
    future: bool = False  # whether values may be of times to come


@dataclass(slots=True)
class Mapped:
    """The observations of a reading and what was refused.

    `notes` are remarks on the batch as a whole; `guessed` are gaps that no status column confirms.
    """

    observations: list[Observation] = field(default_factory=list)
    read: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    guessed: set[Key] = field(default_factory=set)
    ahead: list[timedelta] = field(default_factory=list)  # how far rows lay in the future
    got: Received = NOTHING

    def refuse(self, row: int, reason: str) -> None:
        """Note a row that cannot be used."""
        self.refused += 1
        if len(self.refusals) < TOLD_REFUSALS:
            self.refusals.append(Refusal(row, reason))

    def keep_within(self, find: Callable[[str], IndicatorSpec | None]) -> None:
        """Refuse the values beyond the hard limits of their indicators; the others stay."""
        within: list[Observation] = []
        for one in self.observations:
            spec = find(one.indicator)
            problem = refusal(spec, one.value) if spec is not None else ""
            if problem:
                self.refuse(0, f"{one.indicator} {one.region}:{problem}")
            else:
                within.append(one)
        self.observations = within

    def outcome(self, kept: int) -> Yield:
        """What the run's record says."""
        return Yield(
            self.read,
            kept,
            self.refused,
            tuple(self.refusals),
            notes=tuple(self.notes),
            bytes=self.got.bytes,
            http_status=self.got.status,
            watermark=self.got.watermark,
        )


def map_parts(parts: Sequence[Part], row_map: RowMap, rules: MapRules) -> Mapped:
    """Observations of all parts, in order.

    A file that cannot be used is refused as a whole (row 0) and does not hold up the others; where
    there is only one answer, missing columns raise SourceRefused.
    """
    mapped = Mapped()
    for part in parts:
        problem = part.problem or missing_columns(part, row_map)
        if problem and not part.name:
            raise SourceRefused(problem)
        if problem:
            mapped.refuse(0, problem)
            continue
        _map_rows(part, row_map, rules, mapped)
    return mapped


def _map_rows(part: Part, row_map: RowMap, rules: MapRules, mapped: Mapped) -> None:
    """Add what the part says; of rows that contradict each other none is used."""
    where = f"{part.name}:" if part.name else ""
    said: dict[Key, tuple[int, Observation]] = {}
    denied: dict[Key, list[int]] = {}
    for number, row in enumerate(part.rows, 1):
        mapped.read += 1
        try:
            unread: list[str] = []
            found = list(_observations(row, row_map, rules, unread))
        except _Future as wrong:
            mapped.ahead.append(wrong.ahead)
            mapped.refuse(number, f"{where}{wrong}")
            continue
        except (ValueError, BadPeriod) as wrong:
            mapped.refuse(number, f"{where}{wrong}")
            continue
        if unread:
            mapped.refuse(number, f"{where}{';'.join(unread)};这一行别的值已采用")
        for one in found:
            key = (one.indicator, one.region, one.period)
            first = said.setdefault(key, (number, one))
            if (first[1].value, first[1].status) != (one.value, one.status):
                denied.setdefault(key, [first[0]]).append(number)
            if one.value is None and row_map.status is None:
                mapped.guessed.add(key)
    for key, numbers in denied.items():
        rows = "、".join(str(one) for one in numbers[:5])
        reason = f"{key[0]} {key[1]} 同一时间有 {len(numbers)} 个不同的值(第 {rows} 行),都未采用"
        for number in numbers:
            mapped.refuse(number, f"{where}{reason};请来源去重")
    mapped.observations += [one for key, (_, one) in said.items() if key not in denied]


def columns_of(row_map: RowMap | None) -> list[str]:
    """The columns that the map names; none without a map."""
    if row_map is None:
        return []
    named = (row_map.region, row_map.period, row_map.indicator, row_map.value)
    return [name for name in (*named, *row_map.values) if name]


def missing_columns(part: Part, row_map: RowMap) -> str:
    """Why no row of the part can be used: columns of `map` that none has; empty: all are there."""
    if not part.rows:
        return ""
    wanted = columns_of(row_map)
    # JSON may leave a key out of single rows: only a column that no row has is wrong.
    present = {name for row in part.rows for name in row}
    missing = [name for name in wanted if name not in present]
    if not missing:
        return ""
    where = f"{part.name}:" if part.name else ""
    extra = sorted(present - set(wanted) - {row_map.status})
    return (
        f"{where}缺少列 {'、'.join(missing)};现有列:{'、'.join(sorted(present)) or '无'}"
        f"{_renamed(missing, extra)};请核对 topic.toml 的 map 或来源格式"
    )


def _renamed(missing: list[str], extra: list[str]) -> str:
    """Which new column a missing one may have become; empty when none looks like it."""
    folded = {one.lower().strip(): one for one in extra}
    pairs = []
    for name in missing:
        near = difflib.get_close_matches(name.lower(), list(folded), 1, cutoff=0.5)
        if near:
            pairs.append(f"{name} 可能改名为 {folded[near[0]]}")
    return f";{'、'.join(pairs)}" if pairs else ""


def _observations(
    row: Row, row_map: RowMap, rules: MapRules, unread: list[str]
) -> Iterator[Observation]:
    """The values of a row; `unread` takes what single cells of it could not be read for."""
    if isinstance(row, BrokenRow):
        raise ValueError(row.problem)
    cells = _cells(row, row_map)
    if not cells:
        return
    region = _region(row, row_map, rules)
    gaps = {mark: _GAP_WORDS[word] for mark, word in row_map.gaps.items()}
    for indicator_id, cell in _declared(cells, region, row_map, rules):
        spec = rules.indicator(indicator_id)
        gap = gap_of(cell, gaps)
        if row_map.measured:
            value, problem, limited = (None, "", False) if gap else _measured(cell, row_map, spec)
            if problem:
                unread.append(f"{spec.title}{problem}")
        else:
            value, limited = None if gap else parse_value(cell, spec.unit), False
        status = parse_status(row.get(row_map.status) if row_map.status else None, value)
        if limited and status is ValueStatus.OK:
            status = ValueStatus.ESTIMATED
        if gap is not None and status is ValueStatus.MISSING:
            status = gap
        period = _period(row, row_map, spec, rules)
        valueless = status in (ValueStatus.MISSING, ValueStatus.NOT_MONITORED)
        yield Observation(
            indicator=indicator_id,
            region=region,
            period=period,
            value=None if valueless else value,
            status=status,
            unit=spec.unit,
            source=spec.source,
        )


def _measured(cell: object, row_map: RowMap, spec: IndicatorSpec) -> tuple[float | None, str, bool]:
    """The value of a measured cell, why it has none, and whether it is below a detection limit."""
    try:
        return parse_value(cell, spec.unit), "", False
    except ValueError as wrong:
        found = read_measured(cell, spec.unit)
        if found.flag is not Flag.BELOW_LIMIT:
            return None, str(wrong), False
        if found.limit is None:
            return None, "", False
        return found.limit * row_map.below, "", True


def _cells(row: Row, row_map: RowMap) -> list[tuple[str, object]]:
    """Return the indicators of a row with their cells; a long row of another indicator has none."""
    if row_map.values:
        return [(one, row[column]) for column, one in row_map.values.items() if column in row]
    name = str(row.get(row_map.indicator or "") or "").strip()
    found = row_map.names.get(name)
    return [(found, row.get(row_map.value or ""))] if found else []


def _region(row: Row, row_map: RowMap, rules: MapRules) -> str:
    said = row_map.region_code or parse_region(row.get(row_map.region or ""))
    code = row_map.regions.get(said, said)
    if rules.level_of(code) is None:
        raise ValueError(f"区划代码“{said}”不存在或已停用")
    return code


def _declared(
    cells: list[tuple[str, object]], region: str, row_map: RowMap, rules: MapRules
) -> list[tuple[str, object]]:
    """Return the cells of the region's level; wide rows may leave those of other levels blank."""
    kept = []
    for indicator_id, cell in cells:
        problem = region_problem(region, rules.indicator(indicator_id), rules.level_of)
        if not problem:
            kept.append((indicator_id, cell))
        elif not row_map.values or gap_of(cell) is None:
            raise ValueError(problem)
    return kept


def region_problem(region: str, spec: IndicatorSpec, level_of: Callable[[str], str | None]) -> str:
    """Why the indicator cannot have a value there; empty: it can.

    `level_of` says "county", or of a site its level and kind: "site/断面".
    """
    found = level_of(region)
    if found is None:
        return f"{spec.sites or '区划'}代码“{region}”不存在或已停用"
    level, _, kind = found.partition("/")
    if kind and spec.sites and kind != spec.sites:
        return f"“{region}”是{kind},指标 {spec.id} 只收{spec.sites};请核对编码"
    if level not in spec.levels:
        return f"指标 {spec.id} 没有“{region}”这一层级的数据;请核对区划代码或 levels"
    return ""


def _period(row: Row, row_map: RowMap, spec: IndicatorSpec, rules: MapRules) -> Period:
    if row_map.period is None:
        return rules.periods.at(rules.now, spec.period_kind)
    period = rules.periods.read(row.get(row_map.period), spec.period_kind)
    if not rules.future and period.start > rules.now + CLOCK_SKEW:
        raise _Future(row.get(row_map.period), period.start - rules.now)
    return period
