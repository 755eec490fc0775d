"""The head of a compiled layer: a small JSON file beside the arrays that says what is in them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from layers.compile.arrays import Place
from layers.contracts import Bounds
from layers.errors import StoreUnavailable, UnknownLayer

FORMAT = 2
_READ = (1, FORMAT)  # 1 has no label points
HEAD, ARRAYS = "head.json", "arrays.bin"
KINDS = ("point", "line", "polygon")


@dataclass(frozen=True, slots=True)
class CompiledInfo:
    """What a compiled layer holds. `skipped` features had no usable geometry.

    `geometry` is the only kind of `kinds`, "mixed" when there are several, "none" when there is
    none. `format` is that of the file, which may be an older one.
    """

    features: int
    skipped: int
    kinds: tuple[str, ...]
    bounds: Bounds | None
    attributes: tuple[str, ...]
    format: int = FORMAT

    @property
    def geometry(self) -> str:
        """The kind of geometry in one word."""
        return self.kinds[0] if len(self.kinds) == 1 else "mixed" if self.kinds else "none"


def write_head(folder: Path, info: CompiledInfo, places: dict[str, Place]) -> None:
    """Write the head and bring it to the disk."""
    said = {name: value for name, value in asdict(info).items() if name != "format"}
    text = json.dumps({"format": FORMAT, "info": said, "arrays": places}, ensure_ascii=False)
    with (folder / HEAD).open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_head(folder: Path) -> tuple[CompiledInfo, dict[str, Place]]:
    """What `write_head` wrote; raises UnknownLayer without it, StoreUnavailable when broken."""
    try:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except FileNotFoundError as wrong:
        raise UnknownLayer(f"没有编译结果({folder.name}),请重新导入该图层") from wrong
    except ValueError as wrong:
        raise StoreUnavailable(f"编译结果已损坏({folder.name}),请重新导入该图层") from wrong
    if head["format"] not in _READ:
        raise StoreUnavailable(f"编译结果的格式已过时({folder.name}),请重新导入该图层")
    return _info(head["info"], head["format"]), head["arrays"]


def _info(stored: dict[str, Any], made_as: int) -> CompiledInfo:
    bounds = stored["bounds"]
    return CompiledInfo(
        features=stored["features"],
        skipped=stored["skipped"],
        kinds=tuple(stored["kinds"]),
        bounds=Bounds(**bounds) if bounds else None,
        attributes=tuple(stored["attributes"]),
        format=made_as,
    )
