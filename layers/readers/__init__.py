"""Readers of uploads: one file per format, each making a `Reading` or raising UnreadableFile."""

from layers.readers.contracts import Reading, Upload
from layers.readers.read import read

__all__ = ["Reading", "Upload", "read"]
