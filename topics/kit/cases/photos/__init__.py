"""Photos of cases: looked through byte by byte, freed of everything but the picture."""

from topics.kit.cases.photos.clean import (
    LARGEST,
    MOST_A_STEP,
    CleanPhoto,
    clean,
)
from topics.kit.cases.photos.exif import Found

__all__ = ["LARGEST", "MOST_A_STEP", "CleanPhoto", "Found", "clean"]
