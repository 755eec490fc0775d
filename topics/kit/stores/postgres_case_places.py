"""Where and when cases were reported, for rules that look for crowds of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.density import Happenings
from topics.kit.alerting.tracks_crowds import Reports, reports
from topics.kit.cases.contracts import CaseState
from topics.kit.stores.postgres_case_tables import case_event, case_file


class PostgresCasePlaces:
    """Reads the places of cases; only the window that is asked for, by the index of the newest."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def reported(
        self, category: str, since: datetime, until: datetime, *, as_of: datetime | None = None
    ) -> Happenings:
        """Cases with a place reported in (since, until]: no drills, nothing void or merged.

        Nor those that an alert opened: a crowd would feed itself.

        `category` is 方案/类别/编码 or the first parts of it, a code also by its first digits; ""
        is every case. `as_of` leaves out what was recorded later; that a case was void or merged
        later than that still leaves it out.
        """
        at = case_file.c
        wanted = [
            *_counted(category, since, until),
            at.state != CaseState.VOID.value,
            at.merged_into.is_(None),
        ]
        if as_of is not None:
            wanted.append(at.recorded_at <= as_of)
        hours = sa.func.extract("epoch", at.reported_at).cast(sa.Double) / 3600
        query = sa.select(at.longitude, at.latitude, hours, at.region).where(*wanted)
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(at.reported_at, at.id)).all()
        places = np.array([row[:3] for row in rows], dtype=np.float64).reshape(-1, 3)
        return Happenings(places[:, 0], places[:, 1], places[:, 2], [row[3] for row in rows])

    def history(self, category: str, since: datetime, until: datetime) -> Reports:
        """The same cases with when each was known, and when it was found void or was merged."""
        at = case_file.c
        ended = (
            sa.select(sa.func.min(case_event.c.at))
            .where(case_event.c.case_id == at.id, case_event.c.state == CaseState.VOID.value)
            .scalar_subquery()
        )
        gone = sa.case((at.state == CaseState.VOID.value, ended))
        query = sa.select(
            at.longitude, at.latitude, _epoch(at.reported_at), _epoch(at.recorded_at), _epoch(gone),
            at.region,
        ).where(*_counted(category, since, until))  # fmt: skip
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(at.reported_at, at.id)).all()
        given = np.array([row[:5] for row in rows], dtype=np.float64).reshape(-1, 5)
        longitude, latitude, reported, recorded, ended_at = given.T
        regions = [row[5] for row in rows]
        return reports(longitude, latitude, regions, reported, recorded, ended_at)


def _counted(category: str, since: datetime, until: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions on what may count at all, found void or not."""
    at = case_file.c
    scheme, kind, code = (*category.split("/"), "", "")[:3] if category else ("", "", "")
    wanted = [
        at.reported_at > since,
        at.reported_at <= until,
        at.longitude.is_not(None),
        at.latitude.is_not(None),
        ~at.drill,
        at.source != "alert",
        *(column == value for column, value in ((at.scheme, scheme), (at.kind, kind)) if value),
    ]
    if code:
        wanted.append(at.code.startswith(code, autoescape=True))
    return wanted


def _epoch(moment: Any) -> Any:
    return sa.func.extract("epoch", moment).cast(sa.Double)
