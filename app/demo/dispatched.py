"""The worst alerts of the demo city as its shift left them: sent as cases by their plans."""

from __future__ import annotations

from app.alerts.desk import AlertDesk, Asked
from app.alerts.dispatching import Dispatching, Order
from app.alerts.rows import AlertRows
from app.alerts.rulebook import RuleNotes
from app.security.contracts import Grant, Role, Subject
from app.services import Services
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.log import AlertQuery

_SHIFT = Subject("demo:duty", "示例值班长", frozenset({Grant(Role.DUTY)}))
_MOST = 2  # the others wait for whoever tries the desk
_WORST = (AlertLevel.RED, AlertLevel.ORANGE)


def seed_dispatched(services: Services) -> int:
    """Send the worst open alerts that have a plan, each once; how many were sent."""
    rules = RuleNotes(services)
    rows = AlertRows(services, rules, services.handling)
    sending = Dispatching(services, AlertDesk(services, rules, services.handling), rows)
    query = AlertQuery(levels=_WORST, open=True, top=True)
    sent = 0
    for alert in services.alerts.board(query).alerts:
        filled = sending.prefilled(alert)
        if sent == _MOST or alert.case is not None or not (filled["unit"] and filled["category"]):
            continue
        sending.send(alert.id, Order(unit=filled["unit"]), Asked(_SHIFT))
        sent += 1
    return sent
