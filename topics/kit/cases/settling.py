"""What time alone brings to cases: all that are due for it, in batches, those due first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from topics.kit.cases.clocking import clocked_step
from topics.kit.cases.contracts import Case, CaseState
from topics.kit.cases.fold import fold
from topics.kit.cases.limits import CaseClocks
from topics.kit.cases.lines import CaseLine
from topics.kit.cases.orders import Order
from topics.kit.errors import BadCase, CaseMoved, CaseStepRefused
from topics.kit.stores.postgres_case_work import PostgresCaseWork
from topics.kit.stores.postgres_cases import PostgresCases, written

logger = logging.getLogger(__name__)

Move = Callable[[CaseLine, Order], Case]
"""Takes a step of the program on the version that was seen."""

Place = Callable[[CaseLine], Order]
"""Gives a case to the place it lies in."""


def woken(
    work: PostgresCaseWork, move: Move, place: Place, now: datetime, batch: int
) -> list[Case]:
    """The cases of which 挂账 is over, or 协调 took too long: gone on, or given to their place."""
    done: list[Case] = []
    after = None
    while rows := work.waking(now, after, batch):
        for line in rows:
            suspended = line.state == CaseState.SUSPENDED.value
            try:
                done.append(
                    move(line, Order("恢复", note="挂账到期") if suspended else place(line))
                )
            except CaseMoved:
                continue  # somebody was faster: good
            except (BadCase, CaseStepRefused) as wrong:
                logger.warning("事件 %s 到时没有办成:%s", line.number, wrong)
        last = rows[-1]
        assert last.wake_at is not None
        after = (last.wake_at, last.id)
    return done


def clocked_again(
    work: PostgresCaseWork, store: PostgresCases, clocks: CaseClocks, now: datetime, batch: int
) -> tuple[int, bool]:
    """Say the dues that a missing year of the calendar hid; how many cases, and whether of all."""
    count, whole, after = 0, True, ""
    while ids := work.hidden(after, batch):
        for case_id, events in store.events_of(ids).items():
            case = fold(events)
            assert case is not None
            step = clocked_step(case, events, clocks, max(now, events[-1].at))
            if step is None:
                continue
            try:
                with store.writing() as transaction:
                    store.append([written(case, step, events[0].at)], transaction)
                count += 1
            except CaseMoved:
                whole = False  # at the next look
                logger.debug("事件 %s 正被别人办理", case_id)
        after = ids[-1]
    return count, whole
