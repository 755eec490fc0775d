"""Many arrays in one file, mapped at once.

One file rather than one per array: a city has hundreds of layers with a hundred arrays each, and
the kernel limits the number of mappings of a process.
"""

from __future__ import annotations

import math
import mmap
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from layers.errors import StoreUnavailable

Place = tuple[str, list[int], int]  # dtype, shape, offset
_ALIGN = 64


class ArrayWriter:
    """Appends named arrays to a new file; `places` is what `ArrayFile` needs to find them again."""

    def __init__(self, path: Path) -> None:
        """Create the file; it must not exist."""
        self.places: dict[str, Place] = {}
        self._file: BinaryIO = path.open("xb")

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Append one array."""
        offset = self._file.tell() + -self._file.tell() % _ALIGN
        self._file.seek(offset)
        array = np.ascontiguousarray(array)
        self.places[name] = (array.dtype.str, list(array.shape), offset)
        self._file.write(array.data if array.size else b"")

    def close(self) -> None:
        """Bring the file to the disk for good and close it."""
        self._file.truncate()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class ArrayFile:
    """The arrays of a file, read-only and mapped: opening reads nothing but the directory."""

    def __init__(self, path: Path, places: dict[str, Place]) -> None:
        """Map the file; raises StoreUnavailable when it is shorter than its directory says."""
        self._places = places
        size = path.stat().st_size
        if any(self._end(place) > size for place in places.values()):
            raise StoreUnavailable(f"编译结果不完整({path.parent.name}),请重新导入该图层")
        if not size:
            self._map: mmap.mmap | bytes = b""
            return
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def get(self, name: str) -> NDArray[Any]:
        """The array of that name."""
        dtype, shape, offset = self._places[name]
        count = math.prod(shape)
        if not count:
            return np.empty(shape, dtype)
        return np.frombuffer(self._map, dtype, count, offset).reshape(shape)

    def __contains__(self, name: str) -> bool:
        """Whether there is an array of that name."""
        return name in self._places

    @staticmethod
    def _end(place: Place) -> int:
        dtype, shape, offset = place
        return offset + math.prod(shape) * np.dtype(dtype).itemsize if math.prod(shape) else 0
