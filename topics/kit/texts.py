"""Which texts a store takes."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=8192)
def storable(text: str) -> bool:
    """Whether PostgreSQL takes the text: it knows neither NUL nor halves of surrogate pairs."""
    if text.isascii():
        return "\0" not in text
    return not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in text)
