"""A compiled layer opened for reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from layers.compile.arrays import ArrayFile
from layers.compile.columns import read_columns, read_tables
from layers.compile.head import ARRAYS, CompiledInfo, read_head
from layers.compile.points import StoredPoints
from layers.compile.selection import BUDGET, within_budget
from layers.compile.shapes import StoredShapes
from layers.compile.where import Filter
from layers.tiles.grid import TileAddress

Part = StoredPoints | StoredShapes
_EVERYTHING = Filter()
_LABELS_SHARE = BUDGET // 5  # at most, so that names never crowd out what they name


def labels_of(name: str) -> str:
    """The name of the label points of a layer within a tile."""
    return f"{name}.labels"


class CompiledLayer:
    """A layer version in memory-mapped arrays; any number of threads and processes may read it."""

    def __init__(self, info: CompiledInfo, parts: Sequence[Part]) -> None:
        """Wrap opened parts; use `open`."""
        self.info = info
        self.parts = tuple(parts)

    @classmethod
    def open(cls, path: Path) -> CompiledLayer:
        """Map the folder that `compile_layer` wrote; nothing but its small head is read.

        Raises UnknownLayer when there is none, StoreUnavailable when it is damaged.
        """
        info, places = read_head(path)
        arrays = ArrayFile(path / ARRAYS, places)
        tables = read_tables(arrays, info.attributes)
        parts: list[Part] = []
        for kind in info.kinds:
            columns = read_columns(arrays, kind, info.attributes, tables)
            ids = arrays.get(f"{kind}/ids")
            parts.append(
                StoredPoints(arrays, columns, ids)
                if kind == "point"
                else StoredShapes(arrays, kind, columns, ids)
            )
        return cls(info, parts)

    def tile(
        self,
        z: int,
        x: int,
        y: int,
        *,
        name: str,
        attributes: Sequence[str] | None = None,
        where: Filter | None = None,
        labels: Sequence[str] | None = None,
        with_labels: bool = False,
    ) -> bytes:
        """The MVT of a tile with a layer `name`, below 500 kB; b"" when nothing is in it.

        `attributes` limits the attributes (None: all; unknown ones are not an error). More than
        5,000 points become cells with the count `n`. Asked for, a second layer `name.labels` has
        a point for each line and polygon that is named in this tile, with the attributes `labels`
        (None: all). Raises BadTileAddress and BadFilter.
        """
        address = TileAddress(z, x, y)
        where = where or _EVERYTHING
        named = self._named(name, address, where, labels) if with_labels else b""
        chosen = [part.select(address, where) for part in self.parts]
        return within_budget(name, chosen, attributes, BUDGET - len(named)) + named

    def _named(
        self, name: str, address: TileAddress, where: Filter, attributes: Sequence[str] | None
    ) -> bytes:
        labels = [part.labels for part in self.parts if isinstance(part, StoredShapes)]
        chosen = [each.select(address, where) for each in labels if each is not None]
        return within_budget(labels_of(name), chosen, attributes, _LABELS_SHARE)
