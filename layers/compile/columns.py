"""Attributes of a compiled layer: value tables shared by its parts, codes for each part's rows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.compile.arrays import ArrayFile, ArrayWriter
from layers.compile.factorise import Factorised, rank
from layers.tiles import values
from layers.tiles.framing import Tags
from layers.tiles.ragged import runs

_INDICES = 3  # bytes of a feature's key and value index
_FEW_BYTES = 100_000  # of a tile's attributes up to which weighing them is not worth while
LONGEST = 4096  # bytes; a longer value is left out of tiles (the feature window gives it)


class Table:
    """The distinct values of one attribute, ascending: booleans, numbers, texts."""

    def __init__(self, offsets: NDArray[np.int64], messages: NDArray[np.uint8]) -> None:
        """Wrap mapped arrays."""
        self._offsets = offsets
        self._messages = messages

    def __len__(self) -> int:
        """How many distinct values there are."""
        return len(self._offsets) - 1

    @property
    def average(self) -> float:
        """The mean bytes of a value's message."""
        return float(self._offsets[-1]) / len(self) if len(self) else 0.0

    def value(self, code: int) -> values.Scalar:
        """The value of a code."""
        return values.decode(
            self._messages[self._offsets[code] : self._offsets[code + 1]].tobytes()
        )

    def numbers(self, codes: NDArray[Any]) -> NDArray[np.float64]:
        """The values of the codes as numbers; NaN for what is none."""
        return values.decode_numbers(self._messages, self._offsets[codes], self._offsets[codes + 1])

    def messages(self, codes: NDArray[Any]) -> bytes:
        """The value messages of the codes, one after the other."""
        start = self._offsets[codes]
        found: bytes = self._messages[runs(start, self._offsets[codes + 1] - start)].tobytes()
        return found

    def sizes(self, codes: NDArray[Any]) -> NDArray[np.int64]:
        """Bytes of the message of each code."""
        sizes: NDArray[np.int64] = self._offsets[codes + 1] - self._offsets[codes]
        return sizes

    def below(self, value: values.Scalar, *, inclusive: bool) -> int:
        """The first code whose value is not below (or not up to) the value given."""
        search = bisect_right if inclusive else bisect_left
        return search(range(len(self)), rank(value), key=lambda code: rank(self.value(code)))


class Columns:
    """The attributes of one part's rows."""

    def __init__(self, codes: Mapping[str, NDArray[np.int32]], tables: Mapping[str, Table]) -> None:
        """Wrap mapped arrays; both have the same keys, in the order of the file."""
        self.codes = codes
        self.tables = tables

    def tags(self, rows: NDArray[Any], wanted: Sequence[str] | None) -> list[Tags]:
        """The tags of rows, for the wanted attributes that exist (None: all)."""
        return [self._tags(name, rows) for name in self.codes if wanted is None or name in wanted]

    def weights(self, rows: NDArray[Any], wanted: Sequence[str] | None) -> dict[str, int]:
        """About the bytes of each attribute and its distinct values in a tile of these rows.

        Empty where a look at the averages says that all of them together are few.
        """
        names = [name for name in self.codes if wanted is None or name in wanted]
        rough = sum(
            _INDICES * len(rows) + min(len(rows), len(table)) * table.average
            for table in (self.tables[name] for name in names)
        )
        if rough < _FEW_BYTES:
            return {}
        return {name: self._weight(self._tags(name, rows)) for name in names}

    def records(
        self, rows: NDArray[Any], wanted: Sequence[str] | None = None
    ) -> list[dict[str, values.Scalar]]:
        """The wanted attributes (None: all) of rows as plain values; a missing value has no key."""
        records: list[dict[str, values.Scalar]] = [{} for _ in rows]
        for name, codes in self.codes.items():
            if wanted is not None and name not in wanted:
                continue
            table, chosen = self.tables[name], codes[rows].tolist()
            known = {code: table.value(code) for code in set(chosen) if code >= 0}
            for record, code in zip(records, chosen, strict=True):
                if code >= 0:
                    record[name] = known[code]
        return records

    def _weight(self, tags: Tags) -> int:
        used = np.unique(tags.codes)
        used = used[used >= 0]
        return _INDICES * len(tags.codes) + int(self.tables[tags.key].sizes(used).sum())

    def _tags(self, name: str, rows: NDArray[Any]) -> Tags:
        table, codes = self.tables[name], self.codes[name][rows]
        if len(codes) and len(table):
            too_long = (table.sizes(codes) > LONGEST) & (codes >= 0)
            codes = np.where(too_long, -1, codes) if too_long.any() else codes
        return Tags(name, codes, len(table), table.messages)


def write_tables(writer: ArrayWriter, factorised: Mapping[str, Factorised]) -> None:
    """Write the value tables of all attributes."""
    for position, column in enumerate(factorised.values()):
        writer.add(f"values/{position}/offsets", column.offsets)
        writer.add(f"values/{position}/messages", column.messages)


def write_codes(
    writer: ArrayWriter, kind: str, factorised: Mapping[str, Factorised], rows: NDArray[Any]
) -> None:
    """Write the codes of one part's rows (positions in the frame)."""
    for position, column in enumerate(factorised.values()):
        writer.add(f"{kind}/codes/{position}", column.codes[rows])


def read_tables(arrays: ArrayFile, attributes: Sequence[str]) -> dict[str, Table]:
    """The value tables that `write_tables` wrote."""
    return {
        name: Table(arrays.get(f"values/{at}/offsets"), arrays.get(f"values/{at}/messages"))
        for at, name in enumerate(attributes)
    }


def read_columns(
    arrays: ArrayFile, kind: str, attributes: Sequence[str], tables: Mapping[str, Table]
) -> Columns:
    """The columns of one part."""
    codes = {name: arrays.get(f"{kind}/codes/{at}") for at, name in enumerate(attributes)}
    return Columns(codes, tables)
