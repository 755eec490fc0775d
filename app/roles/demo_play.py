"""The demo's source systems as the supervisor starts them."""

from __future__ import annotations

from pathlib import Path

from app.demo.sources import run
from app.roles.orders import Orders


def play(orders: Orders) -> None:
    """Serve the simulated sources until SIGTERM."""
    run(Path(orders.home), orders.postgres)
