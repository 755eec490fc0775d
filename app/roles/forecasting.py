"""The worker's part in forecasts: a round every minute, which mostly finds nothing new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.services import Services
from topics.kit.forecast.apart import forecast_apart
from topics.kit.forecast.rounds import ForecastRound
from topics.kit.scheduler import Beat


def forecast_beats(services: Services) -> tuple[Beat, ...]:
    """What the leader does about forecasts by the clock; none where config.toml switches them off.

    The beat waits for a process of its own that runs behind everything else.
    """
    settings = services.config.forecasts
    if not settings.enabled:
        return ()
    turns = ForecastRound(
        services.catalogue,
        services.observations,
        services.forecast_store,
        forecast_apart,
        services.rolled,
    )

    def prune() -> None:
        services.forecast_store.prune(datetime.now(UTC) - timedelta(days=settings.keep_days))

    return (
        Beat("forecast", timedelta(minutes=1), turns.run),
        Beat("prune-forecasts", timedelta(hours=12), prune),
    )
