"""Monthly partitions of observations, made when the first value of a month arrives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

_ZONE = ZoneInfo("Asia/Shanghai")
_LOCK = 0x7C0B5E  # advisory lock: "partitions of observation are being made"
_NAME = re.compile(r"observation_y(\d{4})m(\d{2})")

Month = tuple[int, int]


class Partitions:
    """Knows which months have a partition and makes the missing ones; many writers may."""

    def __init__(self, engine: sa.Engine) -> None:
        """Look at nothing yet."""
        self._engine = engine
        self._known: frozenset[Month] = frozenset()

    def ensure(self, starts: Iterable[datetime]) -> None:
        """Let every month of `starts` have a partition, committed before this returns."""
        missing = {_month(one) for one in starts} - self._known
        if not missing:
            return
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            there = present(connection)
            for month in sorted(missing - there):
                _make(connection, month)
        self._known = self._known | there | missing


def _month(moment: datetime) -> Month:
    here = moment.astimezone(_ZONE)
    return here.year, here.month


def present(connection: sa.Connection) -> set[Month]:
    """The months that have a partition."""
    query = sa.text(
        "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid "
        "WHERE inhparent = 'observation'::regclass"
    )
    found = (_NAME.fullmatch(name) for name in connection.execute(query).scalars())
    return {(int(one[1]), int(one[2])) for one in found if one}


def _make(connection: sa.Connection, month: Month) -> None:
    """Attach a new table: unlike CREATE … PARTITION OF, it lets others read and write."""
    name = name_of(month)
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE observation INCLUDING ALL)")
    attach(connection, name, month)


def name_of(month: Month) -> str:
    """The name of the month's partition."""
    return f"observation_y{month[0]:04d}m{month[1]:02d}"


def attach(connection: sa.Connection, name: str, month: Month) -> None:
    """Make a table the month's partition."""
    start, end = bounds(month)
    connection.exec_driver_sql(
        f"ALTER TABLE observation ATTACH PARTITION {name}"
        f" FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    )


def bounds(month: Month) -> tuple[datetime, datetime]:
    """When the month begins and ends in Asia/Shanghai."""
    year, number = month
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(*month, 1, tzinfo=_ZONE), datetime(*following, 1, tzinfo=_ZONE)
