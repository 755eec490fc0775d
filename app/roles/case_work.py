"""What the leading worker does about cases by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.demo.case_play import play
from app.services import Services
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.cases.reminding import reminders
from topics.kit.scheduler import Beat

SETTLE_EVERY = timedelta(minutes=1)
REMIND_EVERY = timedelta(minutes=1)
PLAY_EVERY = timedelta(minutes=10)
_MOST = 2_000


def remind(services: Services, now: datetime) -> int:
    """Tell units of what is due soon or overdue; how many messages were new."""
    soon = now + timedelta(minutes=services.config.cases.remind_minutes)
    sight = Sight(tuple(services.cases.categories.schemes))
    query = CaseQuery(sight, open=True, due_before=soon)
    lines = services.cases.lists.lines_where(query, now, _MOST)
    receivers = services.directory.for_unit
    messages = [one for line in lines for one in reminders(line, now, receivers)]
    return services.notices.send(messages, now=now) if messages else 0


def case_beats(services: Services) -> tuple[Beat, ...]:
    """挂账 ends, unclear duty goes to the place, units are reminded; the demo goes on."""

    def settle() -> None:
        services.cases.settle(datetime.now(UTC))

    def tell() -> None:
        remind(services, datetime.now(UTC))

    def demo() -> None:
        play(services, datetime.now(UTC))

    beats = (
        Beat("cases-settle", SETTLE_EVERY, settle),
        Beat("cases-remind", REMIND_EVERY, tell),
    )
    if services.config.demo.enabled:
        return (*beats, Beat("cases-demo", PLAY_EVERY, demo))
    return beats
