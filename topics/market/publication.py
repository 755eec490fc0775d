"""A 双随机 draw from the registers in draw/, redone on reading: nothing of it is stored.

Task with its seed, shares and team, and both registers are three files that anybody may take;
`frame_digest` says that they are the same. Results are to be published within 20 working days after
the check (4_market, unverified).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import read_once, topic_table
from topics.market.credit import credit_classes
from topics.market.inspection_draw import CLASSES, BadDraw, Draw, Inspector, Object, draw
from topics.market.uscc import read_code

FOLDER = Path(__file__).parent
REGISTERS = FOLDER / "draw"
_CITY = 4  # a region's code begins with the four digits of its city
_SHARES = tuple(f"share_{risk}" for risk in CLASSES)
_COLUMNS = ("task", "title", "seed", "drawn_on", *_SHARES, "team", "digest")


@dataclass(frozen=True, slots=True)
class Task:
    """What was drawn for, and all that decides the draw besides the registers.

    `shares` and `team` are published with the task: a ratio that is changed later changes no list.
    `digest` is what was published as the registers' fingerprint, "" before that.
    """

    code: str
    title: str
    seed: str
    drawn_on: str
    shares: Mapping[str, float]
    team: int
    digest: str


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

    def is_of(self, region: str) -> bool:
        """Whether objects of the region's city were in the register."""
        return any(row["region"][:_CITY] == region[:_CITY] for row in self.rows)


@read_once
def publication(folder: Path | None = None, code: str = "") -> Publication:
    """The draw of a task of tasks.csv, of the last one when none is named.

    BadManifest or BadDraw say what to mend: no such task, or registers that are not those the
    task was drawn from. Without a folder the registers in force are read.
    """
    task = _chosen(tasks(folder), code)
    register = read_rows(_file(folder, "objects.csv"), ("code", "name", "district", "risk", "uscc"))
    objects = [Object(row["code"], row["district"], row["risk"]) for row in register]
    inspectors = read_inspectors(_file(folder, "inspectors.csv"))
    found = draw(task.code, task.seed, objects, inspectors, task.shares, team=task.team)
    if task.digest and task.digest != found.frame_digest:
        raise BadDraw(
            f"任务 {task.code} 公布的指纹是 {task.digest[:12]}…,这份名录、比例算出的是 "
            f"{found.frame_digest[:12]}…:抽取后改过;用当时的三份文件复算"
        )
    named = {row["code"]: row for row in register}
    return Publication(
        task,
        found,
        _shares(objects, found, task.shares),
        tuple(
            _row(number, named[one.object.code], one.inspectors)
            for number, one in enumerate(found.drawn, 1)
        ),
    )


def tasks(folder: Path | None = None) -> list[Task]:
    """Every task of tasks.csv, in its order; BadManifest names row and column."""
    path = _file(folder, "tasks.csv")
    return [_task(path.name, n, row) for n, row in enumerate(read_rows(path, _COLUMNS), 2)]


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


def _shares(objects: list[Object], found: Draw, asked: Mapping[str, float]) -> tuple[Share, ...]:
    there = Counter(one.risk for one in objects)
    drawn = Counter(one.object.risk for one in found.drawn)
    classes = {one.name: one for one in credit_classes()}
    return tuple(
        Share(risk, classes[risk].meaning, there[risk], drawn[risk], asked[risk])
        for risk in CLASSES
    )


def _file(folder: Path | None, name: str) -> Path:
    return folder / name if folder is not None else topic_table(FOLDER, f"draw/{name}")


def _chosen(given: list[Task], code: str) -> Task:
    if not given:
        raise BadManifest("tasks.csv:没有抽查任务;至少写一行")
    if not code:
        return max(given, key=lambda one: one.drawn_on)
    for one in given:
        if one.code == code:
            return one
    raise BadManifest(f"tasks.csv:没有任务 {code};现有:{'、'.join(one.code for one in given)}")


def _task(file: str, number: int, row: dict[str, str]) -> Task:
    shares = {}
    for risk, column in zip(CLASSES, _SHARES, strict=True):
        try:
            shares[risk] = float(row[column])
        except ValueError as wrong:
            raise BadManifest(
                f"{file} 第 {number} 行 {column}:{row[column]!r} 不是比例;5% 写成 0.05"
            ) from wrong
    if not row["team"].isdecimal():
        raise BadManifest(f"{file} 第 {number} 行 team:{row['team']!r} 不是人数;至少写 2")
    return Task(
        row["task"], row["title"], row["seed"], row["drawn_on"], shares, int(row["team"]),
        row["digest"],
    )  # fmt: skip
