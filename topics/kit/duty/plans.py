"""预案 as checklists: who does what within how long, whom to call, what there is to use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows

_COLUMNS = ("plan", "title", "item", "text", "unit", "minutes", "resource", "source", "status")


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One line of a checklist; `unit` names whom to call, `minutes` the promise from the start."""

    id: str
    text: str
    unit: str
    minutes: int | None
    resource: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan; `verified` where its text was compared with the approved document."""

    id: str
    title: str
    items: tuple[PlanItem, ...]
    source: str
    verified: bool


def load_plans(path: Path) -> tuple[Plan, ...]:
    """The plans of the table in its order; BadManifest names row, column and fix."""
    rows: dict[str, list[dict[str, str]]] = {}
    for number, row in enumerate(read_rows(path, _COLUMNS), 2):
        if not row["plan"] or not row["item"] or not row["text"]:
            raise BadManifest(f"{path.name} 第 {number} 行:plan、item、text 不能为空")
        if row["minutes"] and not row["minutes"].isdecimal():
            raise BadManifest(f"{path.name} 第 {number} 行 minutes:{row['minutes']!r} 写分钟数")
        items = rows.setdefault(row["plan"], [])
        if row["item"] in {one["item"] for one in items}:
            raise BadManifest(f"{path.name} 第 {number} 行 item:{row['item']} 重复")
        items.append(row)
    return tuple(
        Plan(
            id=plan,
            title=items[0]["title"],
            items=tuple(
                PlanItem(
                    one["item"],
                    one["text"],
                    one["unit"],
                    int(one["minutes"]) if one["minutes"] else None,
                    one["resource"],
                )
                for one in items
            ),
            source=items[0]["source"],
            verified=all(one["status"].startswith("verified") for one in items),
        )
        for plan, items in rows.items()
    )
