"""What readers and checks advise names the command's options; on a screen it names the fields."""

from __future__ import annotations

import re
from typing import Any

_FIELDS = {
    "crs": "坐标系",
    "encoding": "编码",
    "part": "文件里的哪一个",
    "purpose": "用途",
    "column": "列的含义",
    "key": "主键",
    "parameters": "七参数",
    "header-rows": "表头行数",
}
_OPTION = re.compile(rf" ?--({'|'.join(_FIELDS)})(?![\w-]) ?")


def for_screen(value: Any) -> Any:
    """The same JSON with every option of a command replaced by the name of its field."""
    if isinstance(value, str):
        return _OPTION.sub(lambda found: f"“{_FIELDS[found[1]]}”", value)
    if isinstance(value, dict):
        return {key: for_screen(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [for_screen(one) for one in value]
    return value
