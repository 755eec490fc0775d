"""Alerts over HTTP: the list, one alert, what the shift and leaders do with them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.alerts.tending import Tending
from tests.api.alert_city import AlertCity, alert_city
from topics.kit.alerting.contracts import AlertKey, AlertLevel
from topics.kit.alerting.handling import MOST_TEXT
from topics.kit.alerting.log import AlertQuery
from topics.kit.alerting.machine import AT_REST, LevelState, SeriesState
from topics.kit.alerting.standing import Standing
from topics.kit.cases.machine import SYSTEM, Order
from topics.kit.cases.machine import Person as CasePerson
from topics.kit.cases.transitions import Post
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Answer, Patience
from topics.kit.periods import ZONE

NUMBERS = iter(range(10_000))
PLANNED = "water.nh3n_high"  # its plan: 生态环境局, with 水务局 beside it


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    return alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


@pytest.fixture
def alert(city: AlertCity) -> Iterator[str]:
    """A red alert of its own rule, resolved afterwards."""
    name = f"a{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}")
    yield name
    if city.services.alerts.require(name).open:
        city.resolve(name)


def soon(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def test_a_row_says_everything_in_words(city, alert):
    row = city.get("duty", f"/api/v1/alerts?rule=water.{alert}")["items"][0]
    assert (row["level"], row["state"], row["kind"]) == ("红", "未确认", "监测告警")
    assert (row["value"]["text"], row["value"]["unit"]) == ("2.31", "mg/L")
    assert row["place"] == "曲江区"
    assert row["elapsed_text"].startswith("2 分 ")
    assert datetime.fromisoformat(row["escalates_at"]) - datetime.fromisoformat(row["at"]) == (
        timedelta(minutes=5)
    )


def test_counts_are_of_all_levels_and_states_whatever_is_filtered(city, alert):
    whole = city.get("duty", f"/api/v1/alerts?rule=water.{alert}&level=蓝")
    assert whole["items"] == []
    assert whole["counts"]["level"]["红"] == 1
    assert (whole["open"], whole["unacknowledged"]) == (1, 1)


def test_a_county_shows_what_is_below_it_and_no_other(city, alert):
    def found(region: str) -> int:
        return city.get("duty", f"/api/v1/alerts?rule=water.{alert}&region={region}")["total"]

    assert (found("440205"), found("440200"), found("440203")) == (1, 1, 0)


def test_pages_follow_each_other_and_hold_each_alert_once(city):
    names = [f"p{next(NUMBERS)}" for _ in range(5)]
    for name in names:
        city.fire(name, rule=f"water.{name}", level=AlertLevel.BLUE)
    rules = ",".join(f"water.{name}" for name in names)
    seen, cursor = [], ""
    while True:
        page = city.get("duty", f"/api/v1/alerts?rule={rules}&limit=2&cursor={cursor}")
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(names)
    for name in names:
        city.resolve(name)


@pytest.mark.parametrize(
    "query", ["level=紫", "state=静默", "as_of=x", "region=999999", "rule=a%00b", "from=2026-99-01"]
)
def test_a_wrong_question_is_answered_with_what_to_write(city, query):
    answer = city.ask("duty", "GET", f"/api/v1/alerts?{query}")
    assert answer.status_code in (404, 422)
    assert answer.json()["detail"]


def test_who_may_not_see_an_alert_learns_nothing_of_it(city, alert):
    assert city.get("nobody", f"/api/v1/alerts?rule=water.{alert}")["total"] == 0
    hidden = city.ask("nobody", "GET", f"/api/v1/alerts/{alert}")
    unknown = city.ask("nobody", "GET", "/api/v1/alerts/nothing")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json()["detail"] == unknown.json()["detail"]


@pytest.mark.parametrize("who", ["leader", "clerk", "viewer"])
def test_only_the_shift_acknowledges(city, alert, who):
    assert city.post(who, f"alerts/{alert}/ack").status_code == 403
    assert city.steps(alert) == ["fired"]


def test_a_leader_notes_and_the_shift_does_not(city, alert):
    assert city.post("duty", f"alerts/{alert}/note").status_code == 403
    assert city.post("leader", f"alerts/{alert}/note").status_code == 200
    actions = {one["do"]: one for one in city.get("leader", f"/api/v1/alerts/{alert}")["actions"]}
    assert not actions["ack"]["allowed"]
    assert actions["ack"]["why"] == "由值班人员处理"
    assert actions["note"]["allowed"]


def test_an_acknowledgement_is_logged_audited_and_undone(city, alert):
    assert city.post("duty", f"alerts/{alert}/ack").json()["state"] == "已确认"
    assert city.post("duty", f"alerts/{alert}/undo").json()["state"] == "未确认"
    audited = [one.action for one in city.services.audit.list(about=alert)]
    assert audited == ["alert.undo", "alert.ack"]
    events = city.get("duty", f"/api/v1/alerts/{alert}")["events"]
    assert [one["text"] for one in events] == ["撤销", "确认", "触发红色告警"]


def test_several_are_acknowledged_and_what_cannot_be_is_named(city, alert):
    answer = city.post("duty", "alerts/acks", {"ids": [alert, "nothing", alert]}).json()
    assert answer["acknowledged"] == [alert]
    assert [one["id"] for one in answer["refused"]] == ["nothing"]


def test_a_red_is_not_paused_beyond_two_hours_nor_without_a_reason(city, alert):
    far = city.post("duty", f"alerts/{alert}/pause", {"until": soon(hours=3), "reason": "检修"})
    bare = city.post("duty", f"alerts/{alert}/pause", {"until": soon(hours=1), "reason": " "})
    good = city.post("duty", f"alerts/{alert}/pause", {"until": soon(hours=1), "reason": "检修"})
    assert (far.status_code, bare.status_code, good.status_code) == (422, 422, 200)
    assert far.json()["errors"][0]["item"] == "until"
    assert good.json()["state"] == "已暂停"


def test_a_unit_that_is_not_there_gets_nothing(city, alert):
    answer = city.post("duty", f"alerts/{alert}/assign", {"unit": "nobody"})
    assert answer.status_code == 422
    assert city.post("duty", f"alerts/{alert}/assign", {"unit": "swj"}).json()["state"] == "已派单"


def test_of_many_who_press_at_once_one_sends_and_there_is_one_case(city, alert):
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(city.post, who, f"alerts/{alert}/dispatch", {})
            for who in ("duty", "other") * 3
        ]
        answers = [one.result() for one in asked]
    assert sorted(one.status_code for one in answers) == [200, *[409] * 5]
    assert (
        "dispatch" not in next(one for one in answers if one.status_code == 409).json()["allowed"]
    )
    assert city.steps(alert).count("dispatched") == 1
    line = city.services.cases.of_alerts([alert])[alert]
    assert line.id == city.services.alerts.require(alert).case


def test_an_undone_dispatch_leaves_no_case_behind(city, alert):
    case = city.post("duty", f"alerts/{alert}/dispatch").json()["case"]["id"]
    undone = city.post("duty", f"alerts/{alert}/undo").json()
    assert (undone["case"], undone["state"]) == (None, "未确认")
    assert city.services.cases.require(case).state == "作废"
    again = city.post("duty", f"alerts/{alert}/dispatch").json()["case"]["id"]
    assert again != case


def test_a_dispatch_names_unit_and_category_and_bad_ones_are_refused(city, alert):
    wrong = city.post("duty", f"alerts/{alert}/dispatch", {"category": "乱写"})
    assert wrong.status_code == 422
    assert city.services.alerts.require(alert).case is None
    body = {"unit": "swj", "category": "城市管理/事项/06025", "text": "清理水面"}
    sent = city.post("duty", f"alerts/{alert}/dispatch", body).json()
    assert sent["case"]["state"] == "派遣"
    assert city.services.cases.require(sent["case"]["id"]).unit == "swj"


def of_plan(city: AlertCity, **body: object) -> list[str]:
    """The 协办 of the case that an alert of a rule with a plan became."""
    name = f"a{next(NUMBERS)}"
    city.fire(name, rule=PLANNED)
    case = city.post("duty", f"alerts/{name}/dispatch", body).json()["case"]["id"]
    city.resolve(name)
    return [one.unit for one in city.services.cases.require(case).tasks if not one.lead]


def test_within_what_the_plan_wants_the_lead_there_is_a_clock_of_the_case(city):
    name = f"a{next(NUMBERS)}"
    city.fire(name, rule=PLANNED)
    case = city.post("duty", f"alerts/{name}/dispatch", {"unit": "sthjj"}).json()["case"]["id"]
    found = city.services.cases.require(case)
    city.resolve(name)
    assert found.respond_limit == "2 小时"
    assert found.respond_due - found.dispatched_at == timedelta(hours=2)


def test_the_supporting_units_of_the_plan_get_tasks_of_their_own(city):
    assert of_plan(city, unit="sthjj") == ["swj"]
    assert of_plan(city, unit="swj") == []  # who leads does not support
    assert of_plan(city, unit="sthjj", support=[]) == []
    assert of_plan(city, unit="sthjj", support=["zjj", "zjj", "sthjj"]) == ["zjj"]
    assert of_plan(city) == []  # not sent to anybody yet


def test_a_supporting_unit_that_nobody_knows_is_refused_and_no_case_comes(city, alert):
    body = {"unit": "swj", "support": ["nobody"]}
    answer = city.post("duty", f"alerts/{alert}/dispatch", body)
    assert answer.status_code == 422
    assert "nobody" in answer.text
    assert city.services.alerts.require(alert).case is None


def test_the_alert_says_where_its_case_stands_until_it_is_closed(city, alert):
    case = city.post("duty", f"alerts/{alert}/dispatch", {"unit": "swj"}).json()["case"]["id"]
    tending = Tending(city.services)
    checker = CasePerson("checker", frozenset({Post.CHECKER, Post.CHIEF}))
    for word in ("签收", "处置", "反馈"):
        city.services.cases.move(case, Order(word, note="已办"), SYSTEM, now=datetime.now(UTC))
    tending.turn(datetime.now(UTC))
    row = city.get("duty", f"/api/v1/alerts/{alert}")
    assert (row["state"], row["case"]["state"]) == ("处置中", "反馈")
    for word in ("核查", "结案"):
        city.services.cases.move(
            case, Order(word, note="属实", confirmed=True), checker, now=datetime.now(UTC)
        )
    tending.turn(datetime.now(UTC))
    tending.turn(datetime.now(UTC))
    row = city.get("duty", f"/api/v1/alerts/{alert}")
    assert row["case"]["state"] == "结案"
    assert [one["text"] for one in row["events"]].count("事件结案") == 1
    assert next(one for one in row["actions"] if one["do"] == "dispatch")["allowed"]


def test_what_waits_for_its_hold_is_listed_now_and_as_of_then(city):
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    key, store = AlertKey(PLANNED, "SGDM07"), city.services.standings
    waits = Standing(SeriesState({AlertLevel.BLUE: LevelState(begun)}))
    store.keep({key: waits}, [], fence=1, now=begun)

    def listed(moment: datetime | None = None) -> list[tuple[str, str]]:
        tail = "" if moment is None else "?as_of=" + moment.isoformat().replace("+", "%2B")
        found = city.get("duty", f"/api/v1/alerts{tail}")["pending"]
        return [(one["title"], one["pending_since"]) for one in found if one["region"] == "SGDM07"]

    since = begun.astimezone(ZONE).isoformat()
    assert listed() == [("断面氨氮超标", since)]
    store.keep({key: Standing(AT_REST)}, [], fence=1, now=begun + timedelta(minutes=10))
    assert listed() == []
    assert listed(begun + timedelta(minutes=9)) == [("断面氨氮超标", since)]
    assert listed(begun - timedelta(seconds=1)) == []


def test_the_chart_names_what_it_draws_and_reaches_three_days_back(city):
    name, site = f"a{next(NUMBERS)}", "SGDM07"
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    values = [
        Observation(
            "water.nh3n",
            site,
            Period(last - timedelta(hours=4 * n), PeriodKind.INSTANT),
            2.0 + n / 100,
            unit="mg/L",
        )
        for n in range(40)
    ]
    city.services.observations.append(values, live=False)
    city.fire(name, rule=f"water.{name}", region=site, indicator="water.nh3n")
    one = city.get("duty", f"/api/v1/alerts/{name}")
    assert one["chart_title"].endswith("氨氮实时值 近 72 小时")
    drawn = one["chart"]["dark"]["data"]
    assert max(len(trace.get("x") or ()) for trace in drawn) == 18
    city.resolve(name)
    assert city.get("duty", f"/api/v1/alerts/{name}")["chart_title"].endswith("氨氮实时值")


def test_the_board_of_a_past_moment_is_shown_without_actions(city):
    name = f"t{next(NUMBERS)}"
    begun = datetime.now(UTC) - timedelta(hours=2)
    city.fire(name, rule=f"water.{name}", at=begun)
    city.resolve(name, at=begun + timedelta(hours=1))
    then = (begun + timedelta(minutes=30)).isoformat().replace("+", "%2B")
    row = city.get("duty", f"/api/v1/alerts?rule=water.{name}&as_of={then}")["items"][0]
    one = city.get("duty", f"/api/v1/alerts/{name}?as_of={then}")
    assert (row["state"], row["elapsed_text"]) == ("未确认", "30 分 00 秒")
    assert (one["actions"], len(one["events"])) == ([], 1)
    before = (begun - timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert city.ask("duty", "GET", f"/api/v1/alerts/{name}?as_of={before}").status_code == 404
    assert city.get("duty", f"/api/v1/alerts?rule=water.{name}")["items"][0]["state"] == "已解除"


def test_what_is_grouped_is_one_line_and_acknowledged_together(city):
    names = [f"g{next(NUMBERS)}" for _ in range(3)]
    rule = f"water.{names[0]}"
    for name, region in zip(names, ("440203", "440204", "440205"), strict=True):
        city.fire(name, rule=rule, region=region, level=AlertLevel.ORANGE)
    Tending(city.services).turn(datetime.now(UTC))
    page = city.get("duty", f"/api/v1/alerts?rule={rule}")
    assert [one["group"]["count"] for one in page["items"]] == [3]
    assert city.get("duty", f"/api/v1/alerts?rule={rule}&grouped=0")["total"] == 3
    head = page["items"][0]["id"]
    detail = city.post("duty", f"alerts/{head}/ack").json()
    assert [one["state"] for one in detail["members"]] == ["已确认", "已确认"]
    for name in names:
        city.resolve(name)


def test_places_and_hours_are_answered(city, alert):
    hours = city.get("duty", "/api/v1/alert-hours")["items"]
    assert len(hours) in (24, 25)
    assert sum(one["counts"]["红"] for one in hours) >= 1
    long = city.ask("duty", "GET", "/api/v1/alert-hours?from=2026-01-01&to=2026-03-01")
    assert long.status_code == 422
    assert city.get("duty", "/api/v1/alert-places")["items"] == []  # no layer says where it lies


def test_two_leaders_escalate_an_alert_once(city):
    name = f"e{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}", ago=timedelta(minutes=6))
    now = datetime.now(UTC)
    with ThreadPoolExecutor(2) as pool:
        turns = [pool.submit(Tending(city.services).turn, now) for _ in range(2)]
        for one in turns:
            one.result()
    told = city.services.notices.newest(about=f"alert:{name}:escalated")
    assert [one.message.receiver for one in told] == ["duty:带班领导"]
    assert city.steps(name).count("escalated") == 1
    seen = city.get("duty", f"/api/v1/notices?about=alert:{name}")["items"]
    assert seen[0]["receiver_text"] == "值班 带班领导"
    assert city.get("nobody", f"/api/v1/notices?about=alert:{name}")["items"] == []
    city.resolve(name)


def test_an_alert_acknowledged_in_time_is_not_escalated(city):
    name = f"e{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}", ago=timedelta(minutes=6))
    city.post("duty", f"alerts/{name}/ack")
    Tending(city.services).turn(datetime.now(UTC))
    assert "escalated" not in city.steps(name)
    city.resolve(name)


def test_who_acknowledges_after_the_leader_read_the_alerts_is_heard_first(city):
    name = f"e{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}", ago=timedelta(minutes=6))
    read = city.services.alerts.open()
    city.post("duty", f"alerts/{name}/ack")
    Tending(city.services)._escalate(read, datetime.now(UTC))
    assert "escalated" not in city.steps(name)
    assert city.services.notices.newest(about=f"alert:{name}:escalated") == []
    city.resolve(name)


def test_a_message_that_was_given_up_is_sent_again_by_the_shift_only(city):
    store, now = city.services.notices, datetime.now(UTC)
    store.send([Message("lost", "receiver:x", "标题", "")], now=now)
    held = store.claim("receiver:x", now, by="w")
    assert held is not None
    store.record(held, Answer(False, "x", "no", True), Patience(), started=now, now=now, by="w")
    assert city.post("leader", f"notices/{held.id}/retry").status_code == 403
    assert city.post("duty", f"notices/{held.id}/retry").json()["state"] == "waiting"
    assert city.post("duty", f"notices/{held.id}/retry").status_code == 404


def test_the_quick_counts_are_those_of_the_alerts_one_by_one(city, alert):
    now, query = datetime.now(UTC), AlertQuery(open=True, top=True)
    assert city.services.alerts.open()
    assert city.services.alert_tallies.counts(query, now) == city.services.alerts.counts(
        query, now=now
    )


def test_a_firing_alert_keeps_its_value_and_shows_what_the_series_says_now_and_then(city):
    name, site = f"a{next(NUMBERS)}", "SGDM05"
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)

    def say(value: float, ago: int) -> datetime:
        period = Period(hour - timedelta(hours=ago), PeriodKind.INSTANT)
        city.services.observations.append(
            [Observation("water.nh3n", site, period, value, unit="mg/L")], live=False
        )
        return datetime.now(UTC)

    then = say(2.4, 4)
    city.fire(name, rule=f"water.{name}", region=site, indicator="water.nh3n", at=then)
    say(1.85, 0)

    def row(tail: str = "") -> dict:
        return city.get("duty", f"/api/v1/alerts?rule=water.{name}{tail}")["items"][0]

    one = row()
    assert (one["value"]["text"], one["latest"]["text"], one["latest"]["unit"]) == (
        "2.31",
        "1.85",
        "mg/L",
    )
    assert (one["latest"]["stale"], one["latest"]["explain"]) == ("", f"water.nh3n|{site}|")
    assert city.get("duty", f"/api/v1/alerts/{name}")["latest"] == one["latest"]
    past = row("&as_of=" + then.isoformat().replace("+", "%2B"))
    assert past["latest"]["text"] == "2.40"
    late = row("&as_of=" + (hour + timedelta(days=3)).isoformat().replace("+", "%2B"))
    assert late["latest"]["stale"].startswith("停更")
    city.resolve(name)
    assert row()["latest"] is None


def test_what_a_series_says_now_is_read_at_once_for_a_page_and_not_before_its_release(
    city, monkeypatch
):
    names = [f"a{next(NUMBERS)}" for _ in range(3)]
    for name, site in zip(names, ("SGDM01", "SGDM02", "SGDM03"), strict=True):
        period = Period(datetime.now(UTC).replace(microsecond=0), PeriodKind.INSTANT)
        value = Observation("water.nh3n", site, period, 1.0, unit="mg/L")
        city.services.observations.append([value], live=False)
        city.fire(name, rule=f"water.{names[0]}", region=site, indicator="water.nh3n")
    asked = []
    latest = city.services.observations.latest_of

    def counted(series, **more):
        asked.append(series)
        return latest(series, **more)

    monkeypatch.setattr(city.services.observations, "latest_of", counted)
    page = city.get("duty", f"/api/v1/alerts?rule=water.{names[0]}&grouped=0")
    assert [one["latest"]["text"] for one in page["items"]] == ["1.00"] * 3
    assert asked == [{("water.nh3n", f"SGDM0{n}") for n in (1, 2, 3)}]
    later = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(type(city.services.releases), "at", lambda *_: later)
    page = city.get("duty", f"/api/v1/alerts?rule=water.{names[0]}&grouped=0")
    assert [one["latest"] for one in page["items"]] == [None] * 3
    for name in names:
        city.resolve(name)


@pytest.mark.parametrize(
    ("do", "field"),
    [("comment", "text"), ("false", "reason"), ("dispatch", "text"), ("pause", "reason")],
)
def test_words_have_one_limit_that_is_said_beside_the_field(city, do, field):
    name = f"e{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}")
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    more = {"pause": {"until": soon}, "dispatch": {"category": "城市管理/事项/06017"}}
    body = more.get(do, {})
    refused = city.post("duty", f"alerts/{name}/{do}", body | {field: "字" * (MOST_TEXT + 1)})
    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["item"], "500" in refused.text) == (field, True)
    taken = city.post("duty", f"alerts/{name}/{do}", body | {field: "字" * MOST_TEXT})
    assert taken.status_code == 200, taken.text
    city.resolve(name)


def test_the_form_of_an_alert_says_the_limit_of_handling():
    form = Path("app/web/alerts/dialogs.js").read_text("utf-8")
    assert f"const MOST_TEXT = {MOST_TEXT};" in form


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("3.71 百分点", ("3.71", "百分点")),
        ("−1,204.5 件", ("−1,204.5", "件")),
        ("8 时 20 分", ("8 时 20 分", "")),
        ("超标", ("超标", "")),
    ],
)
def test_what_stands_against_a_limit_has_its_unit_apart(
    city: AlertCity, said: str, shown: tuple[str, str]
) -> None:
    name = f"apart-{said}"
    city.fire(name, rule=f"water.{name}", compared=said, limit_short="3 百分点")
    value = city.get("duty", f"/api/v1/alerts/{name}")["value"]
    assert (value["text"], value["unit"]) == shown
    city.resolve(name)
