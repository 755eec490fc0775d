"""Where alerts are: the way up from a site or region to the city, and the page that shows one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

Parent = Callable[[str], str | None]
"""The region above a region or site; None for the city."""


def upwards(region: str, parent: Parent) -> list[str]:
    """The region and all above it."""
    found, here = [region], parent(region)
    while here is not None and here not in found:
        found.append(here)
        here = parent(here)
    return found


def page_of(alert: str) -> str:
    """The address of the alert centre with this alert open."""
    return f"/alerts?alert={quote(alert)}"
