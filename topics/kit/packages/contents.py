"""Which files of a topic's folder belong to its package, and which must not be there."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MOST_FILE = 20 << 20
MOST_ALL = 100 << 20
MOST_FILES = 1000

_TEXT = frozenset({".toml", ".csv", ".json", ".geojson", ".md", ".txt", ".py", ".svg"})
_BINARY = {
    ".xlsx": b"PK\x03\x04",
    ".xls": b"\xd0\xcf\x11\xe0",
    ".png": b"\x89PNG",
    ".jpg": b"\xff\xd8\xff",
}
_LEFT = frozenset({"__pycache__", "node_modules", "Thumbs.db", "desktop.ini"})
_SECRET = ("secret", "password", "passwd", "token", "credential", "口令", "密码", "密钥")
_KEYS = frozenset({".key", ".pem", ".p12", ".pfx", ".env"})


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a package, relative and sorted, and what keeps the folder from being one."""

    files: tuple[str, ...]
    problems: tuple[str, ...] = ()
    left: tuple[str, ...] = ()  # not packed: caches, hidden files

    @property
    def python(self) -> tuple[str, ...]:
        """The Python files, tests left out: those the program could run."""
        found = (one for one in self.files if one.endswith(".py"))
        return tuple(one for one in found if not one.startswith("tests/"))


def contents(folder: Path) -> Contents:
    """Look through the folder; never follows a link and reads no more than the first bytes."""
    files: list[str] = []
    problems: list[str] = []
    left: list[str] = []
    size = 0
    for parent, folders, names in os.walk(folder):
        links = [one for one in folders if Path(parent, one).is_symlink()]
        problems += [f"{_shown(folder, parent, one)}:链接不能打包;放入文件夹本身" for one in links]
        hidden = [one for one in folders if _is_left(one)]
        left += [f"{_shown(folder, parent, one)}/" for one in hidden]
        folders[:] = sorted(one for one in folders if one not in hidden and one not in links)
        for name in sorted(names):
            path, shown = Path(parent, name), _shown(folder, parent, name)
            if _is_left(name):
                left.append(shown)
                continue
            problem = name_problem(shown) or _file_problem(path, shown)
            if problem:
                problems.append(problem)
                continue
            files.append(shown)
            size += path.stat().st_size
    if len(files) > MOST_FILES:
        problems.append(f"共 {len(files)} 个文件,超过 {MOST_FILES} 个;只放专题要用的文件")
    if size > MOST_ALL:
        problems.append(f"合计 {size >> 20} MB,超过 {MOST_ALL >> 20} MB;样例数据只留几期")
    problems += same_names(files)
    return Contents(tuple(sorted(files)), tuple(problems), tuple(sorted(left)))


def name_problem(name: str) -> str:
    """Why a file of that relative name can be in no package; empty when it can."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or "\\" in name
        or any(one in ("..", ".") for one in parts)
    ):
        return f"{name!r}:不是专题文件夹之内的文件名;改名后再打包"
    if "/".join(parts) != name or ":" in name or len(name) > 200:
        return f"{name!r}:文件名写法不对或太长;改短,不用冒号"
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        return f"{name!r}:文件名里有看不见的字符;改名后再打包"
    suffix, stem = PurePosixPath(name).suffix.lower(), parts[-1].lower()
    if suffix in _KEYS or (suffix != ".py" and any(one in stem for one in _SECRET)):
        return f"{name}:像是口令或密钥,不能打包;移到专题文件夹之外,由 config.toml 引用"
    if suffix not in _TEXT and suffix not in _BINARY:
        kinds = "、".join(sorted(one.removeprefix(".") for one in (*_TEXT, *_BINARY)))
        return f"{name}:这种文件不能放在专题里;只收 {kinds}"
    return ""


def content_problem(name: str, raw: bytes) -> str:
    """Why the content does not fit the name; `raw` may be its beginning only."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _BINARY:
        if not raw.startswith(_BINARY[suffix]):
            return f"{name}:内容不是 {suffix.removeprefix('.')} 文件;请重新另存"
    elif b"\0" in raw:
        return f"{name}:不是文字文件;请另存为 UTF-8 文字"
    return ""


def same_names(names: list[str]) -> list[str]:
    """Names that some disks take for one: they differ only in case or in how letters are built."""
    seen: dict[str, str] = {}
    problems = []
    for name in names:
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            problems.append(f"{name} 与 {seen[folded]} 只差大小写,有的磁盘分不开;改掉一个")
        seen.setdefault(folded, name)
    return problems


def _file_problem(path: Path, shown: str) -> str:
    if path.is_symlink():
        return f"{shown}:链接不能打包;放入文件本身"
    if not path.is_file():
        return f"{shown}:不是普通文件;请移走"
    if path.stat().st_size > MOST_FILE:
        return f"{shown}:超过 {MOST_FILE >> 20} MB;样例数据只留几期,大文件走图层上传"
    try:
        with path.open("rb") as file:
            return content_problem(shown, file.read(4096))
    except OSError as wrong:
        return f"{shown}:读不了({wrong.strerror});请检查权限"


def _is_left(name: str) -> bool:
    return name.startswith((".", "~$")) or name in _LEFT or name.endswith((".pyc", ".tmp", "~"))


def _shown(folder: Path, parent: str, name: str) -> str:
    return (Path(parent) / name).relative_to(folder).as_posix()
