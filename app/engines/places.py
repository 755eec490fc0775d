"""Where things lie under a home, with socket paths that always fit.

A unix socket path holds 107 bytes. A home that is too deep keeps its sockets in a short private
folder of the system's temporary directory, found again by the hash of the home's path.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from app.errors import EngineFailed

KEEPER_SOCKET = "keeper.sock"
SOCKET_PATH_MAX = 107  # sizeof(sun_path) - 1, unix(7)
_LONGEST_NAME = len("/.s.PGSQL.5432.lock")
# PostgreSQL reads its socket folder as a quoted, comma-separated list
_UNFIT = set(",\"'\\\n")


def engines_folder(home: Path) -> Path:
    """The private folder of the engines, made when missing; raises EngineFailed with the fix."""
    folder = home / "engines"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as wrong:
        raise EngineFailed(
            f"数据目录 {home} 不能写入({wrong.strerror});"
            "请换用 --home 目录,或把它的属主改为当前用户"
        ) from wrong
    return folder


def socket_folder(home: Path) -> Path:
    """The folder of this home's sockets: inside the home when short enough, else a short one."""
    inside = engines_folder(home)
    if _fits(inside):
        return inside
    owner = inside.stat()
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"tonglan-{owner.st_uid}-{digest}"
    if not _fits(folder):
        folder = Path("/tmp") / folder.name
    return _private(folder, owner)


def _fits(folder: Path) -> bool:
    text = str(folder)
    return len(os.fsencode(text)) + _LONGEST_NAME <= SOCKET_PATH_MAX and not _UNFIT & set(text)


def _private(folder: Path, owner: os.stat_result) -> Path:
    """Make `folder` for the home's owner alone; one that somebody else put there is refused."""
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(folder, owner.st_uid, owner.st_gid)
        found = folder.lstat()
    except OSError as wrong:
        raise EngineFailed(
            f"不能建立套接字目录 {folder}({wrong.strerror});请换用较短的 --home 目录"
        ) from wrong
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == owner.st_uid
    if not mine or found.st_mode & 0o077:
        raise EngineFailed(f"{folder} 不归当前用户专有;请删除它,或换用较短的 --home 目录")
    return folder
