"""The worker role as the supervisor starts it."""

from __future__ import annotations

from pathlib import Path

from app.roles.demo_ready import await_sources
from app.roles.orders import Orders
from app.roles.worker import work


def play(orders: Orders) -> None:
    """Refresh and work through jobs until SIGTERM; the demo's sources come first."""
    if orders.seed:
        await_sources(Path(orders.home) / "demo" / "sources.json")
    work(orders.settings(), orders.urls())
