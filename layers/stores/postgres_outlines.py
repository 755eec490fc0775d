"""Which outline, rivers and roads of the city are trusted, now and before, in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from layers.stores.postgres_tables import reference_outlines


@dataclass(frozen=True, slots=True)
class OutlineRecord:
    """Who trusted which file, read how, and when; `file` lies in the folder of references.

    `counties` counts the counties of an outline, the lines of rivers and roads.
    """

    sha256: str
    file: str
    original_name: str
    crs: str
    counties: int
    set_by: str
    set_at: datetime
    kind: str = "outline"


class PostgresOutlines:
    """Keeps every reference that was ever trusted; the newest one of its kind counts."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def current(self, kind: str = "outline") -> OutlineRecord | None:
        """The reference of this kind (outline, rivers, roads) that is trusted now, or None."""
        query = (
            sa.select(reference_outlines)
            .where(reference_outlines.c.kind == kind)
            .order_by(reference_outlines.c.id.desc())
            .limit(1)
        )
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        return OutlineRecord(**{name: row[name] for name in row if name != "id"})

    def add(
        self,
        *,
        sha256: str,
        file: str,
        original_name: str,
        crs: str,
        counties: int,
        by: str,
        kind: str = "outline",
    ) -> None:
        """Trust this reference from now on."""
        values = {
            "sha256": sha256,
            "file": file,
            "original_name": original_name,
            "crs": crs,
            "counties": counties,
            "kind": kind,
            "set_by": by,
            "set_at": datetime.now(UTC),
        }
        with unavailable(), self._engine.begin() as connection:
            connection.execute(reference_outlines.insert().values(values))
