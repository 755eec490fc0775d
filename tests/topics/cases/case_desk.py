"""A desk for tests: people, clocks and regions without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from topics.kit.cases.categories import CaseCategories
from topics.kit.cases.contracts import Case, CategoryKey, Report
from topics.kit.cases.fold import apply
from topics.kit.cases.lands import RegionLands
from topics.kit.cases.limits import CaseClocks, load_local_limits, load_stage_limits
from topics.kit.cases.machine import Order, Person, advance, begin
from topics.kit.cases.transitions import DESK, Post
from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.clock import WorkClock
from topics.kit.worktime.schedule import WorkSchedule

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"
REGIONS = RegionTree.load(REFERENCE / "regions.csv")
LANDS = RegionLands(REGIONS)
CATEGORIES = CaseCategories.of([load_manifest(SHIPPED / "grid")])
CLOCK = WorkClock(
    WorkCalendar.load(REFERENCE / "work_calendar.csv"),
    WorkSchedule.load(REFERENCE / "work_hours.csv"),
)
CLOCKS = CaseClocks(
    CLOCK,
    load_stage_limits(REFERENCE / "case_stage_limits.csv"),
    load_local_limits(REFERENCE / "case_limits.csv"),
    CATEGORIES.find,
)
RUBBISH = CategoryKey("城市管理", "事项", "06017")  # 绿地脏乱: 4 工作时 in case_limits.csv

DUTY = Person("u-duty", DESK)
OTHER_DUTY = Person("u-duty-2", DESK)
HANDLER = Person("u-cgj", frozenset({Post.HANDLER, Post.REPORTER}), unit="cgj")
SUPPORT = Person("u-zjj", frozenset({Post.HANDLER, Post.REPORTER}), unit="zjj")
LEADER = Person("u-leader", frozenset({Post.LEADER}))


def at(text: str) -> datetime:
    """A moment of November 2026 on Shanghai's clock: "26 10:00"; the 26th is a Thursday."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


def report(**more: Any) -> Report:
    values: dict[str, Any] = {
        "category": RUBBISH,
        "region": "440203001",
        "text": "垃圾外溢",
        "at": at("26 09:00"),
        "source": "form",
        "reporter": "u-reporter",
    }
    return Report(**(values | more))


def opened(when: str = "26 09:00", **more: Any) -> Case:
    moment = at(when)
    given = report(**({"at": moment} | more))
    return apply(None, begin("c1", "2026-1126-0001", given, CLOCKS, moment))


def step(case: Case, word: str, person: Person, when: str, **order: Any) -> Case:
    """The case after one step, its condition confirmed; raises what the machine refuses."""
    wanted = Order(word, **({"confirmed": True} | order))
    event = advance(case, wanted, person, CLOCKS, LANDS, at(when))
    return apply(case, event)


def dispatched(support: tuple[str, ...] = ()) -> Case:
    """A case given to cgj on the 26th at 09:10."""
    case = step(opened(), "受理", DUTY, "26 09:05")
    case = step(case, "立案", DUTY, "26 09:08")
    return step(case, "派遣", DUTY, "26 09:10", unit="cgj", support=support)


def answered(support: tuple[str, ...] = ()) -> Case:
    """The same case, answered by cgj at 10:30."""
    case = step(dispatched(support), "签收", HANDLER, "26 09:30")
    case = step(case, "处置", HANDLER, "26 09:40")
    return step(case, "反馈", HANDLER, "26 10:30", note="已清运")
