"""What an uploaded file is called on screens; never a path of ours."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

_LONGEST = 200
_NAMELESS = "未命名"
# Control characters, direction overrides ("fdp.exe" shown as "exe.pdf"), halves of surrogates.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def display_name(given: str) -> str:
    """The last part of `given` without what no screen shows, short enough, its ending kept."""
    shown = "".join(one for one in given if unicodedata.category(one) not in _HIDDEN)
    name = shown.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    if name in {"", ".", ".."}:
        return _NAMELESS
    if len(name) <= _LONGEST:
        return name
    ending = PurePosixPath(name).suffix[-20:]
    return name[: _LONGEST - len(ending) - 1] + "…" + ending
