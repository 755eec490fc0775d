"""What happens before the roles begin: newest schema, demo city once, first administrator once."""

from __future__ import annotations

import hashlib
import importlib
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from app import migrations
from app.roles.orders import Orders
from app.security.accounts import People
from app.stores.postgres import PostgresAccounts, PostgresAudit
from layers.stores.postgres_engine import connect


def play(orders: Orders) -> None:
    """Bring the home up to date; on the first start seed the demo city and show the password."""
    console = Console(highlight=False)
    migrations.upgrade(orders.postgres)
    if orders.seed and not _is_seeded(orders):
        # Loads the whole geometry stack: only on the one start that needs it.
        importlib.import_module("app.roles.seeding").seed_demo(orders, console)
        _note_seeded(orders)
    if _has_topics(orders):
        for said in importlib.import_module("app.installing").settle_on_start(
            orders.settings(), orders.postgres
        ):
            console.print(said, markup=False)
    _ensure_admin(orders, console)


def _has_topics(orders: Orders) -> bool:
    """Whether topics were installed; reading manifests would slow every other start down."""
    return any((Path(orders.home) / "topics").glob("*/topic.toml"))


def _ensure_admin(orders: Orders, console: Console) -> None:
    engine = connect(orders.postgres)
    try:
        password = People(PostgresAccounts(engine), PostgresAudit(engine)).ensure_admin()
    finally:
        engine.dispose()
    if password is not None:
        text = f"账号 [bold]admin[/]  一次性口令 [bold]{password}[/]\n只显示这一次,首次登录后须修改"
        console.print(Panel(text, title="系统管理员", expand=False))


def _is_seeded(orders: Orders) -> bool:
    note = _note(orders)
    return note.exists() and note.read_text(encoding="utf-8").strip() == _database(orders)


def _note_seeded(orders: Orders) -> None:
    _note(orders).write_text(_database(orders) + "\n", encoding="utf-8")


def _note(orders: Orders) -> Path:
    return Path(orders.home) / "demo-seeded"


def _database(orders: Orders) -> str:
    """What was seeded where: another database or a newer demo is seeded (what is missing) again."""
    return f"{version('tonglan')} {hashlib.sha256(orders.postgres.encode()).hexdigest()}"
