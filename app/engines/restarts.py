"""When a child that died may be started again: at once the first time, then with back-off. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_DELAYS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds; the last one repeats
_CALM = 60.0  # seconds of life after which earlier deaths are forgotten


@dataclass
class Restarts:
    """The recent deaths of one child."""

    failures: int = 0
    not_before: float = 0.0
    alive_since: float | None = None

    def due(self, now: float) -> bool:
        """Tell whether the child may be started again at `now`."""
        return now >= self.not_before

    def count(self, now: float) -> None:
        """Note a death at `now` and set the earliest time of the start after the next one."""
        if self.alive_since is not None and now - self.alive_since > _CALM:
            self.failures = 0
        self.failures += 1
        self.alive_since = None
        self.not_before = now + _DELAYS[min(self.failures, len(_DELAYS) - 1)]

    def started(self, now: float) -> None:
        """Note a start at `now` that succeeded."""
        self.alive_since = now
