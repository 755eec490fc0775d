"""What became of each table of cases that was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from layers.stores.postgres_engine import unavailable

_metadata = sa.MetaData()
_import = sa.Table(
    "case_import",
    _metadata,
    *(sa.Column(name, sa.Text) for name in ("id", "name", "digest", "by")),
    sa.Column("at", sa.TIMESTAMP(timezone=True)),
    sa.Column("result", JSONB(none_as_null=True)),
)


@dataclass(frozen=True, slots=True)
class CaseImport:
    """One table: its file's name and digest, who handed it in, and what became of its rows."""

    id: str
    name: str
    digest: str
    by: str
    at: datetime
    result: Mapping[str, Any]


class PostgresCaseImports:
    """Keeps the reports of imports."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def keep(self, one: CaseImport) -> None:
        """Keep the report; a later one of the same id takes its place."""
        row = {name: getattr(one, name) for name in CaseImport.__dataclass_fields__}
        row["result"] = dict(one.result)
        statement = insert(_import).values(row)
        fresh = {"at": statement.excluded.at, "result": statement.excluded.result}
        with unavailable(), self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fresh))

    def find(self, name: str) -> CaseImport | None:
        """The report of that id, or None."""
        found = self._all(sa.select(_import).where(_import.c.id == name))
        return found[0] if found else None

    def latest(self, by: str | None, limit: int = 20) -> list[CaseImport]:
        """The last ones without their rows, newest first; those of one person, or of all."""
        columns = [one for one in _import.c if one.name != "result"]
        slim = _import.c.result.op("-")("rows").label("result")
        asked = sa.select(*columns, slim).order_by(_import.c.at.desc()).limit(limit)
        return self._all(asked if by is None else asked.where(_import.c.by == by))

    def _all(self, asked: sa.Select[Any]) -> list[CaseImport]:
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(asked).mappings()
            return [CaseImport(**{**row, "at": row["at"].astimezone(UTC)}) for row in rows]
