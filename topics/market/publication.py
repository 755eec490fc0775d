"""The last 双随机 draw from the registers in draw/, redone on reading: nothing of it is stored.

Task, seed and both registers are files that anybody may take; `frame_digest` says that they are
the same. Results are to be published within 20 working days after the check (4_market, unverified).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows
from topics.market.credit import credit_classes
from topics.market.inspection_draw import CLASSES, Draw, Inspector, Object, draw
from topics.market.uscc import read_code

REGISTERS = Path(__file__).with_name("draw")


@dataclass(frozen=True, slots=True)
class Task:
    """What was drawn for: number, title, the seed that is published with it, the day."""

    code: str
    title: str
    seed: str
    drawn_on: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a class there are, how many were drawn, and the share that was asked for."""

    risk: str
    meaning: str
    objects: int
    drawn: int
    asked: float

    @property
    def percent(self) -> float | None:
        """What was drawn of the class; None when it has nobody."""
        return 100 * self.drawn / self.objects if self.objects else None


@dataclass(frozen=True, slots=True)
class Publication:
    """One draw as it is published."""

    task: Task
    draw: Draw
    shares: tuple[Share, ...]
    rows: tuple[dict[str, str], ...]


@cache
def publication(folder: Path = REGISTERS) -> Publication:
    """The draw of the last task of tasks.csv; BadManifest or BadDraw say what to mend."""
    tasks = read_rows(folder / "tasks.csv", ("task", "title", "seed", "drawn_on"))
    if not tasks:
        raise BadManifest("tasks.csv:没有抽查任务;至少写一行")
    last = max(tasks, key=lambda row: row["drawn_on"])
    task = Task(last["task"], last["title"], last["seed"], last["drawn_on"])
    register = read_rows(folder / "objects.csv", ("code", "name", "district", "risk", "uscc"))
    objects = [Object(row["code"], row["district"], row["risk"]) for row in register]
    inspectors = read_inspectors(folder / "inspectors.csv")
    asked = {one.name: one.share for one in credit_classes()}
    found = draw(task.code, task.seed, objects, inspectors, asked)
    named = {row["code"]: row for row in register}
    return Publication(
        task,
        found,
        _shares(objects, found),
        tuple(
            _row(number, named[one.object.code], one.inspectors)
            for number, one in enumerate(found.drawn, 1)
        ),
    )


def publication_rows() -> list[dict[str, str]]:
    """The list that is published: one row an object, with its code and whether that is right."""
    return [dict(row) for row in publication().rows]


def read_inspectors(path: Path) -> list[Inspector]:
    """The register of inspectors; `avoids` names objects, apart by blanks."""
    return [
        Inspector(row["code"], frozenset(row["avoids"].split()))
        for row in read_rows(path, ("code", "avoids"))
    ]


def _row(number: int, given: dict[str, str], inspectors: tuple[str, ...]) -> dict[str, str]:
    code, state = read_code(given["uscc"])
    return {
        "code": f"{number:03d}",
        "object": given["code"],
        "name": given["name"],
        "region": given["district"],
        "risk": given["risk"],
        "uscc": code,
        "uscc_state": state.value,
        "inspectors": "、".join(inspectors),
    }


def _shares(objects: list[Object], found: Draw) -> tuple[Share, ...]:
    there = Counter(one.risk for one in objects)
    drawn = Counter(one.object.risk for one in found.drawn)
    classes = {one.name: one for one in credit_classes()}
    return tuple(
        Share(risk, classes[risk].meaning, there[risk], drawn[risk], classes[risk].share)
        for risk in CLASSES
    )
