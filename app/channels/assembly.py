"""The sending part of this program: its sender, its lanes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.channels.sender import Sender
from app.roles.refreshing import allowed_hosts
from app.services import Services
from layers.contracts import Classification
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Answer, Notice, NoticeState, Patience
from topics.kit.notify.lanes import Lanes
from topics.kit.refresh.hosts import HostGuard


def make_sender(services: Services) -> Sender:
    """Sends over the channels of config.toml; inner hosts only where they are allowed."""
    config = services.config
    guard = HostGuard(allowed_hosts(config))
    return Sender(services.directory, guard, base_url=config.notices.base_url)


def make_lanes(services: Services, worker: str) -> Lanes:
    """The thread of a worker that sends what is kept; one that no channel is set up for too.

    What has nowhere to go is given up in the end and stands in the list of what was not delivered.
    """
    settings = services.config.notices
    patience = Patience(timedelta(seconds=settings.first_retry_s), give_up=settings.give_up)
    return Lanes(
        services.notices,
        make_sender(services),
        worker=worker,
        patience=patience,
        in_drill=lambda: services.modes.at().drill is not None,
    )


def try_receiver(services: Services, name: str) -> Answer:
    """Send a test message to a named receiver now, past the outbox."""
    now = datetime.now(UTC)
    message = Message(
        f"test:{now.isoformat()}",
        f"receiver:{name}",
        f"{services.config.city.title}:测试消息",
        "这是一条测试消息,用来核对通道设置,不用处理。",
        classification=Classification.PUBLIC,
    )
    return make_sender(services)(Notice(0, message, NoticeState.WAITING, now, 0, now, ""))
