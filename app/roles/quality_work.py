"""The checks that the leading worker makes of series again and again."""

from __future__ import annotations

from datetime import timedelta

from app.services import Services
from topics.kit.quality.watch import QualityWatch
from topics.kit.scheduler import Beat

LOOK_EVERY = timedelta(seconds=30)
LATE_EVERY = timedelta(minutes=1)


def quality_watch(services: Services) -> QualityWatch:
    """The checks over series on the program's stores."""
    return QualityWatch(
        indicators=services.catalogue,
        regions=services.regions,
        observations=services.observations,
        quality=services.quality.flags,
        presence=services.quality.presence,
    )


def quality_beats(services: Services) -> tuple[Beat, ...]:
    """Look at what came; see what did not. A changed value is announced right away."""
    watch = quality_watch(services)

    def look() -> None:
        if watch.look():
            services.relay.relay()

    return (
        Beat("quality-look", LOOK_EVERY, look),
        Beat("quality-late", LATE_EVERY, watch.lateness),
    )
