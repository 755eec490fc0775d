"""docs/topic-manifest.md, written from the schema: `python -m topics.kit.manifest_docs`."""

from __future__ import annotations

import json
import types
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from topics.kit.durations import duration_text
from topics.kit.formula.functions import FUNCTIONS
from topics.kit.manifest import Manifest
from topics.kit.manifest_model import Table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "topic-manifest.md"

_INTRO = """\
# 专题清单 topic.toml

<!-- 由 `python -m topics.kit.manifest_docs` 从代码里的模式生成,不要手改 -->

一个专题是一个文件夹:`topic.toml`、少量取数函数、测试和样例数据。放进 `topics/`(随程序发布)或
运行数据目录的 `topics/`(安装的专题)即被发现,不需要改别处。不认识的键会被拒绝并给出改法。

- 新建:`tonglan topics new traffic --title 交通运行`
- 检查(离线,不运行任何代码):`tonglan topics check 文件夹`
- 打包、安装、换版、装到别的城市:见 [topics.md](topics.md)

编号都以专题编号开头,如 `ecology.pm25_hour`;`[topic] id` 与文件夹同名。时长写成 `30s`、`10m`、
`1h`、`7d`、`1mo`、`1q`、`1y`;运行计划写间隔,或 cron 五段(北京时间)。`模块:函数` 指专题文件夹里
`模块.py` 的函数,要有说明;安装的专题列入 config.toml 的 `[topics] allow_python` 才运行 Python。

同一类的许多指标写成一个:`[[indicators]]` 里加 `each = "items.csv"`(专题文件夹里的表),表的每一行
成为一个指标,文字里的 `{列名}` 换成该行的值,如 `id = "water.{item}_month"`、
`precision = "{precision}"`。
"""
_FORMULAS = """\
算式由指标编号、数、`+ - * /`、括号和下面的函数组成,可引用别的专题的指标。单位要对得上
(亿元与万元、件与户不能相加,比值变成 % 要乘以 100),累计与当月不能混用;
已公布增速的指标、地区生产总值、增加值、投资的增速只能引用公布值。
缺数、分母为 0、基数不大于 0、跨口径变化时不给结果并写明原因,从不当作 0。"""
_WORDS: dict[type, str] = {
    str: "文字",
    int: "整数",
    float: "数",
    bool: "true/false",
    date: "日期",
    timedelta: "时长",
}


def page() -> str:
    """The whole page as the schema demands it."""
    parts = [_INTRO]
    for name, field in Manifest.model_fields.items():
        table = _table_of(field.annotation)
        assert table is not None
        head = f"[{name}]" if name == "topic" else f"[[{name}]]"
        parts.append(_section(f"## `{head}` {field.description}", table))
        parts += [
            _section(f"### `{name}.{key}` {inner_field.description}", inner)
            for key, inner_field, inner in _inner_tables(table)
        ]
    parts.append(_functions())
    return "\n".join(parts)


def _functions() -> str:
    """The functions of the formula language, as the table of functions has them."""
    lines = ["## 公式的函数", "", _FORMULAS, "", "| 写法 | 说明 |", "|---|---|"]
    lines += [f"| `{one.usage.replace('|', '/')}` | {one.help} |" for one in FUNCTIONS.values()]
    return "\n".join(lines) + "\n"


def _section(title: str, table: type[Table]) -> str:
    lines = [title, "", "| 键 | 类型 | 缺省 | 说明 | 例 |", "|---|---|---|---|---|"]
    for name, field in table.model_fields.items():
        cells = (
            f"`{field.alias or name}`",
            _kind(field.annotation),
            _default(field),
            field.description or "",
            _example(field),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _inner_tables(table: type[Table]) -> list[tuple[str, FieldInfo, type[Table]]]:
    found = []
    for name, field in table.model_fields.items():
        inner = _table_of(field.annotation)
        if inner is not None:
            found.append((field.alias or name, field, inner))
    return found


def _table_of(annotation: Any) -> type[Table] | None:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation
    found = (_table_of(one) for one in get_args(annotation))
    return next((one for one in found if one is not None), None)


def _kind(annotation: Any) -> str:
    """The type as people say it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _kind(next(one for one in inner if one is not type(None)))
    if origin is Literal:
        return " / ".join(f"`{one}`" for one in inner)
    if origin is tuple:
        return f"列表:{_kind(inner[0])}"
    if origin is dict:
        return f"小表:{_kind(inner[0])} → {_kind(inner[1])}"
    if origin is not None:
        return _kind(inner[0])
    return _plain(annotation)


def _plain(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return "小表"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " / ".join(f"`{one.value}`" for one in annotation)
    return _WORDS.get(annotation, "文字")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**必填**"
    value = field.default
    if isinstance(value, Table) or value in (None, (), {}, "", timedelta(0)):
        return ""
    return f"`{_toml(value)}`"


def _example(field: FieldInfo) -> str:
    return f"`{_toml(field.examples[0])}`" if field.examples else ""


def _toml(value: Any) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {_toml(one)}" for key, one in value.items())
        return "{ " + inner + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.isascii() and key.isidentifier() else json.dumps(key, ensure_ascii=False)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
