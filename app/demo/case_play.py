"""The demo's cases go on: as many are reported as before, and demo units work on what is due.

Only demo cases move, and only those that are nearly due: whoever tries the desk is faster.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo import fractal
from app.demo.case_lives import CHECKER, CHIEF, INTAKE, handler
from app.demo.cases import drawn_report, likely
from app.services import Services
from topics.kit.cases.contracts import CaseState
from topics.kit.cases.lines import CaseLine, CaseQuery, Sight
from topics.kit.cases.machine import Order, Person
from topics.kit.errors import BadCase, CaseMoved, CaseStepRefused

_SOON = timedelta(minutes=12)
_AT_ONCE = 8
_LUCK = 0.7  # some of what is due stays and becomes late


def play(services: Services, now: datetime) -> int:
    """At most one report, and some steps; how many steps were taken."""
    rng = fractal.generator("case-play", int(now.timestamp() // 60))
    if services.modes.at(now).drill is None and rng.random() < likely(now):
        services.cases.report(drawn_report(services, now, rng), now=now)
    sight = Sight(demo_schemes=tuple(services.cases.categories.schemes))
    query = CaseQuery(sight, open=True, due_before=now + _SOON)
    taken = 0
    for line in services.cases.lists.lines_where(query, now, 4 * _AT_ONCE):
        step = _next(services, line)
        if step is None or taken >= _AT_ONCE or rng.random() > _LUCK:
            continue
        try:
            services.cases.move(line.id, step[1], step[0], now=now, version=line.version)
        except (CaseMoved, CaseStepRefused, BadCase):
            continue
        taken += 1
    return taken


def _next(services: Services, line: CaseLine) -> tuple[Person, Order] | None:
    state, unit = CaseState(line.state), line.unit or ""
    match state:
        case CaseState.TO_VERIFY:
            return INTAKE, Order("上报")
        case CaseState.REPORTED:
            return INTAKE, Order("受理")
        case CaseState.ACCEPTED:
            return CHIEF, Order("立案", confirmed=True)
        case CaseState.FILED:
            found = services.cases.suggest(services.cases.require(line.id).report)
            given = found.unit or f"region:{line.county}"
            return CHIEF, Order("派遣", unit=given, note=found.why)
        case CaseState.DISPATCHED:
            return handler(unit), Order("签收")
        case CaseState.SIGNED:
            return handler(unit), Order("处置")
        case CaseState.HANDLING:
            return handler(unit), Order("反馈", note="已处置,现场恢复")
        case CaseState.ANSWERED:
            return CHECKER, Order("核查")
        case CaseState.CHECKING:
            return CHECKER, Order("结案", note="核查通过", confirmed=True)
    return None
