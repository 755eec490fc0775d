"""What the leading worker does about cases by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.demo.case_play import play
from app.services import Services
from topics.kit.cases.lines import CaseLine
from topics.kit.cases.reminding import Owed, told
from topics.kit.notify.contracts import Message
from topics.kit.scheduler import Beat

SETTLE_EVERY = timedelta(minutes=1)
REMIND_EVERY = timedelta(minutes=1)
PLAY_EVERY = timedelta(minutes=10)
BATCH = 500
_DESK = {"派遣": ("派遣员", "值班长"), "协调": ("派遣员", "值班长")}
_CHIEF = ("值班长",)


def remind(services: Services, now: datetime) -> int:
    """Tell whoever has it to do of what is due soon or overdue; how many messages were new.

    Every case that needs it, those due first, in batches; what was told is remembered.
    """
    ahead = timedelta(minutes=services.config.cases.remind_minutes)
    work = services.cases.lists.work
    work.forget()

    def receivers(one: Owed) -> list[str]:
        return _receivers(services, one, now)

    sent, after = 0, None
    while lines := work.untold(now, now + ahead, after, BATCH):
        found = [
            told(line, now, ahead, lambda one: _receivers(services, one, now)) for line in lines
        ]
        messages = [
            _classed(services, line, message)
            for line, one in zip(lines, found, strict=True)
            for message in one.messages
        ]
        sent += services.notices.send(messages, now=now) if messages else 0
        work.note(
            (line.id, line.version, one.next_at) for line, one in zip(lines, found, strict=True)
        )
        last = lines[-1]
        after = None if last.next_due is None else (last.next_due, last.id)
    return sent


def _receivers(services: Services, one: Owed, now: datetime) -> list[str]:
    """Who is told: what takes the unit's messages, or whoever of the desk can be reached now."""
    directory = services.directory
    if one.unit:
        return [f"unit:{one.unit}"] if directory.for_unit(one.unit) else []
    posts = _DESK.get(one.what, _CHIEF)
    return [f"duty:{post}" for post in posts if directory.reaches(post, now)][:1]


def _classed(services: Services, line: CaseLine, message: Message) -> Message:
    """The message with topic and class of the case's scheme: it is as secret."""
    scheme = services.cases.categories.schemes[line.category.scheme]
    return replace(message, topic=scheme.topic, classification=scheme.classification)


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
