"""The funnel of a period, counted from the entries of cases into states (migration 0024).

One narrow row an entry says all that is asked, so that a month of a million cases is one scan of an
index range: no look at the register, no sorting. The medians are taken from one array a state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from topics.kit.cases.boards import Funnel, StageFlow
from topics.kit.cases.contracts import CaseState, Stage, stage_of
from topics.kit.cases.lines import Sight
from topics.kit.stores.postgres_arrays import elements
from topics.kit.stores.postgres_case_then import Stood

_ASKED = """
SELECT state,
    count(*) FILTER (WHERE before_at IS NULL OR before_at < %(since)s),
    count(*) FILTER (WHERE returned),
    array_agg(took_s) FILTER (WHERE took_s IS NOT NULL AND state = ANY(%(timed)s))
FROM case_entry
WHERE at >= %(since)s AND at < %(until)s AND NOT drill
  AND (known_at IS NULL OR known_at < %(until)s)
  AND (scheme = ANY(%(schemes)s) OR (demo AND scheme = ANY(%(demo_schemes)s)))
  AND starts_with(region, %(region)s) AND starts_with(region, %(within)s)
GROUP BY state
"""
"""A case that comes into a state twice in the period counts once: by its first time in it. One that
was taken in later than it was reported counts when it was reported, once that is known."""


@dataclass(frozen=True, slots=True)
class _Flow:
    cases: int
    returned: int
    waited: npt.NDArray[Any]


def flows(
    connection: sa.Connection, sight: Sight, since: datetime, until: datetime, region: str
) -> dict[CaseState, _Flow]:
    """How many cases came into each state in [since, until), and how long each had waited."""
    given = {
        "since": since,
        "until": until,
        "region": region,
        "within": sight.region,
        "schemes": list(sight.schemes),
        "demo_schemes": list(sight.demo_schemes),
        "timed": [one.value for one in _ENTRY.values()],
    }
    raw = connection.connection.driver_connection
    assert raw is not None
    with raw.cursor() as cursor:
        cursor.execute(_ASKED, given, binary=True)
        rows = cursor.pgresult
        return {
            CaseState(rows.get_value(n, 0).decode()): _Flow(
                int.from_bytes(rows.get_value(n, 1)),
                int.from_bytes(rows.get_value(n, 2)),
                elements(rows.get_value(n, 3), ">f8").astype(np.float64),
            )
            for n in range(rows.ntuples)
        }


_ENTRY = {
    Stage.REPORTED: CaseState.REPORTED,
    Stage.FILED: CaseState.FILED,
    Stage.DISPATCHED: CaseState.DISPATCHED,
    Stage.HANDLED: CaseState.ANSWERED,
    Stage.CHECKED: CaseState.CHECKING,
    Stage.CLOSED: CaseState.CLOSED,
}
"""A stage is reached when its state is entered; 处置 is done when the unit answers."""


def funnel_of(by_state: Mapping[CaseState, _Flow], standing: Sequence[Stood]) -> Funnel:
    """The funnel of these entries, and of what stood open at the period's end."""
    stages = []
    for stage, state in _ENTRY.items():
        flow = by_state.get(state)
        count = 0 if flow is None else flow.cases
        if stage is Stage.REPORTED and CaseState.TO_VERIFY in by_state:
            count += by_state[CaseState.TO_VERIFY].cases
        median = None if flow is None or stage is Stage.REPORTED else middle(flow.waited)
        stages.append(StageFlow(stage, count, median))
    places = dict.fromkeys(Stage, 0)
    for one in standing:
        stage_at = stage_of(one.state)
        if stage_at is not None:
            places[stage_at] += 1
    answered = by_state.get(CaseState.ANSWERED)
    return Funnel(
        tuple(stages),
        open=len(standing),
        overdue=sum(one.late for one in standing),
        answered=0 if answered is None else answered.cases,
        returned=sum(one.returned for one in by_state.values()),
        places=places,
    )


def middle(waited: npt.NDArray[np.float64]) -> float | None:
    """The median as percentile_cont(0.5) says it; None of nothing."""
    if not len(waited):
        return None
    low, high = (len(waited) - 1) // 2, len(waited) // 2
    parted = np.partition(waited, (low, high))
    return float(parted[low] + 0.5 * (parted[high] - parted[low]))
