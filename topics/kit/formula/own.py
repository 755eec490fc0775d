"""Functions that topics bring for their own formulas: what they take, and one careful call.

Whatever such a function does, a round of computation goes on: a failure is a missing value with
its reason, told once in the log.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from topics.kit.formula.domain import Derived, Floats, Frame

logger = logging.getLogger(__name__)


class Declared(Protocol):
    """One entry of [[functions]]."""

    @property
    def name(self) -> str:
        """What formulas call it."""

    @property
    def function(self) -> str:
        """`module:function`."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The Chinese names of its parameters."""

    @property
    def units(self) -> tuple[str, ...]:
        """The unit of each."""

    @property
    def unit(self) -> str:
        """The unit of the result."""

    @property
    def help(self) -> str:
        """What it gives."""

    @property
    def source(self) -> str:
        """Standard, clause and status."""


@dataclass(frozen=True, eq=False)
class OwnFunction:
    """A topic's function: Chinese names and units of its parameters, its help and its source."""

    topic: str
    name: str
    parameters: tuple[str, ...]
    units: tuple[str, ...]
    unit: str
    help: str
    source: str
    folder: Path | None
    load: Callable[[], Callable[..., Any]]
    _told: set[str] = field(default_factory=set)

    @property
    def usage(self) -> str:
        """How it is written, e.g. section_class(溶解氧, 氨氮)."""
        return f"{self.name}({', '.join(self.parameters)})"

    @property
    def title(self) -> str:
        """What it gives, in a few words: its help up to the first mark."""
        return re.split("[\uff0c\uff1b\uff1a\u3002\uff08,;(]", self.help)[0]

    @property
    def digest(self) -> str:
        """Changes with the Python and the tables of the topic, which values have to follow."""
        made = sha256(repr((self.name, self.units, self.unit)).encode())
        for path in sorted(self.folder.iterdir()) if self.folder else ():
            if path.suffix in (".py", ".csv"):
                made.update(path.read_bytes())
        return made.hexdigest()[:16]

    def call(self, frame: Frame, arguments: Sequence[Floats]) -> Derived:
        """What it says of the frame; a failure gives no value and says why."""
        shape = (len(frame.regions), len(frame.days))
        try:
            return _checked(self.load()(frame, *arguments), shape)
        except Exception as wrong:  # noqa: BLE001  whatever a topic's Python does must not stop the round
            return Derived(np.full(shape, np.nan), why=self._failed(wrong))

    def _failed(self, wrong: Exception) -> str:
        reason = str(wrong) or type(wrong).__name__
        if reason not in self._told:
            self._told.add(reason)
            logger.error("专题函数 %s.%s 出错:%s", self.topic, self.name, reason, exc_info=wrong)
        return f"函数 {self.name} 出错({reason});请专题维护人检查"


def _checked(found: Any, shape: tuple[int, int]) -> Derived:
    if not isinstance(found, Derived):
        raise TypeError("结果不是 Derived")
    value = np.asarray(found.value, dtype=np.float64)
    if value.shape != shape:
        raise ValueError(f"结果的形状是 {value.shape},应为 {shape}")
    flags = [_flags(found, name, shape) for name in ("estimated", "idle", "certain")]
    return Derived(value, flags[0], found.why, flags[1], flags[2], found.note)


def _flags(found: Derived, name: str, shape: tuple[int, int]) -> Any:
    given = getattr(found, name)
    flags = None if given is None else np.asarray(given, dtype=np.bool_)
    if flags is not None and flags.shape != shape:
        raise ValueError(f"{name} 的形状是 {flags.shape},应为 {shape}")
    return flags


def own_functions(
    topic: str,
    declared: Iterable[Declared],
    load: Callable[[str], Callable[..., Any]],
    folder: Path | None = None,
) -> Mapping[str, OwnFunction]:
    """The functions of a topic by name; `load` fetches the Python only when a value is wanted."""
    return {
        one.name: OwnFunction(
            topic,
            one.name,
            one.parameters,
            one.units,
            one.unit,
            one.help,
            one.source,
            folder,
            _loader(load, one.function),
        )
        for one in declared
    }


def _loader(load: Callable[[str], Callable[..., Any]], name: str) -> Callable[[], Any]:
    return lambda: load(name)
