"""Which PostgreSQL answers."""

from __future__ import annotations

from layers.stores.postgres_engine import connect, unavailable


def postgres_version(url: str) -> tuple[int, int]:
    """The server's (major, minor) version; raises StoreUnavailable."""
    engine = connect(url)
    try:
        with unavailable(), engine.connect() as connection:
            number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    finally:
        engine.dispose()
    return divmod(number, 10_000)
