"""The cases of this city, put together from its tables, its settings and its database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

from app.config import Config
from app.errors import BadConfig
from topics.kit.cases.categories import CaseCategories
from topics.kit.cases.duplicates import DuplicateRules
from topics.kit.cases.lands import Places
from topics.kit.cases.limits import CaseClocks, load_local_limits, load_stage_limits
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.manifest import Manifest
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_cases import PostgresCases
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.clock import DayRule, WorkClock
from topics.kit.worktime.schedule import WorkSchedule

_RULES = ("days", "hours")


def make_cases(
    config: Config,
    topics: Iterable[Manifest],
    regions: RegionTree,
    tables: Callable[[str], Path],
    store: PostgresCases,
    lists: PostgresCaseLists,
    places: Places | None = None,
) -> Cases:
    """The service of cases on its stores; BadManifest names a wrong table."""
    categories = CaseCategories.of(topics)
    clocks = CaseClocks(
        work_clock(config, tables),
        load_stage_limits(tables("case_stage_limits.csv")),
        load_local_limits(tables("case_limits.csv")),
        categories.find,
    )
    return Cases(
        store,
        lists,
        categories,
        clocks,
        Routing.load(tables("case_routing.csv")),
        regions,
        dispatches=config.cases.dispatch,
        duplicates=DuplicateRules.load(tables("case_duplicates.csv")),
        places=places,
    )


def work_clock(config: Config, tables: Callable[[str], Path]) -> WorkClock:
    """Working time of this city: calendar, hours, and how a 工作日 is read."""
    rule = config.cases.workday
    if rule not in _RULES:
        raise BadConfig(f'cases.workday:{rule!r} 应是 "days" 或 "hours"')
    return WorkClock(
        WorkCalendar.load(tables("work_calendar.csv")),
        WorkSchedule.load(tables("work_hours.csv")),
        cast(DayRule, rule),
    )
