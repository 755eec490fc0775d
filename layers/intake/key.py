"""The column that features are recognised by over versions, found under its usual other names."""

from __future__ import annotations

from dataclasses import replace

from layers.contracts import Problem
from layers.errors import UnreadableFile
from layers.intake.attributes import key_texts
from layers.intake.prepare import Prepared

# Files of the same thing from different sources name its code differently.
_CODES = ("code", "adcode", "行政区划代码", "区划代码", "xzqdm", "pac", "代码", "编码")


def with_key(prepared: Prepared, key: str | None, name: str) -> Prepared:
    """The features with a column `key`; raises UnreadableFile when nothing can stand for it.

    A key named `code` is also found as adcode, 行政区划代码 and so on, and then kept as text.
    """
    columns = {str(column).lower(): str(column) for column in prepared.frame.columns}
    if key is None or key in prepared.frame.columns:
        return prepared
    others = [columns[one] for one in _CODES if one in columns] if key in _CODES else []
    if not others:
        shown = "、".join(one for one in list(columns.values())[:8] if one != "geometry")
        raise UnreadableFile(f"{name}:没有关键字段“{key}”(现有:{shown});请补上该列,或用 --key 指明")
    frame = prepared.frame.copy(deep=False)
    frame.insert(0, key, key_texts(frame[others[0]]))
    told = Problem(None, key, f"取自“{others[0]}”列", "无需处理;如不对请用 --key 指明")
    return replace(prepared, frame=frame, problems=(*prepared.problems, told))
