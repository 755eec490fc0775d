"""Readers of uploads: one file per format, each making a `Reading` or raising UnreadableFile."""

from layers.readers.contracts import (
    EncodingFound,
    Part,
    RasterInfo,
    Reading,
    ReadOptions,
    Upload,
)
from layers.readers.read import read

__all__ = ["EncodingFound", "Part", "RasterInfo", "ReadOptions", "Reading", "Upload", "read"]
