"""Cases that went their way, stored in a real database; what 考核 says of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import (
    CATEGORIES,
    CLOCKS,
    DUTY,
    HANDLER,
    LANDS,
    REFERENCE,
    REGIONS,
)
from tests.topics.evaluation.some_cases import RULES
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.history import Turn, walk
from topics.kit.cases.machine import Order
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.evaluation.service import Evaluations
from topics.kit.organisations import Organisations
from topics.kit.periods import ZONE
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_cases import PostgresCases
from topics.kit.stores.postgres_evaluation import PostgresEvaluations

RUBBISH = CategoryKey("城市管理", "事项", "06010")
_WORDS = ("受理", "立案", "派遣", "签收", "处置", "反馈", "核查", "结案")
_AFTER = (4, 8, 15, 40, 60, 90, 100, 110)


def on(text: str) -> datetime:
    """A moment on Shanghai's clock: 2026-10-12 09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


class KeptCases:
    """Stores cases and asks for their 考核."""

    def __init__(self, url: str) -> None:
        self.engine: sa.Engine = connect(url)
        self.store = PostgresCases(self.engine)
        self.cases = Cases(
            self.store,
            PostgresCaseLists(self.engine, self.store),
            CATEGORIES,
            CLOCKS,
            Routing.load(REFERENCE / "case_routing.csv"),
            REGIONS,
        )
        self.evaluations = Evaluations(
            PostgresEvaluations(self.engine),
            PostgresCaseFacts(self.engine, self.store),
            RULES,
            REGIONS,
            Organisations.load(REFERENCE / "organisations.csv"),
        )
        self._number = count(1)

    def begin_again(self) -> None:
        """Number the cases from 1."""
        self._number = count(1)

    def put(
        self,
        at: str,
        steps: int = 8,
        late: timedelta = timedelta(0),
        turns: Iterable[Turn] | None = None,
        **more: Any,
    ) -> str:
        """A case reported at that moment that went so many steps; `late` before the answer."""
        number = next(self._number)
        known: dict[str, Any] = {
            "category": RUBBISH, "region": "440203", "text": "垃圾", "at": on(at),
            "source": "phone", "reporter": "u", "longitude": 113.59, "latitude": 24.81,
        }  # fmt: skip
        report = Report(**(known | more))
        done = list(turns or _turns(report, steps, late))
        case = f"c{number:03d}"
        one = walk(case, f"2026-{number:04d}", report, done, CLOCKS, LANDS)
        with self.store.writing() as transaction:
            self.store.load([one], transaction)
        return case


def _turns(report: Report, steps: int, late: timedelta) -> Iterable[Turn]:
    for place, (word, minutes) in enumerate(zip(_WORDS, _AFTER, strict=True)):
        if place == steps:
            return
        at = report.at + timedelta(minutes=minutes) + (late if place >= 5 else timedelta(0))
        person = HANDLER if word in ("签收", "处置", "反馈") else DUTY
        unit = "cgj" if word == "派遣" else None
        order = Order(word, note="已处理", unit=unit, confirmed=True)
        yield Turn(at, order, person)
