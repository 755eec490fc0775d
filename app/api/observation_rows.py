"""Pushed rows turned into observations; every wrong row is named with its number and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import orjson

from app.errors import BadRequest
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Region, ValueStatus
from topics.kit.errors import BadObservation, TopicError
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_texts import parse_period
from topics.kit.periods import local_start
from topics.kit.quality.limits import refusal
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_write import problem_of
from topics.kit.texts import storable

# recorded_at and freshness are the server's to say; they are accepted so that what was read or
# exported can be sent back.
KEYS = frozenset(
    {"indicator", "region", "period", "period_kind", "value", "status", "unit", "source"}
    | {"recorded_at", "freshness"}
)
MAX_ROWS = 50_000
_SHOWN_ERRORS = 50

Row = Mapping[str, Any]
Found = TypeVar("Found")


class Wrong(Exception):
    """What is wrong with one row: the item, the problem with its remedy."""

    def __init__(self, item: str, problem: str) -> None:
        """Name the item and say the problem."""
        super().__init__(problem)
        self.item = item
        self.problem = problem


def rows_of(body: bytes) -> list[Row]:
    """The rows of a body: one object, a list, or {"items": […]}; BadRequest otherwise."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise BadRequest(f"请求正文不是 JSON({wrong});请发送一个对象、列表或 {_FORM}") from wrong
    if isinstance(sent, dict):
        sent = sent["items"] if set(sent) == {"items"} else [sent]
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise BadRequest(f"请求正文应是一个对象、列表或 {_FORM}")
    if not sent:
        raise BadRequest("没有数据;请至少发送一条")
    if len(sent) > MAX_ROWS:
        raise BadRequest(f"一次最多 {MAX_ROWS} 条,现在 {len(sent)} 条;请分批发送")
    return sent


_FORM = '{"items": […]}'


def named_indicators(rows: Iterable[Row]) -> list[str]:
    """The indicator ids the rows name, each once, in their order."""
    return list(dict.fromkeys(str(row.get("indicator", "")) for row in rows))


class RowReader:
    """Reads rows against the manifests and the regions."""

    def __init__(self, catalogue: Catalogue, regions: RegionTree, source: str) -> None:
        """`source` names the sender where a row names none."""
        self._catalogue = catalogue
        self._regions = regions
        self._source = source

    def read(self, rows: Sequence[Row]) -> list[Observation]:
        """The observations; BadObservation lists the wrong rows when there is any."""
        good: list[Observation] = []
        errors: list[dict[str, Any]] = []
        for number, row in enumerate(rows, 1):
            try:
                good.append(self._one(row))
            except Wrong as wrong:
                errors.append({"row": number, "item": wrong.item, "problem": wrong.problem})
        if errors:
            raise _refused(errors, len(rows))
        return good

    def _one(self, row: Row) -> Observation:
        for key in row:
            if key not in KEYS:
                raise Wrong(key, f"不认识的项;可用的有 {'、'.join(sorted(KEYS))}")
        spec = _checked("indicator", lambda: self._catalogue.indicator(_text(row, "indicator")))
        kind = row.get("period_kind", spec.period_kind.value)
        if kind != spec.period_kind.value:
            raise Wrong("period_kind", f"{kind!r} 与指标的“{spec.period_kind}”不同;请改正或不写")
        period = _checked("period", lambda: parse_period(_text(row, "period"), spec.period_kind))
        region = self._region(row, spec, local_start(period).date())
        formula = self._catalogue.formulas.find(spec.id)
        if formula is not None and region.level in formula.levels:
            raise Wrong("indicator", "由公式算出,不接收上报;请上报它的输入")
        one = Observation(
            indicator=spec.id,
            region=region.code,
            period=period,
            value=_value(row),
            status=_status(row),
            unit=_unit(row, spec),
            source=self._source_of(row),
        )
        problem = problem_of(one) or refusal(spec, one.value)
        if problem:
            raise Wrong("value", problem)
        return one

    def _source_of(self, row: Row) -> str:
        found = str(row.get("source") or self._source)
        if not storable(found):
            raise Wrong("source", "文字中有空字符(NUL)或残缺的字符;请去掉后重发")
        return found

    def _region(self, row: Row, spec: IndicatorSpec, day: date) -> Region:
        code = _text(row, "region")
        if spec.sites and self._regions.find(code) is None:
            raise Wrong("region", f"没有编码为 {code!r} 的{spec.sites}或区划;{self._some(spec)}")
        found = _checked("region", lambda: self._regions.require(code, day))
        if found.level not in spec.levels:
            hint = self._some(spec) if spec.sites else "请核对区划代码"
            raise Wrong("region", f"指标 {spec.id} 没有“{found.name}”这一层级的数据;{hint}")
        if found.kind and found.kind != spec.sites:
            raise Wrong(
                "region",
                f"“{found.name}”是{found.kind},指标 {spec.id} 只收{spec.sites};{self._some(spec)}",
            )
        return found

    def _some(self, spec: IndicatorSpec) -> str:
        """What to write instead, by an example."""
        sites = self._regions.sites(self._regions.city().code, spec.sites)
        return (
            f"写{spec.sites}的编码,如 {sites[0].code}({sites[0].name})" if sites else "请核对编码"
        )


def _checked(item: str, look_up: Callable[[], Found]) -> Found:
    try:
        return look_up()
    except TopicError as wrong:
        raise Wrong(item, str(wrong)) from wrong


def _text(row: Row, key: str) -> str:
    found = row.get(key)
    if not isinstance(found, str) or not found.strip():
        raise Wrong(key, "缺少或不是文字;请补上" if found is None else f"{found!r} 应是文字")
    return found.strip()


def _value(row: Row) -> float | None:
    found = row.get("value")
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Wrong("value", f"{found!r} 不是数;去掉引号和单位,缺测写 null")
    return float(found)


def _status(row: Row) -> ValueStatus:
    plain = ValueStatus.MISSING if row.get("value") is None else ValueStatus.OK
    found = row.get("status") or plain
    try:
        return ValueStatus(found)
    except ValueError as wrong:
        known = "、".join(one.value for one in ValueStatus)
        raise Wrong("status", f"{found!r} 不是状态;可用的有 {known}") from wrong


def _unit(row: Row, spec: IndicatorSpec) -> str:
    found = row.get("unit") or spec.unit
    if found != spec.unit:
        raise Wrong("unit", f"{found!r} 与指标的单位 {spec.unit!r} 不同;请先换算数值")
    return spec.unit


def _refused(errors: list[dict[str, Any]], count: int) -> BadObservation:
    first = errors[0]
    return BadObservation(
        f"{count} 条中有 {len(errors)} 条不能入库,整批未存;"
        f"第 {first['row']} 条 {first['item']}:{first['problem']}",
        problem={"errors": errors[:_SHOWN_ERRORS]},
    )
