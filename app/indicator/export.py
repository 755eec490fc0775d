"""The series as a table: full precision beside what is shown, and the notes that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.indicator.lines import Line, read_history
from app.indicator.page import indicator_json, region_of
from app.indicator.parts import Parts, moment
from app.indicator.question import MOST_PICKED, Question
from app.indicator.words import STATUS, full_label, stamp, written
from app.security.contracts import Subject
from layers.contracts import Classification
from topics.kit.periods import spelt
from topics.kit.quality.freshness import indicator_age
from topics.kit.words.clock import local

COLUMNS = (
    *("期别", "期别起点", "区划代码", "区划", "数值", "显示值", "单位", "状态"),
    *("更正前", "入库时间", "来源"),
)

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under `columns`, and what has to be known about them."""

    title: str
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[tuple[str, str]]
    columns: Sequence[str] = COLUMNS


def make_table(parts: Parts, subject: Subject, asked: Question) -> Table:
    """What the subject may see of the chosen region and those compared with it, oldest first."""
    spec, now = asked.spec, moment(asked.as_of)
    found = parts.values.recent([spec.id], [asked.region], MOST_PICKED, as_of=asked.as_of)
    recent = parts.visible(subject, spec, found.get((spec.id, asked.region), []))
    history = read_history(parts, subject, asked, recent)
    region = region_of(parts, asked.region, now)
    rows = [row for line in (history.main, *history.others) for row in _rows(parts, asked, line)]
    notes = _notes(parts, subject, asked, region.name, now)
    age = indicator_age(spec, recent[-1] if recent else None, now)
    newest = f"(最近一期 {full_label(recent[-1].period)})" if recent else ""
    notes.append(("时效", f"{age.said}{newest}"))
    if history.cut:
        notes.append(("提示", "范围内数据过多,只含最近的部分;请缩小范围分次导出"))
    return Table(f"{region.name}{spec.title}", rows, notes)


def citation(parts: Parts, asked: Question, region: str, now: datetime) -> str:
    """How the numbers are cited: who publishes them, what they are, when they were taken."""
    spec = asked.spec
    owner = parts.organisations.name(spec.owner)
    taken = f"{local(now):%Y-%m-%d %H:%M} 取自统览"
    return f"{owner}:《{region}{spec.title}》,数据来源 {spec.source},{taken}"


def _rows(parts: Parts, asked: Question, line: Line) -> list[list[Cell]]:
    spec = asked.spec
    region = parts.regions.find(line.region)
    name = region.name if region else line.region
    made: list[list[Cell]] = []
    for point in line.points:
        shown = written(spec, point.value)
        former = point.former[-1].value if point.former else None
        one = point.now
        made.append(
            [
                full_label(point.period),
                spelt(point.period),
                line.region,
                name,
                point.value,
                f"{shown.text} {shown.unit}".strip(),
                spec.unit,
                STATUS[point.status] or "正常",
                former,
                stamp(one.recorded_at) if one else "",
                (one.source if one else "") or spec.source,
            ]
        )
    return made


def _notes(
    parts: Parts, subject: Subject, asked: Question, region: str, now: datetime
) -> list[tuple[str, str]]:
    about = indicator_json(parts, asked.spec)
    notes = [
        ("指标", f"{asked.spec.title}({asked.spec.id})"),
        ("口径", asked.spec.definition),
        ("单位", asked.spec.unit or "无"),
        ("时期", asked.spec.period_kind.value),
        ("区划", region),
        ("责任单位", str(about["owner_name"])),
        ("数据来源", asked.spec.source),
        ("数据级别", asked.spec.classification.value),
        ("数据截至", f"{local(now):%Y-%m-%d %H:%M:%S}{'(回放)' if asked.as_of else ''}"),
        ("引用", citation(parts, asked, region, now)),
    ]
    if asked.spec.classification is not Classification.PUBLIC:
        notes.append(("水印", f"{subject.name} {local(moment(None)):%Y-%m-%d %H:%M:%S} 导出"))
    return notes
