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

FORMAT = 1
HEAD, ARRAYS = "head.json", "arrays.bin"
KINDS = ("point", "line", "polygon")


@dataclass(frozen=True, slots=True)
class CompiledInfo:
    """What a compiled layer holds. `skipped` features had no usable geometry.

    `geometry` is the only kind of `kinds`, "mixed" when there are several, "none" when there is
    none.
    """

    features: int
    skipped: int
    kinds: tuple[str, ...]
    bounds: Bounds | None
    attributes: tuple[str, ...]

    @property
    def geometry(self) -> str:
        """The kind of geometry in one word."""
        return self.kinds[0] if len(self.kinds) == 1 else "mixed" if self.kinds else "none"


def write_head(folder: Path, info: CompiledInfo, places: dict[str, Place]) -> None:
    """Write the head and bring it to the disk."""
    text = json.dumps(
        {"format": FORMAT, "info": asdict(info), "arrays": places}, ensure_ascii=False
    )
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
    if head["format"] != FORMAT:
        raise StoreUnavailable(f"编译结果的格式已过时({folder.name}),请重新导入该图层")
    return _info(head["info"]), head["arrays"]


def _info(stored: dict[str, Any]) -> CompiledInfo:
    bounds = stored["bounds"]
    return CompiledInfo(
        features=stored["features"],
        skipped=stored["skipped"],
        kinds=tuple(stored["kinds"]),
        bounds=Bounds(**bounds) if bounds else None,
        attributes=tuple(stored["attributes"]),
    )
