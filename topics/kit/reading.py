"""What may be read of the observation store, one protocol a question.

Every read names its moment: `as_of` None is what is known now, otherwise what was known then.
A part that reads values inherits just the questions it asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from topics.kit.contracts import Observation


class RecentValues(Protocol):
    """The ends of many series."""

    def recent(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        count: int,
        *,
        as_of: datetime | None,
    ) -> dict[tuple[str, str], list[Observation]]:
        """The last `count` periods of each series that has any, oldest first."""


class ListedValues(Protocol):
    """Stretches of many series."""

    def listed(
        self,
        *,
        indicators: Sequence[str],
        regions: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int,
    ) -> list[Observation]:
        """Periods that start in [start, end), by indicator, region, period; at most `limit`."""


class SeriesValues(Protocol):
    """One series."""

    def series(
        self,
        indicator: str,
        region: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Observation]:
        """Its periods that start in [start, end), oldest first unless told."""
