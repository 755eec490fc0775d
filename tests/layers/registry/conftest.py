"""A registry on a fresh database and an empty home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.reference import OutlineReference
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
from layers.stores.postgres_outlines import PostgresOutlines

WriteCsv = Callable[..., Path]


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def files(home: Path) -> LayerFiles:
    return LayerFiles(home / "layers")


@pytest.fixture
def registry(engine: sa.Engine, files: LayerFiles) -> LayerRegistry:
    reference = OutlineReference(PostgresOutlines(engine), files)
    return LayerRegistry(PostgresLayers(engine), files, reference)


@pytest.fixture
def stations(tmp_path: Path) -> WriteCsv:
    """Write a small list of stations; rows are code, name, lon, lat."""

    def write(*rows: tuple[object, ...], name: str = "站点.csv") -> Path:
        chosen = rows or (("S1", "甲", 113.6, 24.8), ("S2", "乙", 113.7, 24.9))
        path = tmp_path / name
        lines = ["code,name,lon,lat", *(",".join(map(str, row)) for row in chosen)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
