"""Single values covered so far that nobody is recognised by them, as an export covers columns."""

from __future__ import annotations

from layers.catalogue.contracts import Mask
from layers.export.masks import covered
from layers.tiles.values import Scalar


def masked(value: Scalar, mask: Mask) -> Scalar | None:
    """The value as the mask leaves it; None where nothing of it may be seen."""
    if mask is Mask.NONE:
        return value
    return None if mask is Mask.HIDDEN else covered(value, mask.value)
