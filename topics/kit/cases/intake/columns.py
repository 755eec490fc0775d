"""Which column of a table says what: by the words of its head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from topics.kit.errors import BadCaseTable

FIELDS: dict[str, tuple[str, ...]] = {
    "category": (
        "类别", "案件类别", "事件类别", "小类", "小类名称", "类别名称", "事项类别", "问题类别",
        "分类", "category",
    ),
    "code": ("代码", "小类代码", "类别代码", "案件代码", "事件代码", "编码", "code"),
    "scheme": ("方案", "分类方案", "体系", "scheme"),
    "kind": ("种类", "大类型", "类型", "部件事项", "案件类型", "kind"),
    "region": (
        "区划代码", "行政区划", "行政区划代码", "所属区划", "区划", "县(市、区)", "县区",
        "县市区", "所属区域",
        "所属县区", "区县", "region",
    ),
    "town": ("镇街", "乡镇", "街道", "乡镇街道", "所属镇街", "town"),
    "longitude": ("经度", "lon", "lng", "longitude", "x", "x坐标", "坐标x"),
    "latitude": ("纬度", "lat", "latitude", "y", "y坐标", "坐标y"),
    "at": (
        "时间", "上报时间", "发生时间", "采集时间", "发现时间", "受理时间", "来电时间", "time",
    ),
    "text": ("描述", "问题描述", "案件描述", "事件描述", "内容", "诉求内容", "情况", "text"),
    "place": ("地址", "地点", "位置", "位置描述", "详细地址", "发生地址", "place", "address"),
    "contact": ("联系电话", "电话", "联系方式", "联系人", "来电号码", "contact"),
    "grid": ("网格", "网格编码", "单元网格", "网格代码", "grid"),
    "reference": (
        "编号", "案件编号", "工单编号", "工单号", "事件编号", "案卷号", "任务号", "reference", "id",
    ),
    "origin": ("来源", "问题来源", "案件来源", "事件来源", "origin"),
}  # fmt: skip
"""The words of each field, the best first. Marks, blanks and brackets do not count."""

_HEAD_ROWS = 10
_BRACKETS = re.compile(r"\uff08[^\uff09]*\uff09|\([^)]*\)")
_NOISE = re.compile(r"[\W_]+")


def find_columns(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The number of the head row (from 0) and the column of each field.

    The head is the row among the first ten in which most words are known. BadCaseTable names the
    columns that are needed.
    """
    known = {_plain(word): field for field, words in FIELDS.items() for word in words}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(rows[:_HEAD_ROWS]):
        found: dict[str, int] = {}
        for column, cell in enumerate(row):
            field = known.get(_plain(cell))
            if field is not None and field not in found:
                found[field] = column
        if len(found) > len(best[1]):
            best = (number, found)
    _check(best[1], rows)
    return best


def _check(found: dict[str, int], rows: Sequence[Sequence[str]]) -> None:
    missing = []
    if "category" not in found and "code" not in found:
        missing.append("类别(或 小类代码)")
    if "at" not in found:
        missing.append("上报时间")
    if not {"region", "town", "grid"} & found.keys() and not (
        {"longitude", "latitude"} <= found.keys()
    ):
        missing.append("区划代码(或 县(市、区)、镇街,或 经度 和 纬度)")
    if "text" not in found and "place" not in found:
        missing.append("问题描述")
    if missing:
        head = "、".join(one for one in (rows[0] if rows else ()) if one)[:120] or "没有表头"
        raise BadCaseTable(f"表里找不到列:{'、'.join(missing)};首行是:{head}。请按这些字写表头")


def _plain(word: str) -> str:
    return _NOISE.sub("", _BRACKETS.sub("", word)).lower()
