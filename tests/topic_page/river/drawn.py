"""Panels of the test topic's own."""

from __future__ import annotations

from dataclasses import replace

from topics.kit.pages.own import OwnColumn, OwnPage, OwnPanel


def balance(page: OwnPage) -> OwnPanel:
    """The rate of the region beside a word."""
    one = page.latest("river.good", page.region.code)
    columns = (OwnColumn("name", "名称"), OwnColumn("value", "数值", align="right"))
    rows = [{"name": page.region.name, "value": one}, {"name": "空", "value": None}]

    def figure(theme: str) -> dict[str, object]:
        value = one.value if one else None
        return {"data": [{"type": "bar", "y": [value]}], "layout": {}}

    return OwnPanel(columns, rows, f"{page.region.name}自绘。", figure)


def spy(page: OwnPage) -> OwnPanel:
    """Ask for what the person may not see."""
    one = page.latest("river.secret", page.region.code)
    found = page.recent("river.held", page.region.code, 5)
    base = page.latest("river.good", page.region.code)
    if base is not None:  # what a function makes up is no way round the rights either
        one = replace(base, indicator="river.secret", value=987654.321)
    rows = [{"name": "敏感", "value": one}, *({"name": "未发布", "value": x} for x in found)]
    return OwnPanel((OwnColumn("name", "名称"), OwnColumn("value", "数值")), rows, "探测。")


def broken(page: OwnPage) -> OwnPanel:
    """Fail."""
    raise RuntimeError("内部细节")
