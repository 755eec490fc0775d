"""The rules in force: what the manifests declare, and the changes that people published."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from pydantic import ValidationError

from topics.kit.alerting.inhibition import circle_of, circle_text
from topics.kit.alerting.rules import Rule, ready
from topics.kit.errors import BadRule, UnknownRule
from topics.kit.manifest import Manifest
from topics.kit.manifest_alerts import AlertSpec
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_messages import explain_fields
from topics.kit.regions import RegionTree
from topics.kit.worktime.calendar import WorkCalendar

logger = logging.getLogger(__name__)

FIELDS: Mapping[str, str] = {
    "levels": "级别界限",
    "clear": "恢复界限",
    "hold": "持续多久",
    "keep": "恢复后保留",
    "flap": "跳动时保留",
    "missing": "缺数时",
    "season": "有效日期",
    "weekdays": "有效星期",
    "days": "工作日或休息日",
    "hours": "有效时段",
    "wartime": "战时",
    "route": "通知谁",
    "group": "同组",
    "plan": "处置预案",
    "regions": "只看哪些地点",
    "enabled": "启用",
    "title": "名称",
    "text": "告警语句",
    "of": "界限是什么",
    "worse": "哪边更劣",
    "against": "与哪一期比",
    "measured": "怎样比",
    "least": "至少多少才比",
    "limit": "超限的数",
    "within": "看多久",
    "radius": "半径",
    "category": "只数哪类事件",
    "at": "只看哪些层级",
    "local": "个别地点的界限",
    "unit": "单位",
    "inhibits": "压住哪些规则",
    "dispatch": "派单类别",
    "tests": "规则测试",
}
"""What a change may set, and how it is called."""

BEGINNING: Mapping[str, str] = {"when": "看什么", "kind": "种类", **FIELDS}
"""What a new rule may set; what it watches stays afterwards."""

DELETED = "deleted"
"""The field of the last version of a rule that was made on the page and is no more."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The fields a published change set; number 1 is the first change."""

    rule: str
    number: int
    fields: Mapping[str, Any]
    recorded_at: datetime
    author: str
    reason: str = ""
    change: str | None = None


class Versions(Protocol):
    """Where published changes are kept; rows are only ever added."""

    def mark(self) -> int:
        """A number that rises with every version added."""

    def versions(self, *, as_of: datetime | None = None) -> list[RuleVersion]:
        """Every version known at a moment, oldest first."""


class RuleBook:
    """Every rule of the city, as of now or of a moment. Safe for several threads."""

    def __init__(
        self,
        topics: Callable[[], Sequence[Manifest]],
        specs: Mapping[str, IndicatorSpec],
        regions: RegionTree,
        versions: Versions,
        *,
        stamp: Callable[[], object] = lambda: None,
        calendar: WorkCalendar | None = None,
    ) -> None:
        """Read the manifests and versions when first asked, again when `stamp` is another.

        `calendar` says which days are worked.
        """
        self._calendar = calendar
        self._stamp = stamp
        self._topics = topics
        self._specs = specs
        self._regions = regions
        self._versions = versions
        self._lock = threading.Lock()
        self._read: tuple[object, Mapping[str, Rule]] | None = None

    def current(self) -> Sequence[Rule]:
        """The enabled rules; a published change is in force at the next question."""
        return [one for one in self.all().values() if one.spec.enabled]

    def all(self, *, as_of: datetime | None = None) -> Mapping[str, Rule]:
        """Every rule by its id, also those switched off."""
        if as_of is not None:
            return self._made(self._versions.versions(as_of=as_of))
        with self._lock:
            mark = (self._versions.mark(), self._stamp())
            if self._read is None or self._read[0] != mark:
                self._read = mark, self._made(self._versions.versions())
            return self._read[1]

    def require(self, rule: str, *, as_of: datetime | None = None) -> Rule:
        """The rule; UnknownRule when there is none."""
        found = self.all(as_of=as_of).get(rule)
        if found is None:
            raise UnknownRule(f"没有告警规则 {rule!r};请从告警规则页打开")
        return found

    def declared(self, rule: str) -> AlertSpec | None:
        """The rule as its manifest has it."""
        specs = (spec for one in self._topics() for spec in one.alerts)
        return next((spec for spec in specs if spec.id == rule), None)

    def drafted(self, rule: str, fields: Mapping[str, Any]) -> Rule:
        """The rule in force with these fields in place of its own; BadRule says what is wrong."""
        current = self.require(rule)
        if fields.get(DELETED):
            if self.declared(rule) is not None:
                raise _wrong(DELETED, "随专题带来的规则不能删除;不用的请停用并写明原因")
            return replace(current, spec=current.spec.model_copy(update={"enabled": False}))
        return self._tied(self._ready(changed(current.spec, fields), current.version))

    def begun(self, rule: str, fields: Mapping[str, Any]) -> Rule:
        """A new rule of these fields, on its own topic; BadRule says what is wrong."""
        topic = rule.partition(".")[0]
        if topic not in {one.topic.id for one in self._topics()}:
            raise _wrong("topic", f"没有专题 {topic!r};请从列表里选")
        if rule in self.all():
            raise _wrong("id", f"规则 {rule} 已经有了;请改它,或换一个编号")
        made = self._ready(_begun(rule, fields), 0)
        foreign = [one.title for one in made.indicators if not one.id.startswith(f"{topic}.")]
        if foreign:
            raise _wrong("when", f"{'、'.join(foreign)} 不是这个专题的指标;请从列表里选")
        return self._tied(made)

    def _tied(self, made: Rule) -> Rule:
        """The rule, if those it inhibits are there and none of them inhibits it in turn."""
        inhibits = {one.id: one.spec.inhibits for one in self.all().values()}
        unknown = [one for one in made.spec.inhibits if one not in inhibits and one != made.id]
        if unknown:
            raise _wrong("inhibits", f"没有规则 {unknown[0]!r};请从列表里选")
        circle = circle_of(inhibits | {made.id: made.spec.inhibits})
        if made.id in circle:
            raise _wrong("inhibits", circle_text(circle))
        return made

    def _made(self, versions: Iterable[RuleVersion]) -> Mapping[str, Rule]:
        said: dict[str, dict[str, Any]] = {}
        numbers: dict[str, int] = {}
        for one in versions:
            said[one.rule] = {**said.get(one.rule, {}), **one.fields}
            numbers[one.rule] = one.number
        made = {}
        for manifest in self._topics():
            for spec in manifest.alerts:
                try:
                    spec_now = changed(spec, said[spec.id]) if spec.id in said else spec
                    made[spec.id] = self._ready(spec_now, numbers.get(spec.id, 0))
                except BadRule as wrong:  # one rule that does not fit must not silence the others
                    logger.warning("告警规则不能用:%s", wrong)
        declared = {spec.id for manifest in self._topics() for spec in manifest.alerts}
        for rule in said.keys() - declared:
            if said[rule].get(DELETED):
                continue
            try:
                made[rule] = self._ready(_begun(rule, said[rule]), numbers[rule])
            except BadRule as wrong:
                logger.warning("告警规则不能用:%s", wrong)
        return made

    def _ready(self, spec: AlertSpec, version: int) -> Rule:
        plans = [plan for one in self._topics() for plan in one.plans]
        try:
            return ready(
                spec,
                self._specs,
                self._regions,
                version=version,
                plans=plans,
                calendar=self._calendar,
            )
        except BadRule as wrong:
            raise wrong if wrong.problem else _wrong("when", str(wrong)) from wrong
        except ValueError as wrong:
            raise _wrong("when", f"{spec.id}:{wrong}") from wrong


def _wrong(field: str, text: str) -> BadRule:
    return BadRule(text, problem={"errors": [{"item": field, "problem": text}]})


def _begun(rule: str, fields: Mapping[str, Any]) -> AlertSpec:
    return _read({"id": rule}, fields, BEGINNING)


def changed(spec: AlertSpec, fields: Mapping[str, Any]) -> AlertSpec:
    """The rule with these fields in place of its own; BadRule names each wrong one and the fix."""
    return _read(spec.model_dump(mode="json"), fields, FIELDS)


def _read(
    before: Mapping[str, Any], fields: Mapping[str, Any], titles: Mapping[str, str]
) -> AlertSpec:
    strange = [one for one in fields if one not in titles]
    if strange:
        known = "、".join(titles)
        text = f"{'、'.join(strange)} 不能在这里改;可改的有 {known}"
        raise BadRule(text, problem={"errors": [{"item": one, "problem": text} for one in strange]})
    try:
        return AlertSpec.model_validate({**before, **fields})
    except ValidationError as wrong:
        found = explain_fields(wrong, AlertSpec)
        errors = [{"item": field, "problem": said} for field, said in found]
        said = ";".join(
            f"{titles.get(field, field)}:{text}" if field else text for field, text in found
        )
        raise BadRule(said, problem={"errors": errors}) from wrong
