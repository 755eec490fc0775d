"""Swaps over the roster: asked for, agreed by both, then both shifts are replaced at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.desk import Duty
from topics.kit.duty.swaps import (
    Swap,
    SwapEvent,
    SwapState,
    SwapStep,
    Turn,
    check_swap,
    check_swap_step,
    holder,
    put,
    side_of,
)
from topics.kit.errors import BadDuty, UnknownDuty

_MOMENT = timedelta(microseconds=1)


class Swapping:
    """Takes the steps of swaps; the caller asks `may` and gives the transaction."""

    def __init__(self, duty: Duty) -> None:
        """Use the roster and the 通讯录 of `duty`."""
        self._duty = duty

    def ask(
        self,
        swap: str,
        first: Turn,
        second: Turn,
        *,
        reason: str,
        by: str,
        now: datetime,
        connection: Any,
    ) -> Swap:
        """A new swap; the side of whoever asks has agreed. BadDuty says what cannot be."""
        check_swap(first, second, now)
        for turn in (first, second):
            self._held(turn, connection)
        if not reason:
            raise BadDuty("请写换班原因", problems=[("reason", "不能为空")])
        asked = Swap(swap, first, second, reason, now, by)
        self._duty.roster.ask_swap(asked, connection=connection)
        for step in (SwapStep.AGREED_FIRST, SwapStep.AGREED_SECOND):
            side = side_of(asked, step)
            person = self._duty.person(side.person) if side else None
            if person is not None and person.account == by:
                self._duty.roster.log_swap(SwapEvent(swap, step, now, by), connection=connection)
        return self._need(swap, connection)

    def step(
        self, swap: str, step: SwapStep, *, by: str, note: str, now: datetime, connection: Any
    ) -> Swap:
        """The swap after the step; the roster is changed with the second agreement."""
        one = self._need(swap, connection)
        side = side_of(one, step)
        person = self._duty.person(side.person) if side is not None else None
        check_swap_step(one, step, person, by)
        self._duty.roster.log_swap(SwapEvent(swap, step, now, by, note), connection=connection)
        after = self._need(swap, connection)
        if after.state is SwapState.DONE:
            check_swap(after.first, after.second, now)
            self._change(after, by, now, connection)
        return after

    def _change(self, swap: Swap, by: str, now: datetime, connection: Any) -> None:
        a, first = self._held(swap.first, connection)
        b, second = self._held(swap.second, connection)
        if a.starts == b.starts:
            changed = [put(put(a, swap.first.post, second), swap.second.post, first)]
        else:
            changed = [put(a, swap.first.post, second), put(b, swap.second.post, first)]
        for shift in changed:
            self._duty.roster.put(
                [shift],
                shift.starts,
                shift.ends,
                by=by,
                now=now,
                reason=f"换班:{swap.reason}",
                connection=connection,
            )

    def _held(self, turn: Turn, connection: Any) -> tuple[Shift, Person]:
        """The shift of the turn and who holds the post, where that is still the person named."""
        end = turn.starts + _MOMENT
        found = self._duty.roster.between(turn.starts, end, connection=connection)
        shift = next((one for one in found if one.starts == turn.starts), None)
        person = holder(shift, turn.post) if shift is not None else None
        if shift is None or person is None or person.id != turn.person:
            raise BadDuty("排班已有变化,这个班次不再是原来的人;请刷新排班再提出换班")
        return shift, person

    def _need(self, swap: str, connection: Any) -> Swap:
        found = self._duty.roster.swap(swap, connection=connection)
        if found is None:
            raise UnknownDuty("没有这次换班;请从排班页打开")
        return found
