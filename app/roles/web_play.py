"""The web role as the supervisor starts it."""

from __future__ import annotations

from app.roles.orders import Orders
from app.roles.web import serve


def play(orders: Orders) -> None:
    """Serve the pages on the inherited sockets until SIGTERM."""
    serve(orders.settings(), orders.urls(), orders.fds)
