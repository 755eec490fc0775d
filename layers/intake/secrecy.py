"""This is no system for state secrets: what names a secrecy level is not taken in."""

from __future__ import annotations

import re

import pandas as pd

from layers.errors import UnreadableFile

_LEVEL = re.compile(r"绝密|机密|秘密")
_COLUMNS = {"密级", "涉密等级", "保密等级"}


def refuse_secrets(name: str, frame: pd.DataFrame | None = None) -> None:
    """Raise UnreadableFile when the file's name or its 密级 column names a secrecy level."""
    found = _LEVEL.search(name)
    where = "文件名"
    if found is None and frame is not None:
        for column in _COLUMNS & set(frame.columns):
            for value in frame[column].dropna().astype(str).unique():
                found, where = found or _LEVEL.search(value), f"“{column}”列"
    if found is not None:
        raise UnreadableFile(
            f"{name}:{where}标有“{found[0]}”。本系统为非涉密系统,严禁上传国家秘密;"
            "请立即联系保密部门处理"
        )
