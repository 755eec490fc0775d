"""The worker role as the supervisor starts it."""

from __future__ import annotations

from app.roles.orders import Orders
from app.roles.worker import work


def play(orders: Orders) -> None:
    """Refresh and work through jobs until SIGTERM."""
    work(orders.settings(), orders.urls())
