"""The worker's part in what is kept of values: rolled up soon, dropped once that is proven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.services import Services
from topics.kit.contracts import PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.rolled import ROLLED_KINDS
from topics.kit.scheduler import Beat

_SPANS = 5  # of forty days, for one indicator at a time: the next minute goes on


def keeping_beats(services: Services) -> tuple[Beat, ...]:
    """What the leader does about long series by the clock."""

    def roll() -> None:
        for spec in _rolled(services):
            for _ in range(_SPANS):
                if not services.rollups.roll(spec.id, spec.period_kind, datetime.now(UTC)):
                    break

    def drop() -> None:
        now = datetime.now(UTC)
        due = {
            spec.id: (spec.period_kind, now - keep)
            for spec in _rolled(services)
            if (keep := _kept_for(services, spec)) is not None
        }
        services.retention.drop(due, now)

    return (
        Beat("roll-up", timedelta(minutes=1), roll),
        Beat("drop-rolled-up", timedelta(hours=6), drop),
    )


def _rolled(services: Services) -> list[IndicatorSpec]:
    return [one for one in services.catalogue.indicators() if one.period_kind in ROLLED_KINDS]


def _kept_for(services: Services, spec: IndicatorSpec) -> timedelta | None:
    """How long the values themselves are kept; None: for ever."""
    if spec.keep is not None:
        return spec.keep
    settings = services.config.values
    instant = spec.period_kind is PeriodKind.INSTANT
    days = settings.instant_days if instant else settings.hour_days
    return timedelta(days=days) if days > 0 else None
