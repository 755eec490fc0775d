"""The overview's panels as Dash components; their JavaScript lies beside this file."""

from __future__ import annotations

from typing import ClassVar

from app.web.component import PlainComponent


class Frame(PlainComponent):
    """Live connection, bars of trouble, fact card, keys; sets `document.body.dataset.ready`."""

    _type = "Frame"


class Header(PlainComponent):
    """Brand, topics, air, freshness, clock and who is signed in."""

    _type = "Header"


class TopicColumn(PlainComponent):
    """Topic cards number `from` … `from + count` of the model, at the `side` left or right."""

    _type = "TopicColumn"
    properties: ClassVar[tuple[str, ...]] = ("id", "from", "count", "side")


class TopicTabs(PlainComponent):
    """Where one column fits: brings the left (first `count` topics) or the right one forward."""

    _type = "TopicTabs"
    properties: ClassVar[tuple[str, ...]] = ("id", "count")


class MapPanel(PlainComponent):
    """The city map with breadcrumb, layer switch, legend, zoom, scale and approval line."""

    _type = "MapPanel"


class CountyMatrix(PlainComponent):
    """县(市、区)体检: a row per county in statutory order, a lamp per topic."""

    _type = "CountyMatrix"


__all__ = ["CountyMatrix", "Frame", "Header", "MapPanel", "TopicColumn", "TopicTabs"]
