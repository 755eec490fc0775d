"""A panel's table twin as a table for a file: full precision beside what is shown, with notes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from app.indicator.export import Cell, Table
from app.indicator.parts import moment
from app.security.contracts import Subject
from app.services import Services
from app.topic.question import Asked
from layers.contracts import Classification
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.clock import local

_rank = attrgetter("rank")


def panel_table(services: Services, subject: Subject, asked: Asked, panel: dict[str, Any]) -> Table:
    """The rows the page shows; a value has three columns: the number, as shown, what is to say.

    `panel` is the answer of the page for this subject, so nothing is in it that he may not see.
    """
    declared = asked.panels[0][1]
    specs = [services.catalogue.indicator(one) for one in declared.indicators]
    rows = panel["table"]["rows"]
    columns = panel["table"]["columns"]
    valued = {
        one["key"] for one in columns if any(isinstance(row.get(one["key"]), dict) for row in rows)
    }
    place = asked.site.name if asked.site else asked.region.name
    return Table(
        title=f"{place}{asked.topic.title}_{panel['title']}",
        rows=[_row(columns, valued, row) for row in rows],
        notes=_notes(services, subject, asked, declared, specs, panel),
        columns=[name for one in columns for name in _titles(one, one["key"] in valued)],
    )


def _titles(one: dict[str, str], valued: bool) -> Sequence[str]:
    title = f"{one['title']}({one['unit']})" if one["unit"] else one["title"]
    return (title, f"{one['title']} 显示值", f"{one['title']} 说明") if valued else (title,)


def _row(columns: Sequence[dict[str, str]], valued: set[str], row: dict[str, Any]) -> list[Cell]:
    made: list[Cell] = []
    for one in columns:
        found = row.get(one["key"], "")
        if one["key"] not in valued:
            made.append(str(found))
        elif not isinstance(found, dict):
            made += [None, str(found), ""]
        else:
            shown = f"{found['text']} {found['unit']}".strip()
            label = found["class"]["label"] if found.get("class") else ""
            said = [label if label != found["text"] else "", found.get("status_text", "")]
            said.append(found.get("note", ""))
            made += [found["value"], shown, ";".join(one for one in said if one)]
    return made


def _notes(
    services: Services,
    subject: Subject,
    asked: Asked,
    declared: PanelSpec,
    specs: Sequence[IndicatorSpec],
    panel: dict[str, Any],
) -> list[tuple[str, str]]:
    level = max((one.classification for one in specs), key=_rank, default=None)
    taken = f"{local(moment(None)):%Y-%m-%d %H:%M}"
    notes = [
        ("专题", f"{asked.topic.title} {panel['title']}"),
        ("区划", f"{asked.region.name}({asked.region.code})"),
        *([("点位", f"{asked.site.name}({asked.site.code})")] if asked.site else []),
        ("时期", panel["period"]),
        ("要点", panel["sentence"] or panel["message"]),
        ("责任单位", panel["owner"]),
        ("时效", panel["freshness"]["text"] or "按时"),
        ("数据截至", f"{local(asked.now):%Y-%m-%d %H:%M:%S}{'(回放)' if asked.as_of else ''}"),
        *((f"口径 {one.title}", f"{one.definition};来源 {one.source}") for one in specs),
        *([("说明", declared.note)] if declared.note else []),
        ("引用", f"{panel['owner']}:《{asked.region.name}{panel['title']}》,{taken} 取自统览"),
    ]
    if asked.topic.demo:
        notes.append(("提示", "示例数据"))
    if level is not None:
        notes.append(("数据级别", level.value))
    if level is not Classification.PUBLIC:
        notes.append(("水印", f"{subject.name} {local(moment(None)):%Y-%m-%d %H:%M:%S} 导出"))
    return notes
