"""派单: an alert becomes a case in one click, linked both ways, at most one open case an alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.alerts.desk import AlertDesk, Asked
from app.alerts.rows import AlertRows
from app.alerts.sight import resource_of
from app.cases.acts import move_event
from app.cases.people import CaseDoors
from app.errors import AppError
from app.security.contracts import Action, Subject
from app.security.may import require
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.alerting.contracts import Alert, AlertEvent
from topics.kit.alerting.handling import Do, Hand, bad, dispatch, require_open, said
from topics.kit.cases.categories import read_key
from topics.kit.cases.contracts import Case, CaseState, Report
from topics.kit.cases.machine import Order as CaseOrder
from topics.kit.errors import BadCase, CaseStepRefused
from topics.kit.manifest_alerts import PlanSpec
from topics.kit.schemes import Limit
from topics.kit.texts import storable

_BEFORE_A_UNIT = frozenset({CaseState.TO_VERIFY, CaseState.REPORTED, CaseState.ACCEPTED})
_COUNTY = 2  # city and county: so much of two places must be the same


@dataclass(frozen=True, slots=True)
class Order:
    """What the shift says of the case; what it leaves out is prefilled from the rule's plan."""

    category: str | None = None
    region: str | None = None
    unit: str | None = None
    text: str | None = None
    support: tuple[str, ...] | None = None  # 协办; None: those of the plan
    confirmed: bool = False  # the 立案条件 of the category is met, says who sends it


class Dispatching:
    """Sends alerts as cases."""

    def __init__(self, services: Services, desk: AlertDesk, rows: AlertRows) -> None:
        """Use the desk's rights and log, and the cases of `services`."""
        self._services = services
        self._desk = desk
        self._rows = rows
        self._doors = CaseDoors(services)

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
            "opens": self._opens(category),
            "region": self._rows.county_of(alert),
            "unit": lead,
            "text": text,
        }

    def send(self, alert: str, order: Order, asked: Asked) -> tuple[Alert, dict[str, Any]]:
        """The alert and its case; `waits` says why it did not get as far as its unit, "" where it
        did. Of two people at once both get the same case.

        AlertStepRefused when the alert has an open case or is over.
        """
        found = self._desk.seen(alert, asked.subject)
        require(asked.subject, Action.WRITE, resource_of(self._services, found))
        now = datetime.now(UTC)
        require_open(found, Do.DISPATCH, now)
        report = self._report(found, order, asked, now)
        self._doors.require_writing(asked.subject, report.category.scheme)
        self._near(report.region, found)
        unit = self._desk.unit(order.unit, now) if order.unit else None
        plan = self._desk.rules.plan(found.key.rule)
        opens = self._services.cases.clocks.condition(report, "立案")
        confirmed = order.confirmed and bool(opens)
        orders = _orders(plan, unit, self._support(found, order, unit, now), confirmed)
        made: list[Case] = []
        beside: list[AuditEvent] = []

        def step(one: Alert, hand: Hand, transaction: Any) -> list[AlertEvent]:
            # The alert's row is held: two who press at once come here one after the other.
            require_open(one, Do.DISPATCH, now)
            reported = self._services.cases.report(report, now=now, connection=transaction)
            case = reported.case
            self._services.alert_cases.open(
                one.id, case.id, now=now, by=hand.actor, connection=transaction
            )
            if reported.new:
                case = self._sent_on(case, orders, asked, now, transaction, beside)
            made.append(case)
            return dispatch(one, hand, case=case.id, unit=case.unit)

        after = self._desk.act(alert, Do.DISPATCH, asked, step, beside=beside, unit=unit or "")
        case = made[-1]
        waits = _waits(case, "" if confirmed else opens)
        return after, {"id": case.id, "state": case.state.value, "waits": waits}

    def why_not(self, alert: Alert, subject: Subject) -> str:
        """Why the subject may make no case of such an alert; "" when nothing speaks against it."""
        category = self._desk.rules.category(alert.key.rule)
        try:
            if category is not None:
                self._doors.require_writing(subject, read_key(category).scheme)
        except AppError as wrong:
            return str(wrong)
        return ""

    def _near(self, region: str, alert: Alert) -> None:
        """BadAlertAction unless the case lies where the alert does: in its county."""
        find = self._services.regions.path
        asked, place = find(region), find(alert.key.region)
        if not storable(region) or not asked:
            raise bad("region", f"没有区划 {region[:20]!r};请从列表里选")
        for one, other in zip(asked[:_COUNTY], place[:_COUNTY], strict=False):
            if one.code != other.code:
                raise bad("region", f"{asked[-1].name}不在告警所在的{place[-1].name};请改区划")

    def _named(self, category: str | None) -> str:
        """A category as people know it today; its code where it is unknown."""
        if category is None:
            return ""
        key = read_key(category)
        found = self._services.cases.categories.find(key, datetime.now(UTC))
        return key.code if found is None else f"{found.name}({key.kind} {key.code})"

    def _opens(self, category: str | None) -> str:
        """The 立案条件 of a category today; "" where there is none."""
        if category is None:
            return ""
        clocks, now = self._services.cases.clocks, datetime.now(UTC)
        return clocks.condition_of(read_key(category), now, "立案")

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
        self,
        case: Case,
        orders: Sequence[CaseOrder],
        asked: Asked,
        now: datetime,
        transaction: Any,
        beside: list[AuditEvent],
    ) -> Case:
        """The case as far as the shift's word carries it: accepted, filed, sent to its unit.

        A step that is not open leaves it where it is: the desk of cases goes on from there.
        """
        person = self._doors.person(asked.subject, case)
        for order in orders:
            try:
                case = self._services.cases.move(
                    case.id, order, person, now=now, connection=transaction
                )
            except (CaseStepRefused, BadCase):
                break
            beside.append(move_event(self._services, asked.subject.id, case, order, asked.address))
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


def _waits(case: Case, opens: str) -> str:
    """Why the case did not get as far as its unit, in words; "" where it did."""
    if case.state is CaseState.ACCEPTED and opens:
        return f"立案条件“{opens}”还没有确认,事件等在“受理”;在派单台核对后立案、派遣"
    if case.state is CaseState.FILED:
        return "事件已立案,还没有主办单位;在派单台派遣"
    if case.state in _BEFORE_A_UNIT:
        return f"事件等在“{case.state}”;在派单台接着办理"
    return ""


def _orders(
    plan: PlanSpec | None, unit: str | None, support: tuple[str, ...], confirmed: bool
) -> list[CaseOrder]:
    """The steps that file the case and give it to its units, with the clocks of the plan.

    `confirmed`: the person says that the 立案条件 is met; without it such a case is not filed.
    """
    filed = [CaseOrder("受理"), CaseOrder("立案", confirmed=confirmed)]
    if unit is None:
        return filed
    respond = limit_of(plan.lead_within) if plan is not None else ""
    own = limit_of(plan.support_within) if plan is not None else ""
    limits = {one: own for one in support if own}
    given = CaseOrder("派遣", unit=unit, support=support, limits=limits, respond=respond)
    return [*filed, given]


def limit_of(span: timedelta) -> str:
    """A stretch of a plan as a limit of calendar time: 2 小时; "" for none."""
    return str(Limit(span / timedelta(hours=1), "小时")) if span else ""
