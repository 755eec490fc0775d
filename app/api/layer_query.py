"""How lists are written in the query of an address."""

from __future__ import annotations

_MOST = 500


def listed(text: str | None) -> list[str] | None:
    """The names between commas, each once, at most 500; None where nothing was said."""
    if text is None:
        return None
    names = (name.strip() for name in text.split(",", _MOST)[:_MOST])
    return list(dict.fromkeys(name for name in names if name))
