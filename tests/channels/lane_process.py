"""A worker of its own that sends messages, for tests that kill it: DATABASE RECEIVER."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta

from app.channels.directory import Directory
from app.channels.sender import Sender
from app.channels.settings import receivers_of, ways_of
from app.config import ChannelConfig, Config, ReceiverConfig
from layers.stores.postgres_engine import connect
from topics.kit.notify.delivery import Patience
from topics.kit.notify.lanes import Lanes
from topics.kit.refresh.hosts import HostGuard
from topics.kit.stores.postgres_notices import PostgresNotices


def sender(url: str, timeout_s: int = 5) -> Sender:
    """Sends to the receivers "r0" … "r9", all at the address, each with its name in the path."""
    names = [f"r{n}" for n in range(10)]
    config = Config(
        channels={"hook": ChannelConfig(kind="webhook", url=url, timeout_s=timeout_s)},
        receivers={one: ReceiverConfig(channel="hook", url=f"{url}/{one}") for one in names},
    )
    return Sender(Directory(ways_of(config), receivers_of(config)), HostGuard(local=True))


def main() -> None:
    """Send until killed."""
    database, url = sys.argv[1:]
    Lanes(
        PostgresNotices(connect(database)),
        sender(url),
        worker="process",
        patience=Patience(first=timedelta(milliseconds=50)),
        look_every=timedelta(milliseconds=50),
    ).run(threading.Event())


if __name__ == "__main__":
    main()
