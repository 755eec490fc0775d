"""派单: an alert becomes a case in one click, linked both ways, at most one open case an alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.alerts.desk import AlertDesk, Asked
from app.alerts.rows import AlertRows
from app.alerts.sight import resource_of
from app.security.contracts import Action
from app.security.may import require
from app.services import Services
from topics.kit.alerting.contracts import Alert, AlertEvent
from topics.kit.alerting.handling import Do, Hand, dispatch, require_open, said
from topics.kit.cases.categories import read_key
from topics.kit.cases.contracts import Case, Report
from topics.kit.cases.machine import Order as CaseOrder
from topics.kit.cases.machine import Person
from topics.kit.cases.transitions import Post
from topics.kit.errors import BadCase, CaseMoved, CaseStepRefused


@dataclass(frozen=True, slots=True)
class Order:
    """What the shift says of the case; what it leaves out is prefilled from the rule's plan."""

    category: str | None = None
    region: str | None = None
    unit: str | None = None
    text: str | None = None
    support: tuple[str, ...] | None = None  # 协办; None: those of the plan


class Dispatching:
    """Sends alerts as cases."""

    def __init__(self, services: Services, desk: AlertDesk, rows: AlertRows) -> None:
        """Use the desk's rights and log, and the cases of `services`."""
        self._services = services
        self._desk = desk
        self._rows = rows

    def prefilled(self, alert: Alert) -> dict[str, Any]:
        """The form as it opens: category, region, unit and text."""
        plan = self._desk.rules.plan(alert.key.rule)
        region = self._rows.region_of(alert)
        lead = plan.lead if plan is not None else None
        demand = plan.demand if plan is not None else ""
        place = self._rows.place_text(region, alert.key.region)
        text = f"{alert.title}。地点:{place}。" + (f"要求:{demand}" if demand else "")
        category = self._desk.rules.category(alert.key.rule)
        return {
            "category": category,
            "category_name": self._named(category),
            "region": self._rows.county_of(alert),
            "unit": lead,
            "text": text,
        }

    def send(self, alert: str, order: Order, asked: Asked) -> tuple[Alert, dict[str, Any]]:
        """The alert and its case. Of two people at once both get the same case.

        AlertStepRefused when the alert has an open case or is over.
        """
        found = self._desk.seen(alert, asked.subject)
        require(asked.subject, Action.WRITE, resource_of(self._services, found))
        now = datetime.now(UTC)
        require_open(found, Do.DISPATCH, now)
        report = self._report(found, order, asked, now)
        unit = self._desk.unit(order.unit, now) if order.unit else None
        support = self._support(found, order, unit, now)
        made: list[Case] = []

        def step(one: Alert, hand: Hand, transaction: Any) -> list[AlertEvent]:
            # The alert's row is held: two who press at once come here one after the other.
            require_open(one, Do.DISPATCH, now)
            made.append(self._services.cases.report(report, now=now, connection=transaction).case)
            self._services.alert_cases.open(
                one.id, made[-1].id, now=now, by=hand.actor, connection=transaction
            )
            return dispatch(one, hand, case=made[-1].id, unit=unit)

        after = self._desk.act(alert, Do.DISPATCH, asked, step, unit=unit or "")
        case = self._sent_on(made[-1], unit, support, asked, now)
        return after, {"id": case.id, "state": case.state.value}

    def take_back(self, case: str, asked: Asked) -> None:
        """Void the case of a 派单 that was undone; CaseStepRefused when a unit works on it."""
        order = CaseOrder("作废", note="派单已撤销")
        self._services.cases.move(case, order, _shift(asked), now=datetime.now(UTC))
        self._services.alert_cases.close(case, now=datetime.now(UTC), said="派单已撤销")

    def _named(self, category: str | None) -> str:
        """A category as people know it today; its code where it is unknown."""
        if category is None:
            return ""
        key = read_key(category)
        found = self._services.cases.categories.find(key, datetime.now(UTC))
        return key.code if found is None else f"{found.name}({key.kind} {key.code})"

    def _support(
        self, alert: Alert, order: Order, unit: str | None, now: datetime
    ) -> tuple[str, ...]:
        """Who works beside the 主办, each with a clock of its own; nobody without a 主办."""
        if unit is None:
            return ()
        if order.support is not None:
            wanted = [self._desk.unit(one, now) for one in order.support]
        else:
            plan = self._desk.rules.plan(alert.key.rule)
            find = self._services.organisations.find
            wanted = [one for one in (plan.support if plan else ()) if find(one, now.date())]
        return tuple(one for one in dict.fromkeys(wanted) if one != unit)

    def _sent_on(
        self, case: Case, unit: str | None, support: tuple[str, ...], asked: Asked, now: datetime
    ) -> Case:
        """The case as far as the shift's word carries it: accepted, filed, sent to its unit.

        A step that is not open leaves it where it is: the desk of cases goes on from there.
        """
        orders = [CaseOrder("受理"), CaseOrder("立案")]
        if unit is not None:
            orders.append(CaseOrder("派遣", unit=unit, support=support))
        for order in orders:
            try:
                case = self._services.cases.move(case.id, order, _shift(asked), now=now)
            except (CaseStepRefused, BadCase, CaseMoved):
                break
        return case

    def _report(self, alert: Alert, order: Order, asked: Asked, now: datetime) -> Report:
        filled = self.prefilled(alert)
        region = self._rows.region_of(alert)
        row = self._rows.position(alert)
        return Report(
            category=read_key(order.category or filled["category"]),
            region=order.region or filled["region"],
            text=said(order.text or filled["text"], "text", "请写派单内容"),
            at=now,
            source="alert",
            reporter=asked.subject.person,
            reference=alert.id,
            longitude=row[0],
            latitude=row[1],
            place=self._rows.place_text(region, alert.key.region),
            drill=alert.drill,
            data={"alert": alert.id, "unit": order.unit or filled["unit"]},
        )


def _shift(asked: Asked) -> Person:
    return Person(asked.subject.person, frozenset({Post.INTAKE, Post.CHIEF, Post.DISPATCHER}))
