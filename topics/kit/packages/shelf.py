"""Installed topics on the disk: HOME/topics/ID is a link to one version, switched in one step.

HOME/topics/.versions/ID/VERSION-DIGEST/ID are the versions; HOME/topics/.staging what is being
unpacked. kill -9 at any moment leaves the link on the old version or on the new one.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import BadPackage
from topics.kit.versions import parse_version

KEPT = 5
"""So many versions of a topic stay on the disk, the one in use always among them."""

_AT_FDCWD, _EXCHANGE = -100, 2
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Kept:
    """A version on the disk."""

    topic: str
    version: str
    digest: str  # of its files; "local": a folder that was put there by hand
    folder: Path
    current: bool


class Shelf:
    """The installed topics of a home."""

    def __init__(self, home: Path) -> None:
        """Use HOME/topics; writes nothing yet."""
        self.folder = home / "topics"
        self._versions = self.folder / ".versions"
        self._staging = self.folder / ".staging"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other commands from changing the shelf; what a killed one left is swept first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as wrong:
                raise BadPackage("另一个命令正在安装或移除专题;等它结束后再试") from wrong
            self._sweep()
            yield

    def stage(self, topic: str, files: Mapping[str, bytes]) -> Path:
        """Write the files into a folder of their own, out of everybody's sight; its path."""
        place = self._staging / secrets.token_hex(8) / topic
        for name, raw in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, raw)
        return place

    def discard(self, staged: Path) -> None:
        """Forget a staged folder."""
        shutil.rmtree(staged.parent, ignore_errors=True)

    def install(self, staged: Path, topic: str, version: str) -> Kept | None:
        """Make the staged folder the version in use; the version that was in use, None if none."""
        before = self.current(topic)
        place = self._versions / topic / f"{version}-{_digest(staged)}" / topic
        if not place.exists():
            _sync(staged)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.rename(staged, place)
            _sync_folder(place.parent)
        self.discard(staged)
        self._point(topic, place)
        self._prune(topic)
        return before

    def versions(self, topic: str) -> list[Kept]:
        """The versions on the disk, the oldest installed first."""
        link = self.folder / topic
        now = link.resolve() if link.is_symlink() else None
        found = []
        for parent in sorted((self._versions / topic).glob("*"), key=_age):
            version, _, digest = parent.name.rpartition("-")
            folder = parent / topic
            if (folder / "topic.toml").is_file():
                found.append(Kept(topic, version, digest, folder, folder.resolve() == now))
        return found

    def current(self, topic: str) -> Kept | None:
        """The version in use; None when the topic is not installed, or a folder put there."""
        return next((one for one in self.versions(topic) if one.current), None)

    def find(self, topic: str, version: str | None) -> Kept:
        """The version to go back to: the named one, else the last one before that in use."""
        others = [one for one in self.versions(topic) if not one.current]
        fitting = [one for one in others if version in (None, one.version)]
        if not fitting:
            known = "、".join(one.version for one in others) or "没有"
            raise BadPackage(f"专题 {topic} 没有可退回的版本 {version or ''};留存的有:{known}")
        return fitting[-1]

    def switch(self, kept: Kept) -> None:
        """Make a version of the disk the one in use."""
        self._point(kept.topic, kept.folder)

    def remove(self, topic: str, *, purge: bool) -> None:
        """Take the topic out of use; its versions stay for a rollback unless `purge`."""
        link = self.folder / topic
        if link.is_symlink():
            link.unlink()
        elif link.is_dir():
            self._keep_local(link, topic)
        else:
            raise BadPackage(f"没有安装专题 {topic};用 tonglan topics list 查看")
        _sync_folder(self.folder)
        if purge:
            shutil.rmtree(self._versions / topic, ignore_errors=True)

    def is_installed(self, topic: str) -> bool:
        """Whether a package or a folder of that name is in use."""
        return (self.folder / topic / "topic.toml").is_file()

    def _sweep(self) -> None:
        """Remove or put back what a killed command left behind."""
        shutil.rmtree(self._staging, ignore_errors=True)
        for one in self.folder.glob(".*-*"):
            topic = one.name[1:].partition("-")[0]
            if one.is_symlink():
                one.unlink()
            elif one.is_dir() and not (self.folder / topic).exists():
                os.rename(one, self.folder / topic)
            elif one.is_dir():
                self._keep_local(one, topic)

    def _point(self, topic: str, place: Path) -> None:
        """Let HOME/topics/ID be a link to `place`, in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        link, fresh = self.folder / topic, self.folder / f".{topic}-{secrets.token_hex(4)}"
        fresh.symlink_to(os.path.relpath(place, self.folder), target_is_directory=True)
        if link.is_dir() and not link.is_symlink():
            self._take_the_place_of(link, fresh, topic)
        else:
            os.replace(fresh, link)
        _sync_folder(self.folder)
        os.utime(place.parent)

    def _take_the_place_of(self, link: Path, fresh: Path, topic: str) -> None:
        """Put the link where a folder made by hand lies; the folder is kept as a version."""
        if _exchanged(fresh, link):
            self._keep_local(fresh, topic)
            return
        aside = self.folder / f".{topic}-aside-{secrets.token_hex(4)}"
        os.rename(link, aside)
        os.rename(fresh, link)
        self._keep_local(aside, topic)

    def _keep_local(self, folder: Path, topic: str) -> None:
        place = self._versions / topic / f"{_version_in(folder)}-{_LOCAL}"
        if place.exists():
            shutil.rmtree(place)
        place.mkdir(parents=True)
        os.rename(folder, place / topic)

    def _prune(self, topic: str) -> None:
        others = [one for one in self.versions(topic) if not one.current]
        for one in others[: -(KEPT - 1)]:
            shutil.rmtree(one.folder.parent, ignore_errors=True)


def _digest(folder: Path) -> str:
    """What tells two versions of the same number apart: the content of every file."""
    whole = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:12]


def _age(parent: Path) -> tuple[int, str]:
    return (parent.stat().st_mtime_ns, parent.name)


def _version_in(folder: Path) -> str:
    """The version a folder's manifest gives, unchecked; 0.0.0 where it gives none."""
    try:
        text = (folder / "topic.toml").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return "0.0.0"
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "version":
            said = value.split("#")[0].strip().strip("\"'")
            try:
                parse_version(said)
            except ValueError:
                break
            return said
    return "0.0.0"


def _exchanged(one: Path, other: Path) -> bool:
    """Let two names change places at once; False where the system cannot."""
    name = ctypes.util.find_library("c")
    rename = getattr(ctypes.CDLL(name, use_errno=True), "renameat2", None) if name else None
    if rename is None:
        return False
    paths = (os.fsencode(one), os.fsencode(other))
    if rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE) == 0:
        return True
    wrong = ctypes.get_errno()
    if wrong in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(wrong, os.strerror(wrong), str(other))


def _write(path: Path, raw: bytes) -> None:
    with path.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have everything in the folder on the disk before it is pointed at."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with Path(parent, name).open("rb") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(parent))


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
