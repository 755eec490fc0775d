"""The tile benchmark's peer: ST_AsMVT on an indexed table, simplified on the fly or in advance."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import copy

import geopandas as gpd
import psycopg
import shapely

UNIT = 40075016.68557849 / 4096  # metres of a tile unit at zoom 0
FLY = """
SELECT ST_AsMVT(tile, 'layer', 4096, 'g', 'id') FROM (
  SELECT id, {columns}, ST_AsMVTGeom({geometry}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) g
  FROM {table} WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
    AND {size}
) tile WHERE g IS NOT NULL"""


class PostGIS:
    """One layer in PostGIS."""

    def __init__(self, url: str, name: str, frame: gpd.GeoDataFrame) -> None:
        """Load the layer, index it and let the planner know it."""
        self._url = url
        self._db = psycopg.connect(url, autocommit=True)
        self._db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        self._name, self._points = name, name == "points"
        self._columns = [each for each in frame.columns if each != "geometry"]
        self._load(frame)

    def prepare(self, zooms: Sequence[int], counted: Sequence[int]) -> None:
        """Tables simplified in advance; points of the counted zooms are grouped in cells."""
        for zoom in zooms:
            self._make(f"{self._name}_{zoom}", self._prepared(zoom, zoom in counted))

    def on_the_fly(self, z: int, x: int, y: int) -> bytes:
        """A tile simplified while it is made."""
        unit = UNIT / (1 << z)
        geometry = "geom" if self._points else f"ST_Simplify(geom, {2 * unit}, true)"
        return self._tile(self._name, geometry, self._columns, self._size(unit), (z, x, y))

    def in_advance(self, z: int, x: int, y: int) -> bytes:
        """A tile from the table of its zoom."""
        table = f"{self._name}_{z}"
        cursor = self._db.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = [
            each.name for each in cursor.description or () if each.name not in ("id", "geom")
        ]
        return self._tile(table, "geom", columns, "true", (z, x, y))

    def again(self) -> PostGIS:
        """The same tables through a connection of its own."""
        other = copy(self)
        other._db = psycopg.connect(self._url, autocommit=True)
        return other

    def close(self) -> None:
        """End the connection."""
        self._db.close()

    def _tile(
        self, table: str, geometry: str, columns: list[str], size: str, at: tuple[int, int, int]
    ) -> bytes:
        query = FLY.format(table=table, geometry=geometry, columns=", ".join(columns), size=size)
        z, x, y = at
        row = self._db.execute(query, {"z": z, "x": x, "y": y}, prepare=True).fetchone()
        return bytes(row[0]) if row and row[0] else b""

    def _size(self, unit: float) -> str:
        if self._points:
            return "true"
        extent = "greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom))"
        return f"{extent} >= {4 * unit}"

    def _prepared(self, zoom: int, counted: bool) -> str:
        unit = UNIT / (1 << zoom)
        if counted:
            return (
                "SELECT row_number() OVER () AS id, count(*) AS n, "
                "ST_Centroid(ST_Collect(geom)) AS geom "
                f"FROM {self._name} GROUP BY ST_SnapToGrid(geom, {64 * unit})"
            )
        geometry = "geom" if self._points else f"ST_Simplify(geom, {2 * unit}, true) AS geom"
        columns = ", ".join(self._columns)
        return f"SELECT id, {columns}, {geometry} FROM {self._name} WHERE {self._size(unit)}"

    def _make(self, table: str, query: str) -> None:
        self._db.execute(f"DROP TABLE IF EXISTS {table}")
        self._db.execute(f"CREATE TABLE {table} AS {query}")
        self._index(table)

    def _index(self, table: str) -> None:
        self._db.execute(f"CREATE INDEX ON {table} USING gist (geom)")
        self._db.execute(f"VACUUM ANALYZE {table}")

    def _load(self, frame: gpd.GeoDataFrame) -> None:
        types = {"level": "int", "value": "float8", "day": "date"}
        columns = ", ".join(f"{each} {types.get(each, 'text')}" for each in self._columns)
        self._db.execute(f"DROP TABLE IF EXISTS {self._name}")
        self._db.execute(f"CREATE TABLE {self._name} (id bigint, {columns}, geom geometry)")
        table = frame.drop(columns="geometry").copy()
        table.insert(0, "id", range(1, len(frame) + 1))
        shapes = shapely.set_srid(frame.geometry.to_crs(3857).to_numpy(), 3857)
        table["geom"] = shapely.to_wkb(shapes, hex=True, include_srid=True)
        text = io.StringIO()
        table.to_csv(text, index=False, header=False)
        text.seek(0)
        with self._db.cursor().copy(f"COPY {self._name} FROM STDIN CSV") as copy:
            while chunk := text.read(1 << 20):
                copy.write(chunk)
        self._index(self._name)
