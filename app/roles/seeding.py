"""The demo city, made once, with its progress shown."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.demo.seed import seed
from app.main import compose
from app.roles.orders import Orders


def seed_demo(orders: Orders, console: Console) -> None:
    """Generate the demo city into the stores behind `orders`; may be repeated after a kill."""
    services = compose(orders.settings(), orders.urls())
    columns = (
        TextColumn("示例城市"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as shown:
        task = shown.add_task("", total=1.0)

        def progress(text: str, share: float) -> None:
            shown.update(task, description=text, completed=share)

        seed(services, progress)
