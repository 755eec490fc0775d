"""值班快报: the numbers of the overview, what is open, who is on duty, as a Word document.

Of a past moment it says what was known, open and on duty then.

Every number comes from the engine with its period, source and when it was known; only what the
asker may see and what is released stands in it; a missing value is "—", never 0.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

from app.alerts.legal import legal_json, legal_resource
from app.api.directive_doors import DirectiveDoors
from app.duty.docx import Document
from app.duty.open_items import OpenItems
from app.released import newest_visible, observation_resource
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.contracts import Observation
from topics.kit.directives.service import counts
from topics.kit.duty.roster import crew_of
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.clock import local, moment_text
from topics.kit.words.judgement import period_text
from topics.kit.words.values import write_value

_MISSING = "—"
_WEATHER = re.compile(r"^weather\.|\.(rain_day|air_temperature|temperature)$")
"""Indicators of the weather by their names: a topic that brings one needs nothing else."""
_HEAD = ("指标", "数值", "期别", "来源", "入库")
_WIDTHS = (2.6, 1.7, 1.5, 2.4, 1.5)
_DAY = timedelta(days=1)
_KINDS = {
    "alert": "未解除告警",
    "case": "超期事件",
    "directive": "未办结督办",
    "incident": "突发事件",
}


class Brief:
    """Writes the 快报 for one reader."""

    def __init__(self, services: Services) -> None:
        """Use everything of `services`."""
        self._services = services
        self._items = OpenItems(services)
        self._doors = DirectiveDoors(services)

    def write(self, subject: Subject, now: datetime, as_of: datetime | None = None) -> bytes:
        """The document for what the subject may see, as known at `as_of`."""
        city = self._services.config.city
        page, there = Document(), local(now)
        drill = self._services.modes.at(now).drill
        page.title(f"{'【演练】' if drill else ''}{city.name}值班快报")
        page.say(f"{there:%Y}年{there.month}月{there.day}日 {there:%H:%M}")
        if drill:
            page.say(f"演练进行中:{drill}。本快报内容属演练。")
        self._duty(page, now, as_of)
        self._weather(page, subject, now, as_of)
        self._counts(page, subject, now, as_of)
        self._numbers(page, subject, now, as_of)
        self._journal(page, now, as_of)
        page.note(
            f"数据截至 {there:%Y-%m-%d %H:%M}(北京时间),由统览按权限与发布日历生成,制作人:"
            f"{subject.name}。示例数据仅供演示;内部资料,注意保存。"
        )
        return page.content()

    def _duty(self, page: Document, now: datetime, as_of: datetime | None) -> None:
        page.heading("一、值班")
        shift = self._services.duty.roster.at(now, as_of=as_of)
        if shift is None:
            page.say("此刻没有排班,请立即补排。")
            return
        names = "、".join(f"{post} {one.name}" for post, one in crew_of(shift) if one is not None)
        page.say(f"{names}({local(shift.starts):%H:%M} 起,{moment_text(shift.ends, now)} 止)。")

    def _weather(
        self, page: Document, subject: Subject, now: datetime, as_of: datetime | None
    ) -> None:
        """What is known of the weather; 法定预警 in force, in their issuers' words."""
        page.heading("二、天气和法定预警")
        specs = [one for one in self._services.catalogue.indicators() if _WEATHER.search(one.id)]
        rows = self._rows(specs, subject, now, as_of)
        if rows:
            page.table(_HEAD, rows, _WIDTHS)
        if may(subject, Action.READ, legal_resource(self._services)):
            held = self._services.legal_warnings.in_force(now, as_of=as_of)
            for one in held:
                told = legal_json(self._services, one, now)
                mark = "【演练】" if one.drill else ""
                parts = (f"{told['issuer']}{told['title']}", told["place"], told["valid_text"])
                page.say(mark + ",".join(part for part in parts if part) + "。")
            if not held:
                page.say("没有生效中的法定预警。")

    def _counts(
        self, page: Document, subject: Subject, now: datetime, as_of: datetime | None
    ) -> None:
        page.heading("三、待办")
        items = self._items.now(subject, now, as_of)
        held = Counter(one.kind for one in items)
        owed = self._services.directives.store.open(as_of=as_of)
        stand = counts([one for one in owed if self._doors.sees(subject, one)], now)
        parts = [f"{word} {held[kind]} 件" for kind, word in _KINDS.items() if kind in held]
        page.say(("、".join(parts) or "没有未办结的事项") + "。")
        if held["directive"]:
            page.say(f"督办中超期 {stand['overdue']} 件,待签收 {stand['待签收']} 件。")
        if items:
            rows = [(_KINDS[one.kind], one.title, one.state, one.detail) for one in items]
            page.table(("类别", "事项", "状态", "说明"), rows, (1.3, 4, 1.1, 2.4))

    def _numbers(
        self, page: Document, subject: Subject, now: datetime, as_of: datetime | None
    ) -> None:
        page.heading("四、主要指标")
        for topic in self._services.catalogue.topics:
            panel = topic.panel("overview", "kpi")
            if panel is None:
                continue
            specs = [self._services.catalogue.indicator(one) for one in panel.indicators]
            rows = self._rows(specs, subject, now, as_of)
            if rows:
                page.say(topic.title)
                page.table(_HEAD, rows, _WIDTHS)

    def _rows(
        self, specs: list[IndicatorSpec], subject: Subject, now: datetime, as_of: datetime | None
    ) -> list[tuple[str, ...]]:
        seen = [one for one in specs if may(subject, Action.READ, self._resource(one))]
        city = self._services.config.city.code
        found = self._services.observations.latest(
            indicators=[one.id for one in seen], regions=[city], as_of=as_of
        )
        shown = newest_visible(self._services, subject, found, as_of=as_of)
        latest = {one.indicator: one for one in shown}
        return [_row(spec, latest.get(spec.id), now) for spec in seen]

    def _resource(self, spec: IndicatorSpec) -> Resource:
        return observation_resource(self._services, spec)

    def _journal(self, page: Document, now: datetime, as_of: datetime | None) -> None:
        page.heading("五、值班日志(近 24 小时)")
        lines = self._services.duty.memory.journal(start=now - _DAY, end=now, as_of=as_of, limit=20)
        for one in reversed(lines):
            page.say(f"{moment_text(one.at, now)} [{one.kind}] {one.text}")
        if not lines:
            page.say("无。")


def _row(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> tuple[str, ...]:
    if latest is None:
        return (spec.title, _MISSING, _MISSING, _MISSING, _MISSING)
    written = write_value(spec, latest.value)
    recorded = moment_text(latest.recorded_at, now) if latest.recorded_at else _MISSING
    value = f"{written.text} {written.unit}".strip()
    return (spec.title, value, period_text(latest, now), latest.source or _MISSING, recorded)
