"""Alerts sent as cases: 派单 taken back in one piece, by whom it is allowed, and 重开."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.alerts.tending import Tending
from app.security.contracts import Grant, Role, Subject
from tests.api.alert_city import PEOPLE, AlertCity, alert_city
from topics.kit.alerting.contracts import AlertEvent, AlertStep
from topics.kit.cases.machine import SYSTEM, Order, Person
from topics.kit.cases.transitions import Post
from topics.kit.errors import CaseMoved, CaseStepRefused

NUMBERS = iter(range(10_000))
WATER_DUTY = Subject("wduty", "水务值班", frozenset({Grant(Role.DUTY, "water")}))


class Sending(AlertCity):
    """With somebody on duty who has rights in one topic only."""

    people = PEOPLE | {"wduty": WATER_DUTY}

    def move(self, case: str, *words: str, by: Person = SYSTEM) -> None:
        for word in words:
            order = Order(word, note="已办", confirmed=True)
            self.services.cases.move(case, order, by, now=datetime.now(UTC))

    def turn(self) -> None:
        Tending(self.services).turn(datetime.now(UTC))

    def send(self, alert: str, **body: object) -> str:
        answer = self.post("duty", f"alerts/{alert}/dispatch", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["case"]["id"])


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> Sending:
    made = alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)
    return Sending(made.services)


@pytest.fixture
def alert(city: Sending) -> Iterator[str]:
    name = f"c{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}")
    yield name
    if city.services.alerts.require(name).open:
        city.resolve(name)


def test_a_dispatch_to_a_unit_is_undone_and_the_alert_is_sent_anew(city, alert):
    case = city.send(alert, unit="swj", support=["zjj"])
    assert city.services.cases.require(case).state == "派遣"
    undone = city.post("duty", f"alerts/{alert}/undo")
    assert (undone.status_code, undone.json()["case"], undone.json()["state"]) == (
        200,
        None,
        "未确认",
    )
    assert city.services.cases.require(case).state == "作废"
    assert city.send(alert, unit="swj") != case


def test_a_turn_of_the_leader_in_between_leaves_nothing_of_an_undone_dispatch(city, alert):
    case = city.send(alert, unit="swj")
    city.turn()
    assert city.get("duty", f"/api/v1/alerts/{alert}")["case"]["state"] == "派遣"
    assert city.post("duty", f"alerts/{alert}/undo").status_code == 200
    city.turn()
    row = city.get("duty", f"/api/v1/alerts/{alert}")
    assert (row["case"], row["state"]) == (None, "未确认")
    assert next(one for one in row["actions"] if one["do"] == "dispatch")["allowed"]
    assert city.send(alert, unit="swj") != case


def test_a_leader_who_read_the_case_before_the_undo_says_nothing_of_it_afterwards(
    city, alert, monkeypatch
):
    city.send(alert, unit="swj")
    tending = Tending(city.services)
    say = tending._say_cases

    def late(alerts, *read):
        assert alert in alerts
        assert city.post("duty", f"alerts/{alert}/undo").status_code == 200
        say(alerts, *read)

    monkeypatch.setattr(tending, "_say_cases", late)
    tending._follow_cases(datetime.now(UTC))
    assert city.services.alerts.require(alert).case is None


@pytest.mark.parametrize("unit", ["swj", "zjj"])
def test_what_a_unit_has_signed_is_not_undone_and_it_says_why(city, alert, unit):
    case = city.send(alert, unit="swj", support=["zjj"])
    handler = Person("h", frozenset({Post.HANDLER}), unit=unit)
    city.move(case, "签收", by=handler)
    answer = city.post("duty", f"alerts/{alert}/undo")
    assert answer.status_code == 409
    assert "签收" in answer.json()["detail"]
    assert city.services.alerts.require(alert).case == case
    assert city.services.cases.require(case).open
    assert city.services.alert_cases.open_ones()[alert] == case


def test_where_the_last_step_of_an_undo_fails_nothing_of_it_has_happened(city, alert, monkeypatch):
    case = city.send(alert, unit="swj")
    before = city.steps(alert)

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("killed")

    monkeypatch.setattr("app.stores.postgres_audit._append", refuse)
    with pytest.raises(ConnectionError):
        city.post("duty", f"alerts/{alert}/undo")
    assert city.services.cases.require(case).state == "派遣"
    assert city.services.alert_cases.open_ones()[alert] == case
    assert city.steps(alert) == before


def test_of_an_undo_and_a_signature_at_the_same_moment_one_holds(city):
    for _ in range(4):
        name = f"c{next(NUMBERS)}"
        city.fire(name, rule=f"water.{name}")
        case = city.send(name, unit="swj")
        signer = replace(SYSTEM, id="h")

        def sign(case: str = case, signer: Person = signer) -> bool:
            try:
                city.move(case, "签收", by=signer)
            except (CaseMoved, CaseStepRefused):
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            signed = pool.submit(sign)
            undone = pool.submit(city.post, "duty", f"alerts/{name}/undo")
        assert (undone.result().status_code, signed.result()) in [(200, False), (409, True)]
        held = city.services.alerts.require(name).case
        assert held == (case if signed.result() else None)
        city.resolve(name)


def test_after_ten_seconds_nothing_is_undone(city, alert):
    case = city.send(alert, unit="swj")
    log = city.services.alerts.events(alert)
    late = [replace(one, at=one.at - timedelta(seconds=10.5)) for one in log if one.actor == "duty"]
    name = f"c{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}")
    city.services.alerts.append([replace(one, alert=name, id=0) for one in late])
    assert city.post("duty", f"alerts/{name}/undo").status_code == 409
    assert city.services.cases.require(case).state == "派遣"
    city.resolve(name)


def test_nobody_takes_the_step_of_the_undo_by_hand(city, alert):
    case = city.send(alert, unit="swj")
    shift = Person("duty", frozenset(Post) - {Post.SENDER})
    for word in ("撤单", "作废"):
        with pytest.raises(CaseStepRefused):
            city.move(case, word, by=shift)
    found = city.services.cases.require(case)
    offered = city.services.cases.allowed(found, SYSTEM, datetime.now(UTC))
    assert "撤单" not in {one.word for one in offered}


def test_who_may_not_make_such_a_case_sends_no_alert_as_one(city, alert):
    assert city.post("wduty", f"alerts/{alert}/ack").status_code == 200
    actions = city.get("wduty", f"/api/v1/alerts/{alert}")["actions"]
    offer = next(one for one in actions if one["do"] == "dispatch")
    assert (offer["allowed"], bool(offer["why"])) == (False, True)
    answer = city.post("wduty", f"alerts/{alert}/dispatch", {"unit": "swj"})
    assert answer.status_code == 403
    assert city.services.alerts.require(alert).case is None
    assert city.services.cases.of_alerts([alert]) == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"region": "440203"}, "不在告警所在的曲江区"),
        ({"region": "999999"}, "没有区划"),
        ({"region": "44\x000205"}, "没有区划"),
        ({"category": "城市管理/事项/99999"}, "没有大类 99"),
        ({"category": "没有的/事项/06025"}, "没有的"),
    ],
)
def test_a_place_or_category_that_does_not_fit_is_refused_and_no_case_comes(
    city, alert, body, said
):
    answer = city.post("duty", f"alerts/{alert}/dispatch", body)
    assert answer.status_code in (404, 422)
    assert said in answer.text
    assert city.services.cases.of_alerts([alert]) == {}


def test_every_step_of_the_case_is_audited_as_steps_of_cases_are(city, alert):
    case = city.services.cases.require(city.send(alert, unit="swj"))
    city.post("duty", f"alerts/{alert}/undo")
    found = city.services.audit.list(about=case.number)
    steps = [(one.actor, one.action, one.detail) for one in reversed(found)]
    assert [(actor, action) for actor, action, _ in steps] == [("duty", "case.move")] * 4
    words = ("受理", "立案", "派遣", "撤单")
    assert all(word in detail for word, (_, _, detail) in zip(words, steps, strict=True))
    assert city.services.audit.verify()


def test_a_case_that_is_opened_again_stands_on_its_alert_again(city, alert):
    case = city.send(alert, unit="swj")
    city.move(case, "签收", "处置", "反馈")
    checker = Person("checker", frozenset({Post.CHECKER, Post.CHIEF}))
    city.move(case, "核查", "结案", by=checker)
    city.turn()
    city.turn()
    assert city.get("duty", f"/api/v1/alerts/{alert}")["case"]["state"] == "结案"
    city.move(case, "重开", by=checker)
    city.turn()
    row = city.get("duty", f"/api/v1/alerts/{alert}")
    assert (row["case"]["id"], row["case"]["state"], row["state"]) == (case, "立案", "已派单")
    offer = next(one for one in row["actions"] if one["do"] == "dispatch")
    assert (offer["allowed"], offer["why"]) == (False, "已派单")
    assert city.post("duty", f"alerts/{alert}/dispatch").status_code == 409


def test_an_alert_sent_before_the_leader_noticed_a_reopening_gets_the_case_it_had(city, alert):
    case = city.send(alert)
    chief = Person("chief", frozenset({Post.CHIEF, Post.INTAKE}))
    city.move(case, "作废", by=chief)
    city.turn()
    city.move(case, "重开", by=chief)
    assert city.send(alert) == case
    city.turn()
    assert city.services.alert_cases.open_ones()[alert] == case


def test_a_log_with_an_undone_dispatch_looks_the_same_as_of_then(city, alert):
    case = city.send(alert, unit="swj")
    city.turn()
    sent = datetime.now(UTC)
    city.post("duty", f"alerts/{alert}/undo")
    then = city.services.alerts.require(alert, as_of=sent)
    assert (then.case, city.services.alerts.require(alert).case) == (case, None)
    told = [one for one in city.services.alerts.events(alert) if one.step is AlertStep.UNDONE]
    assert len(told) == 3  # 确认, 派单, and what the leader said of the case
    assert isinstance(told[0], AlertEvent)
