"""Which mode was in force when, out of the log of modes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from topics.kit.alerting.switches import PEACETIME, WARTIME, as_switched
from topics.kit.duty.contracts import Mode

AT = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_log_of_modes_in_any_order_says_what_was_in_force_at_each_moment() -> None:
    log = [Mode(False, None, AT + 3 * DAY), Mode(True, None, AT), Mode(True, "演练", AT + DAY)]
    found = as_switched(log)
    assert found.turns == ((AT, True), (AT + 3 * DAY, False))  # a drill switches nothing
    assert not found.at(AT - timedelta(microseconds=1))
    assert found.at(AT)
    assert found.at(AT + 3 * DAY - timedelta(microseconds=1))
    assert not found.at(AT + 3 * DAY)
    assert (found.after(AT - DAY), found.after(AT), found.after(AT + 3 * DAY)) == (
        AT,
        AT + 3 * DAY,
        None,
    )
    assert (found.within(AT, AT + 3 * DAY), found.within(AT, AT + 4 * DAY)) == (1, 2)
    assert set(found.modes) == {True, False}


def test_without_a_switch_there_is_one_mode() -> None:
    assert as_switched([Mode()]) == PEACETIME
    assert (PEACETIME.modes, WARTIME.modes) == ((False,), (True,))
    assert WARTIME.at(AT)
    assert WARTIME.after(AT) is None
