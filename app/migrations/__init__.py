"""The database schema and the one way to bring a database up to date."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from layers.stores.postgres_engine import connect, unavailable

__all__ = ["upgrade"]

_LOCK = 0x746F6E67  # "tong": every process that upgrades waits for the same advisory lock


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest schema; does nothing when it is there already.

    All steps run in one transaction under an advisory lock, so two starting processes never
    collide and a failed step leaves the old schema. Raises StoreUnavailable.
    """
    engine = connect(url)
    try:
        with unavailable(), engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            command.upgrade(_alembic(connection), "head")
    finally:
        engine.dispose()


def _alembic(connection: sa.Connection) -> Config:
    config = Config()
    folder = str(Path(__file__).parent).replace("%", "%%")  # ConfigParser reads % as a reference
    config.set_main_option("script_location", folder)
    config.attributes["connection"] = connection
    return config
