"""Rows from a bureau's database: read-only, bounded in time and number, from a watermark on.

PostgreSQL and what speaks its protocol (人大金仓, openGauss) need nothing more; other databases
need their SQLAlchemy driver installed, and an account that may only read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from topics.kit.errors import SourceRefused, SourceTimeout
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Part, Reading, Received, SourceSettings
from topics.kit.refresh.hosts import HostGuard
from topics.kit.refresh.memory import Forgetful, Memory, noted, recalled
from topics.kit.refresh.secrets import secret_of, without_secret

_MOST_ROWS = 500_000
_POSTGRES = {"postgresql", "postgres"}
_PORT = 5432


class PostgresReader:
    """Runs the manifest's query in a read-only transaction with a time limit."""

    def __init__(self, guard: HostGuard | None = None, memory: Memory | None = None) -> None:
        """Connect only where `guard` allows it; keep watermarks in `memory`."""
        self._guard = guard or HostGuard()
        self._memory = memory or Forgetful()

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the query; with a watermark those from the last one on, it included."""
        name = f"来源 {spec.source}"
        guard = HostGuard(self._guard.allowed, source.local, self._guard.lookup)
        engine = _engine(source, name, spec.timeout.total_seconds(), guard)
        mark = recalled(self._memory, spec, source).get("watermark", "") if spec.watermark else ""
        try:
            rows = _rows(engine, _query(spec, mark), spec)
        except SQLAlchemyError as wrong:
            raise _explained(wrong, name, spec, source) from wrong
        finally:
            engine.dispose()
        if len(rows) > _MOST_ROWS:
            raise SourceRefused(f"{name}:查询结果超过 {_MOST_ROWS} 行;请在 query 里加条件")
        found = [dict(row) for row in rows]
        if not spec.watermark:
            return Reading((Part(found),))
        reached = _reached(found, spec.watermark, name) or mark
        remember: Callable[[], None] = partial(
            noted, self._memory, spec, source, {"watermark": reached}
        )
        return Reading((Part(found),), remember, Received(watermark=reached))


def _rows(engine: sa.Engine, query: str, spec: RefresherSpec) -> Sequence[sa.RowMapping]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            limit = int(spec.timeout.total_seconds() * 1000)
            connection.execute(sa.text(f"SET LOCAL statement_timeout = {limit}"))
        elif engine.dialect.name in ("mysql", "mariadb"):
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        found = connection.execution_options(no_parameters=True).exec_driver_sql(query)
        # The transaction is never committed: whatever a driver allows, nothing stays.
        return found.mappings().fetchmany(_MOST_ROWS + 1)


def _query(spec: RefresherSpec, mark: str) -> str:
    """Return the manifest's query, or what of it lies at or behind the watermark, in its order."""
    if not spec.watermark:
        return spec.query
    column = '"' + spec.watermark.replace('"', '""') + '"'
    inner = spec.query.strip().rstrip(";")
    # A text without a type becomes what the column is. `>=`: rows of the same moment may follow.
    beyond = " WHERE q." + column + " >= '" + mark.replace("'", "''") + "'" if mark else ""
    return f"SELECT * FROM ({inner}\n) AS q{beyond} ORDER BY q.{column}"


def _reached(rows: Sequence[dict[str, Any]], column: str, name: str) -> str:
    if rows and column not in rows[0]:
        raise SourceRefused(f"{name}:查询结果里没有 watermark 列 {column};请核对 query")
    values = [row[column] for row in rows if row[column] is not None]
    if not values:
        return ""
    last = max(values)
    return last.isoformat() if isinstance(last, datetime | date) else str(last)


def _engine(source: SourceSettings, name: str, patience: float, guard: HostGuard) -> sa.Engine:
    try:
        url = sa.make_url(source.url)
    except SQLAlchemyError as wrong:
        raise SourceRefused(f"{name}:数据库地址不对;写成 postgresql://用户@主机/库") from wrong
    if secret := secret_of(source, name):
        url = url.set(password=secret)
    if url.drivername.partition("+")[0] not in _POSTGRES:
        return _other(url, name, guard)
    url = url.set(drivername="postgresql+psycopg")
    options: dict[str, object] = {"connect_timeout": max(2, int(patience))}
    if url.host:  # a socket of this machine has no host in its address
        options["hostaddr"] = guard.addresses(url.host, url.port or _PORT, name)[0]
    elif not source.local and not str(url.query.get("host", "")).startswith("/"):
        raise SourceRefused(f"{name}:数据库地址没有写主机;写成 postgresql://用户@主机/库")
    if source.ca_file:
        options |= {"sslmode": "verify-full", "sslrootcert": source.ca_file}
    if source.cert_file:
        options |= {"sslcert": source.cert_file, "sslkey": source.key_file or source.cert_file}
    return sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)


def _other(url: sa.URL, name: str, guard: HostGuard) -> sa.Engine:
    """Return an engine on another database, whose driver must be installed."""
    if url.drivername.startswith("sqlite"):
        raise SourceRefused(f"{name}:不支持 SQLite 文件;请导出为 CSV 放入文件夹来源")
    if not url.host:
        raise SourceRefused(f"{name}:数据库地址没有写主机;写成 驱动://用户@主机/库")
    guard.addresses(url.host, url.port or 0, name)
    try:
        return sa.create_engine(url, poolclass=sa.NullPool)
    except (NoSuchModuleError, ImportError) as wrong:
        raise SourceRefused(
            f"{name}:没有安装 {url.drivername} 的数据库驱动;PostgreSQL、人大金仓、openGauss 用 "
            "postgresql:// 即可,其他数据库请系统管理员安装对应的 SQLAlchemy 驱动"
        ) from wrong
    except SQLAlchemyError as wrong:
        raise SourceRefused(f"{name}:数据库地址不对({wrong});写成 驱动://用户@主机/库") from wrong


def _explained(
    wrong: SQLAlchemyError, name: str, spec: RefresherSpec, source: SourceSettings
) -> SourceRefused | SourceTimeout:
    state = getattr(wrong.orig, "sqlstate", None) if isinstance(wrong, DBAPIError) else None
    if state == "57014":  # query_canceled: the statement timeout
        return SourceTimeout(f"{name}:查询超过 {spec.timeout.total_seconds():g} 秒;请优化 query")
    if state == "25006":  # read_only_sql_transaction
        return SourceRefused(f"{name}:query 试图写入,已拒绝;来源只读")
    if isinstance(wrong, OperationalError):
        return SourceRefused(f"{name}:数据库连不上;请检查地址、口令和网络")
    first = without_secret(str(getattr(wrong, "orig", wrong)).splitlines()[0], source, name)
    return SourceRefused(f"{name}:查询失败({first});请核对 topic.toml 的 query")
