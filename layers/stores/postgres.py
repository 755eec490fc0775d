"""The catalogue of layers and their immutable versions, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from layers.contracts import Bounds, Classification, Layer, Version, VersionState
from layers.errors import PublishConflict, UnknownLayer
from layers.review.machine import ENDED
from layers.stores.postgres_engine import unavailable
from layers.stores.postgres_submissions import submissions
from layers.stores.postgres_tables import layer_versions, layers

_IMPORT_LOCK = 0x7C17A1  # first half of the advisory lock key: "import into this layer"


class PostgresLayers:
    """Keeps layers and versions; a version row is never changed except for its state."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def layers(self) -> list[Layer]:
        """Every layer, by id."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(layers).order_by(layers.c.id)).mappings()
            return [layer_of(row) for row in rows]

    def find(self, layer: str) -> Layer | None:
        """The layer, or None."""
        if "\x00" in layer:
            return None  # PostgreSQL stores no NUL and refuses to look for one
        with self._reading() as connection:
            query = sa.select(layers).where(layers.c.id == layer)
            row = connection.execute(query).mappings().first()
        return None if row is None else layer_of(row)

    def versions(self, layer: str) -> list[Version]:
        """Every version of the layer, newest first."""
        with self._reading() as connection:
            query = sa.select(layer_versions).where(layer_versions.c.layer == layer)
            rows = connection.execute(query.order_by(layer_versions.c.number.desc())).mappings()
            return [_version(row) for row in rows]

    def find_version(self, layer: str, version: str) -> Version | None:
        """One version of the layer by its id, or None."""
        query = sa.select(layer_versions).where(
            layer_versions.c.layer == layer, layer_versions.c.id == version
        )
        with self._reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _version(row)

    def parameters(self, version: str) -> Mapping[str, Any]:
        """How the version was read (request and file), to recognise the same import again."""
        query = sa.select(layer_versions.c.parameters).where(layer_versions.c.id == version)
        with self._reading() as connection:
            return connection.execute(query).scalar_one_or_none() or {}

    def known(self) -> tuple[set[str], set[str]]:
        """The ids of all versions and the SHA-256 of all originals: what may not be swept."""
        query = sa.select(layer_versions.c.id, layer_versions.c.original_sha256)
        ended = [one.value for one in ENDED]
        waiting = sa.select(submissions.c.file["sha256"].astext).where(
            submissions.c.state.not_in(ended)
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
            uploads = connection.scalars(waiting).all()
        return {row[0] for row in rows}, {row[1] for row in rows} | set(uploads)

    @contextmanager
    def importing(self, layer: str) -> Iterator[None]:
        """Let one import at a time into a layer; others wait here."""
        key = sa.func.hashtext(layer)
        with unavailable(), self._engine.connect() as connection:
            # A transaction-free session: the lock goes with the connection if we are killed.
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(sa.select(sa.func.pg_advisory_lock(_IMPORT_LOCK, key)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_IMPORT_LOCK, key)))

    def add(
        self,
        layer: Layer,
        version: Version,
        *,
        parameters: Mapping[str, Any],
        problems: list[dict[str, Any]],
        publish: bool,
        describe: bool = True,
    ) -> Version:
        """Record a version (its number is given here) and, if asked, make it live, in one step.

        `layer.version` is what was live when the import began: another one now is a conflict.
        Without `describe` a layer that is there keeps its description.
        """
        now = datetime.now(UTC)
        with unavailable(), self._engine.begin() as connection:
            if describe:
                _keep_class(connection, layer)
            self._save_layer(connection, layer, now, replace=describe)
            number = self._next_number(connection, layer.id)
            row = _version_row(version, number, now) | {
                "parameters": dict(parameters),
                "problems": problems,
            }
            connection.execute(layer_versions.insert().values(row))
            if publish:
                self._make_live(connection, layer.id, version.id, layer.version, now)
            stored = connection.execute(
                sa.select(layer_versions).where(layer_versions.c.id == version.id)
            )
            return _version(stored.mappings().one())

    def describe(self, layer: Layer) -> None:
        """Change what is said about a layer; its live version stays."""
        with unavailable(), self._engine.begin() as connection:
            _keep_class(connection, layer)
            self._save_layer(connection, layer, datetime.now(UTC))

    def publish(
        self,
        layer: str,
        version: str,
        *,
        expected: str | None,
        described: Layer | None = None,
        connection: sa.Connection | None = None,
    ) -> None:
        """Make `version` live if `expected` still is; else PublishConflict and nothing changes.

        `described` is what is said of the layer from now on; in the caller's transaction, if any.
        """
        now = datetime.now(UTC)
        with unavailable(), self._own_or(connection) as writing:
            if described is not None:
                _keep_class(writing, described)
                self._save_layer(writing, described, now)
            self._make_live(writing, layer, version, expected, now)

    def remove(self, layer: str, version: str, *, connection: sa.Connection | None = None) -> bool:
        """Forget a version that is not live; False (and nothing done) when it is, or is gone."""
        at = layer_versions.c
        live = sa.select(layers.c.version).where(layers.c.id == layer, layers.c.version == at.id)
        gone = sa.delete(layer_versions).where(
            at.layer == layer,
            at.id == version,
            at.state != VersionState.PUBLISHED.value,
            ~sa.exists(live),
        )
        with unavailable(), self._own_or(connection) as writing:
            return writing.execute(gone).rowcount == 1

    @contextmanager
    def _own_or(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        if connection is not None:
            yield connection
            return
        with self._engine.begin() as own:
            yield own

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with unavailable(), self._engine.connect() as connection:
            yield connection

    @staticmethod
    def _save_layer(
        connection: sa.Connection, layer: Layer, now: datetime, *, replace: bool = True
    ) -> None:
        row = {
            "id": layer.id,
            "title": layer.title,
            "topic": layer.topic,
            "owner": layer.owner,
            "source": layer.source,
            "classification": layer.classification.value,
            "cadence": layer.cadence,
            "style": dict(layer.style),
            "key": layer.key,
            "demo": layer.demo,
        }
        changes = {name: value for name, value in row.items() if name != "id"}
        statement = insert(layers).values(row | {"created_at": now})
        if replace:
            statement = statement.on_conflict_do_update(index_elements=["id"], set_=changes)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=["id"])
        connection.execute(statement)

    @staticmethod
    def _next_number(connection: sa.Connection, layer: str) -> int:
        highest = sa.select(sa.func.max(layer_versions.c.number))
        return int(connection.scalar(highest.where(layer_versions.c.layer == layer)) or 0) + 1

    @staticmethod
    def _make_live(
        connection: sa.Connection, layer: str, version: str, expected: str | None, now: datetime
    ) -> None:
        taken = connection.execute(
            layers.update()
            .where(layers.c.id == layer, layers.c.version.is_not_distinct_from(expected))
            .values(version=version)
        )
        if taken.rowcount == 0:
            raise PublishConflict(
                f"图层 {layer} 刚刚被别人发布过,本次没有发布;请查看最新版本后再发布"
            )
        connection.execute(
            layer_versions.update()
            .where(layer_versions.c.layer == layer, layer_versions.c.state == "published")
            .values(state=VersionState.SUPERSEDED.value)
        )
        done = connection.execute(
            layer_versions.update()
            .where(layer_versions.c.layer == layer, layer_versions.c.id == version)
            .values(state=VersionState.PUBLISHED.value, published_at=now)
        )
        if done.rowcount == 0:
            raise UnknownLayer(f"图层 {layer} 没有版本 {version};请用 layers show 查看有哪些版本")
        _take_class(connection, layer, version)


_RANK = {one.value: rank for rank, one in enumerate(Classification)}


def _keep_class(connection: sa.Connection, described: Layer) -> None:
    """What was live under a higher class than the layer will have keeps that class."""
    of_layer = sa.select(layers.c.classification).where(layers.c.id == described.id)
    before = connection.execute(of_layer.with_for_update()).scalar_one_or_none()
    if before is None or _RANK[before] <= _RANK[described.classification.value]:
        return
    lower = [one for one, rank in _RANK.items() if rank < _RANK[before]]
    at = layer_versions.c
    connection.execute(
        layer_versions.update()
        .where(at.layer == described.id, at.published_at.is_not(None))
        .where(at.classification.is_(None) | at.classification.in_(lower))
        .values(classification=before)
    )


def _take_class(connection: sa.Connection, layer: str, version: str) -> None:
    """A layer is at least as secret as what is live of it; the version need not say it any more."""
    at = layer_versions.c
    its = sa.select(at.classification).where(at.layer == layer, at.id == version)
    own = connection.execute(its).scalar_one_or_none()
    if own is None:
        return
    lower = [one for one, rank in _RANK.items() if rank < _RANK[own]]
    connection.execute(
        layers.update()
        .where(layers.c.id == layer, layers.c.classification.in_(lower))
        .values(classification=own)
    )
    connection.execute(
        layer_versions.update()
        .where(at.layer == layer, at.id == version)
        .values(classification=None)
    )


def layer_of(row: sa.RowMapping) -> Layer:
    """The layer of a row of the table."""
    values = dict(row)
    values["classification"] = Classification(values["classification"])
    return Layer(**values)


def _version(row: sa.RowMapping) -> Version:
    values = {name: row[name] for name in row if name not in {"parameters", "problems"}}
    values["state"] = VersionState(values["state"])
    values["bounds"] = None if values["bounds"] is None else Bounds(**values["bounds"])
    values["attributes"] = tuple(values["attributes"])
    own = values["classification"]
    values["classification"] = None if own is None else Classification(own)
    return Version(**values)


def _version_row(version: Version, number: int, now: datetime) -> dict[str, Any]:
    return asdict(version) | {
        "number": number,
        "state": version.state.value,
        "bounds": None if version.bounds is None else asdict(version.bounds),
        "crs": dict(version.crs),
        "attributes": list(version.attributes),
        "created_at": now,
        "classification": None if version.classification is None else version.classification.value,
    }
