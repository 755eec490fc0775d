"""One line of `tonglan doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, what was found and how to mend it."""

    name: str
    state: Literal["ok", "warn", "bad"]
    found: str
    fix: str = ""
