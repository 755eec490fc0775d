"""What a panel was made into: its data, its table twin, its sentence and the values it used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.topic.scope import Scope
from app.topic.view import Cell, View
from topics.kit.contracts import Observation, Region
from topics.kit.manifest_panels import PanelSpec
from topics.kit.quality.freshness import Freshness
from topics.kit.words.judgement import period_text

_MOST_NAMED = 3  # of equal places in a sentence
_WORST_FIRST = (Freshness.DEAD, Freshness.LATE, Freshness.FRESH)

Row = dict[str, Any]


@dataclass(slots=True)
class Made:
    """One panel. `rows` under `columns` are the table twin; `used` are the values in it.

    `message` is said in place of what could not be drawn.
    """

    data: dict[str, Any]
    columns: list[dict[str, str]]
    rows: list[Row]
    sentence: str
    used: Sequence[Observation] = field(default_factory=tuple)
    figure: dict[str, Any] | None = None
    subtitle: str = ""
    title: str = ""
    message: str = ""
    state: str = ""  # of the panel where the builder knows better: forbidden, empty


Builder = Callable[[View, PanelSpec, Scope], Made]


def column(key: str, title: str, unit: str = "", align: str = "left") -> dict[str, str]:
    """A column of the table twin."""
    return {"key": key, "title": title, "unit": unit, "align": align}


def shown_of(view: View, panel: PanelSpec, regions: Sequence[Region]) -> list[Observation]:
    """The newest values of the panel's indicators in these regions, where there are any."""
    found = (
        view.latest(name, region.code)
        for name in panel.indicators
        if view.seen.readable(name)
        for region in regions
    )
    return [one for one in found if one is not None]


def period_of(view: View, used: Sequence[Observation]) -> str:
    """The period that most of the values speak of, in the words of releases."""
    said = Counter(period_text(one, view.asked.now) for one in used)
    return said.most_common(1)[0][0] if said else ""


def freshness_of(view: View, used: Sequence[Observation]) -> dict[str, str]:
    """The worst age among the values."""
    ages = [view.age(view.spec(one.indicator), one) for one in used]
    for state in _WORST_FIRST:
        worst = [one for one in ages if one.state is state]
        if worst:
            return {"state": state.value, "text": max(worst, key=lambda one: one.late).text}
    return {"state": "none", "text": "尚无数据"}


def said_cell(name: str, cell: Cell) -> str:
    """A name with its value as sentences say it: 氨氮 2.31 mg/L(劣Ⅴ)."""
    unit = cell["unit"]
    gap = "" if not unit or unit in ("%", "‰") else " "
    label = cell["class"]["label"] if cell["class"] else ""
    beside = f"({label})" if label and label != cell["text"] else ""
    if cell["value"] is None:
        return f"{name}{cell['status_text'] or '缺测'}"
    mark = f",{cell['status_text']}" if cell["status_text"] else ""
    return f"{name} {cell['text']}{gap}{unit}{beside}{mark}"


def said_ends(rows: Sequence[Mapping[str, Any]]) -> str:
    """Highest and lowest of named cells with values; none of several equal ones stands for all."""
    high = max(rows, key=lambda one: one["cell"]["value"])
    low = min(rows, key=lambda one: one["cell"]["value"])
    if high["cell"]["text"] == low["cell"]["text"] and len(rows) > 1:
        return said_cell("均为", high["cell"])
    ends = {"最高": high} if low is high else {"最高": high, "最低": low}
    return "".join(f",{_with_equals(one, rows)}{word}" for word, one in ends.items())


def _with_equals(one: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    names = [other["name"] for other in rows if other["cell"]["text"] == one["cell"]["text"]]
    few = "、".join(names) if len(names) <= _MOST_NAMED else f"{names[0]}等 {len(names)} 个"
    return f"{said_cell(few, one['cell'])}{'并列' if len(names) > 1 else ''}"


def counted(lamps: Sequence[str]) -> str:
    """How many are over their limits, watched, or unknown; empty when all is well and known."""
    named = (("bad", "超限"), ("warn", "关注"))
    parts = [f"{word} {lamps.count(lamp)} 项" for lamp, word in named if lamps.count(lamp)]
    return "、".join(parts)
