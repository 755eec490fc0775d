"""Single values covered so far that nobody is recognised by them, as an export covers columns."""

from __future__ import annotations

from layers.catalogue.contracts import Mask
from layers.export.masks import mask as mask_text
from layers.tiles.values import Scalar


def masked(value: Scalar, mask: Mask) -> Scalar | None:
    """The value as the mask leaves it; None where nothing of it may be seen.

    A whole number is covered as the text it is written as (telephones are often numbers); a
    fraction or a yes/no has nothing to cover in part and is left out.
    """
    if mask is Mask.NONE:
        return value
    if mask is Mask.HIDDEN or isinstance(value, bool):
        return None
    if isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    return mask_text(str(value), mask.value)
