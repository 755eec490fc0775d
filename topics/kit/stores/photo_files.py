"""Picture files of cases below HOME/cases: named by their content, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from topics.kit.cases.photos import CleanPhoto
from topics.kit.errors import UnknownPhoto


class PhotoFiles:
    """Keeps pictures in a folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`; it is made when the first picture comes."""
        self._folder = folder

    def keep(self, photo: CleanPhoto) -> str:
        """The name under which the picture lies, durable when this returns."""
        digest = hashlib.sha256(photo.content).hexdigest()
        name = f"{digest[:2]}/{digest}{photo.suffix}"
        place = self._folder / name
        if place.is_file():
            return name
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".draft-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(photo.content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return name

    def read(self, name: str) -> bytes:
        """The picture; UnknownPhoto where the file was lost."""
        try:
            return (self._folder / name).read_bytes()
        except OSError as wrong:
            raise UnknownPhoto(
                "照片的文件不在了(可能只恢复了数据库);请从备份恢复 cases 文件夹"
            ) from wrong
