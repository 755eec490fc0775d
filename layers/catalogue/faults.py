"""Faults of what somebody wrote about a layer, collected so that all are told at once."""

from __future__ import annotations

from layers.errors import BadCatalogue


class Faults:
    """A list of faults; nothing is raised before all were looked for."""

    def __init__(self) -> None:
        """Start without any."""
        self._found: list[dict[str, str]] = []

    def add(self, where: str, problem: str) -> None:
        """Note one fault: where, and what is wrong with the way out."""
        self._found.append({"where": where, "problem": problem})

    def settle(self) -> None:
        """Raise BadCatalogue if there are any."""
        if self._found:
            raise BadCatalogue(self._found)
