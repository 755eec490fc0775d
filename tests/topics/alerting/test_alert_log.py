"""The log of alerts in PostgreSQL: it only grows, and its boards are those of the fold."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.log import AlertQuery
from topics.kit.errors import AlertAlreadyOpen, UnknownAlert
from topics.kit.stores.postgres_alerts import PostgresAlerts

AT = datetime(2026, 11, 26, 2, tzinfo=UTC)


def _fired(alert: str, minutes: int, level: AlertLevel, region: str = "440205") -> AlertEvent:
    about = {"rule": f"water.{alert}", "region": region, "topic": "water", "title": alert}
    at = AT + timedelta(minutes=minutes)
    return AlertEvent(alert, AlertStep.FIRED, at, level=level, value=1.0, data=about)


def _step(alert: str, step: AlertStep, minutes: int, **data: object) -> AlertEvent:
    return AlertEvent(alert, step, AT + timedelta(minutes=minutes), "duty", data=data)


@pytest.fixture
def log(database_url: str) -> Iterator[PostgresAlerts]:
    engine = connect(database_url)
    yield PostgresAlerts(engine)
    engine.dispose()


def _filled(log: PostgresAlerts) -> PostgresAlerts:
    log.append(
        [
            _fired("a", 0, AlertLevel.YELLOW),
            _fired("b", 1, AlertLevel.RED, "440203"),
            _fired("c", 2, AlertLevel.YELLOW),
            _fired("d", 3, AlertLevel.ORANGE),
            _step("d", AlertStep.RESOLVED, 8),
        ]
    )
    log.append([_step("a", AlertStep.ACKNOWLEDGED, 5), _step("b", AlertStep.RESOLVED, 6)])
    return log


@pytest.fixture
def city(log: PostgresAlerts) -> PostgresAlerts:
    return _filled(log)


@pytest.fixture(scope="module")
def read_city(module_database_url: str) -> Iterator[PostgresAlerts]:
    """The same city for tests that only read."""
    engine = connect(module_database_url)
    yield _filled(PostgresAlerts(engine))
    engine.dispose()


def _ids(alerts: Sequence[Alert]) -> list[str]:
    return [one.id for one in alerts]


def test_events_get_ids_that_rise_and_are_read_back_as_they_were(log: PostgresAlerts) -> None:
    fired = _fired("a", 0, AlertLevel.RED)
    stored = log.append([fired, _step("a", AlertStep.COMMENTED, 1, text="已通知")])
    assert [one.id for one in stored] == sorted(one.id for one in stored)
    assert log.events("a") == stored
    assert log.last() == stored[-1].id


def test_the_log_itself_refuses_to_forget(read_city: PostgresAlerts) -> None:
    with (
        pytest.raises(sa.exc.DatabaseError, match="append-only"),
        read_city.transaction() as writing,
    ):
        writing.execute(sa.text("DELETE FROM alert_event"))


def test_one_rule_and_region_have_one_open_alert(log: PostgresAlerts) -> None:
    log.append([_fired("a", 0, AlertLevel.RED)])
    again = AlertEvent(
        "a2", AlertStep.FIRED, AT, level=AlertLevel.RED, data=_fired("a", 0, AlertLevel.RED).data
    )
    with pytest.raises(AlertAlreadyOpen, match="未解除"):
        log.append([again])
    assert log.find("a2") is None
    log.append([_step("a", AlertStep.RESOLVED, 1)])
    log.append([again])
    assert _ids(log.open()) == ["a2"]


def test_open_alerts_stand_first_the_worst_and_newest_first(read_city: PostgresAlerts) -> None:
    assert _ids(read_city.board(AlertQuery()).alerts) == ["c", "a", "d", "b"]


def test_a_page_goes_on_where_the_last_one_ended(read_city: PostgresAlerts) -> None:
    first = read_city.board(AlertQuery(limit=2))
    assert first.total == 4
    assert first.more
    second = read_city.board(AlertQuery(limit=2, after=first.alerts[-1].id))
    assert _ids([*first.alerts, *second.alerts]) == ["c", "a", "d", "b"]
    assert not second.more


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (AlertQuery(levels=[AlertLevel.RED]), ["b"]),
        (AlertQuery(states=["已确认"]), ["a"]),
        (AlertQuery(states=["已解除"], open=False), ["d", "b"]),
        (AlertQuery(regions=["440203"]), ["b"]),
        (AlertQuery(topics=["economy"]), []),
        (AlertQuery(rules=["water.c"]), ["c"]),
        (AlertQuery(since=AT + timedelta(minutes=1), until=AT + timedelta(minutes=3)), ["c", "b"]),
        (AlertQuery(open=True), ["c", "a"]),
        (AlertQuery(resolved_since=AT + timedelta(minutes=7)), ["c", "a", "d"]),
    ],
)
def test_a_board_is_the_same_by_rows_and_by_the_fold(
    read_city: PostgresAlerts, query: AlertQuery, expected: list[str]
) -> None:
    now = AT + timedelta(hours=1)
    assert _ids(read_city.board(query, now=now).alerts) == expected
    assert read_city.board(query, as_of=now) == read_city.board(query, now=now)
    assert read_city.counts(query, as_of=now) == read_city.counts(query, now=now)


def test_as_of_shows_the_board_of_that_moment(read_city: PostgresAlerts) -> None:
    then = AT + timedelta(minutes=4)
    assert _ids(read_city.open(then)) == ["b", "d", "c", "a"]
    assert read_city.counts(AlertQuery(), as_of=then).unacknowledged == 4
    assert (
        read_city.counts(AlertQuery(open=True), as_of=AT + timedelta(minutes=5)).unacknowledged == 3
    )


def test_counts_say_what_a_board_filters_for(read_city: PostgresAlerts) -> None:
    counts = read_city.counts(AlertQuery())
    assert counts.level == {"黄": 2, "红": 1, "橙": 1}
    assert counts.state == {"已确认": 1, "未确认": 1, "已解除": 2}
    assert counts.region == {"440205": 3, "440203": 1}
    assert (counts.open, counts.unacknowledged) == (2, 1)


def test_since_gives_what_came_after(city: PostgresAlerts) -> None:
    seq = city.last()
    [added] = city.append([_step("c", AlertStep.ACKNOWLEDGED, 9)])
    assert city.since(seq) == [added]


def test_acting_on_an_alert_is_one_transaction(city: PostgresAlerts) -> None:
    def refuse(alert: Alert) -> Sequence[AlertEvent]:
        raise ValueError(alert.id)

    with pytest.raises(ValueError, match="a"):
        city.act("a", refuse)
    after = city.act("a", lambda one: [_step(one.id, AlertStep.DISPATCHED, 7, case="k1")])
    assert after.case == "k1"
    assert city.of_case("k1") == after


def test_two_who_act_at_once_see_each_others_step(city: PostgresAlerts) -> None:
    def dispatch(case: str) -> None:
        def once(alert: Alert) -> Sequence[AlertEvent]:
            done = alert.case is not None
            return [] if done else [_step("a", AlertStep.DISPATCHED, 7, case=case)]

        city.act("a", once)

    threads = [threading.Thread(target=dispatch, args=[f"k{n}"]) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    steps = [one.step for one in city.events("a")]
    assert steps.count(AlertStep.DISPATCHED) == 1


def test_an_alert_nobody_raised_is_unknown(log: PostgresAlerts) -> None:
    with pytest.raises(UnknownAlert, match="没有告警"):
        log.append([_step("x", AlertStep.ACKNOWLEDGED, 0)])
    with pytest.raises(UnknownAlert):
        log.act("x", lambda _: [])
    with pytest.raises(UnknownAlert):
        log.require("x")
