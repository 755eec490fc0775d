"""What the rest of the program knows about engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EngineUrls:
    """Where the two engines answer: `unix://…`/`redis://…` and `postgresql://…`."""

    valkey: str
    postgres: str


class Engine(Protocol):
    """A private server process: Valkey or PostgreSQL."""

    name: str
    url: str

    def start(self) -> None:
        """Start the server and return when it answers; raises EngineFailed with the way out."""

    def dead(self) -> bool:
        """Tell whether a started server has ended by itself."""

    def pid(self) -> int:
        """The server's process id, 0 when none was started."""

    def stop(self, patience: float) -> None:
        """End the server and everything it started, kindly for `patience` seconds, then not."""
