"""The plain items of the catalogue (信息资源目录核心元数据) and what each may hold.

The numbers and the M/O marks are those of data/reference/catalogue_fields.csv; title, owner,
source, cadence and class live on the layer itself and are not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its key, Chinese title, whether a complete entry needs it, its permitted words."""

    key: str
    title: str
    needed: bool = False
    words: tuple[str, ...] = ()
    longest: int = 200


CONDITIONAL = "有条件共享"

ITEMS = (
    Item("abstract", "信息资源摘要", needed=True, longest=2000),
    Item("category", "信息资源分类", needed=True),
    Item("code", "信息资源代码", needed=True),
    Item("provider", "信息资源提供方", needed=True),
    Item("provider_dept", "提供方内部部门"),
    Item("provider_code", "资源提供方代码", needed=True, longest=18),
    Item("business", "关联业务/权责事项"),
    Item("share_type", "共享类型", needed=True, words=("无条件共享", CONDITIONAL, "不予共享")),
    Item("share_condition", "共享条件", longest=1000),
    Item("share_mode", "共享方式", needed=True, words=("平台", "接口", "文件")),
    Item("open_type", "开放类型", needed=True, words=("是", "有条件", "否")),
    Item("open_condition", "开放条件", longest=1000),
    Item("related", "关联资源代码"),
    Item("licence", "使用许可", longest=1000),
)
BY_KEY = {one.key: one for one in ITEMS}
