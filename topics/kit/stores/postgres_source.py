"""Rows from a bureau's PostgreSQL database: read-only, bounded in time and number."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from topics.kit.errors import SourceRefused, SourceTimeout
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Part, Reading, SourceSettings
from topics.kit.refresh.http_source import read_secret

_MOST_ROWS = 500_000


class PostgresReader:
    """Runs the manifest's query in a read-only transaction with a time limit."""

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the query."""
        name = f"来源 {spec.source}"
        engine = _engine(source, name, spec.timeout.total_seconds())
        try:
            with engine.connect() as connection:
                connection.execute(sa.text("SET TRANSACTION READ ONLY"))
                limit = int(spec.timeout.total_seconds() * 1000)
                connection.execute(sa.text(f"SET LOCAL statement_timeout = {limit}"))
                found = connection.execution_options(no_parameters=True).exec_driver_sql(spec.query)
                rows = found.mappings().fetchmany(_MOST_ROWS + 1)
        except SQLAlchemyError as wrong:
            raise _explained(wrong, name, spec) from wrong
        finally:
            engine.dispose()
        if len(rows) > _MOST_ROWS:
            raise SourceRefused(f"{name}:查询结果超过 {_MOST_ROWS} 行;请在 query 里加条件")
        return Reading((Part([dict(row) for row in rows]),))


def _engine(source: SourceSettings, name: str, patience: float) -> sa.Engine:
    try:
        url = sa.make_url(source.url).set(drivername="postgresql+psycopg")
    except SQLAlchemyError as wrong:
        raise SourceRefused(f"{name}:数据库地址不对;写成 postgresql://用户@主机/库") from wrong
    if source.secret_file:
        url = url.set(password=read_secret(source.secret_file, name))
    options: dict[str, object] = {"connect_timeout": max(2, int(patience))}
    if source.ca_file:
        options |= {"sslmode": "verify-full", "sslrootcert": source.ca_file}
    return sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)


def _explained(
    wrong: SQLAlchemyError, name: str, spec: RefresherSpec
) -> SourceRefused | SourceTimeout:
    state = getattr(wrong.orig, "sqlstate", None) if isinstance(wrong, DBAPIError) else None
    if state == "57014":  # query_canceled: the statement timeout
        return SourceTimeout(f"{name}:查询超过 {spec.timeout.total_seconds():g} 秒;请优化 query")
    if state == "25006":  # read_only_sql_transaction
        return SourceRefused(f"{name}:query 试图写入,已拒绝;来源只读")
    if isinstance(wrong, OperationalError):
        return SourceRefused(f"{name}:数据库连不上;请检查地址、口令和网络")
    first = str(getattr(wrong, "orig", wrong)).splitlines()[0]
    return SourceRefused(f"{name}:查询失败({first});请核对 topic.toml 的 query")
