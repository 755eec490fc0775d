"""A version written out as a file that other programs read: one writer a file.

`export_frame` moves the features to a coordinate system, hides what the reader may not see, and
writes beside the wanted path first: a file that is there is whole.
"""

from layers.export.export import FORMATS, export_frame
from layers.export.job import Exported
from layers.export.labels import file_name
from layers.export.masks import KINDS, mask, masked

__all__ = ["FORMATS", "KINDS", "Exported", "export_frame", "file_name", "mask", "masked"]
