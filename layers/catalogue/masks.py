"""Values covered so far that nobody is recognised by them."""

from __future__ import annotations

from layers.catalogue.contracts import Mask
from layers.tiles.values import Scalar

_STAR = "*"


def masked(value: Scalar, mask: Mask) -> Scalar | None:
    """The value as the mask leaves it; None where nothing of it may be seen.

    What is no text is never shown in part: a number or a yes/no behind a mask is left out.
    """
    if mask is Mask.NONE:
        return value
    if mask is Mask.HIDDEN or not isinstance(value, str):
        return None
    text = value.strip()
    match mask:
        case Mask.NAME:
            return text[:1] + _STAR * max(1, len(text) - 1) if text else text
        case Mask.PHONE:
            return _middle(text, 3, 4)
        case Mask.ID:
            return _middle(text, 6, 4)
        case _:
            return _middle(text, 1, 1)


def _middle(text: str, first: int, last: int) -> str:
    """The text with all but its ends covered; a text too short for that is covered whole."""
    if len(text) < first + last + 2:
        return _STAR * len(text)
    return text[:first] + _STAR * (len(text) - first - last) + text[-last:]
