"""The one way to a PostgreSQL engine, and what "the server is gone" becomes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from layers.errors import StoreUnavailable

_CONNECT_TIMEOUT_S = 3
_POOL_SIZE = 8


def connect(url: str) -> sa.Engine:
    """An engine for `url` (postgresql://…, by psycopg 3); opens no connection yet.

    A connection that died while it lay in the pool is replaced before it is used.
    """
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    return sa.create_engine(
        address,
        pool_pre_ping=True,
        pool_size=_POOL_SIZE,
        connect_args={"connect_timeout": _CONNECT_TIMEOUT_S},
    )


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn "the server does not answer" inside the block into StoreUnavailable."""
    try:
        yield
    except (OperationalError, InterfaceError) as wrong:
        raise StoreUnavailable(
            "数据库暂时连不上;已确认的数据没有丢失,请稍后重试,或运行 tonglan doctor 查看原因"
        ) from wrong
