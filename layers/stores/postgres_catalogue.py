"""What the catalogue says about layers, in PostgreSQL: changes of it, and the live versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from layers.catalogue.contracts import LiveVersion
from layers.contracts import Bounds, Layer
from layers.errors import UnknownLayer
from layers.stores.postgres import layer_of
from layers.stores.postgres_engine import unavailable
from layers.stores.postgres_tables import layer_versions, layers

Changes = Mapping[str, Any]
_NOW = {"id", "number", "features", "geometry", "bounds", "format", "encoding", "crs"} | {
    "layer",
    "attributes",
    "original_name",
    "original_sha256",
    "created_at",
    "created_by",
    "published_at",
}


class PostgresCatalogue:
    """Changes what is said about a layer, never its versions."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def change(
        self,
        layer: str,
        decide: Callable[[Layer], Changes],
        told: Callable[[sa.Connection, Layer, Layer], None],
    ) -> Layer:
        """The layer after the changes that `decide` derives from what is stored, in one step.

        The row is locked meanwhile, so that two changes follow each other; `told` records the
        change within the same transaction. Raises UnknownLayer.
        """
        found = sa.select(layers).where(layers.c.id == layer)
        with unavailable(), self._engine.begin() as connection:
            row = connection.execute(found.with_for_update()).mappings().first()
            if row is None:
                raise UnknownLayer(f"没有图层 {layer};可用的图层见 /api/v1/layers")
            before = layer_of(row)
            changes = dict(decide(before))
            if not changes:
                return before
            connection.execute(layers.update().where(layers.c.id == layer).values(changes))
            after = layer_of(connection.execute(found).mappings().one())
            told(connection, before, after)
            return after

    def live(self, layer: str | None = None) -> dict[str, LiveVersion]:
        """The live version of every layer that has one (or of one layer), by layer id."""
        version = layer_versions.c
        published = sa.func.lag(version.number).over(
            partition_by=version.layer, order_by=version.published_at
        )
        every = sa.select(
            *(version[name] for name in sorted(_NOW)),
            sa.case((version.published_at.is_not(None), published)).label("replaced"),
            sa.func.count().over(partition_by=version.layer).label("versions"),
        )
        if layer is not None:
            every = every.where(version.layer == layer)
        listed = every.subquery()
        query = sa.select(listed).join(layers, layers.c.version == listed.c.id)
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return {row["layer"]: _live(row) for row in rows}


def _live(row: sa.RowMapping) -> LiveVersion:
    values = dict(row)
    values["bounds"] = None if values["bounds"] is None else Bounds(**values["bounds"])
    return LiveVersion(**values)
