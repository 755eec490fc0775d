"""The demo city, made once, with its progress shown."""

from __future__ import annotations

from rich.console import Console

from app.demo.seed import seed
from app.main import compose
from app.roles.orders import Orders


def seed_demo(orders: Orders, console: Console) -> None:
    """Generate the demo city into the stores behind `orders`; may be repeated after a kill."""
    services = compose(orders.settings(), orders.urls())
    seed(services, console)
