"""Which panels a topic's page has: those its manifest names, else a plain set from its indicators.

A topic that declares only indicators still has a page: a list of them, a ranking of the first one
that counties have, and its course.
"""

from __future__ import annotations

from topics.kit.manifest import Manifest
from topics.kit.manifest_panels import PanelSpec

_MOST_PLAIN = 12  # indicators listed where the manifest names no panel


def panels_of(topic: Manifest, tab: str | None) -> tuple[tuple[str, PanelSpec], ...]:
    """The page's panels with their ids, in order; of one tab, or (None) of all."""
    own = [
        (f"p{number}", one) for number, one in enumerate(topic.panels, 1) if one.place == "topic"
    ]
    return tuple(
        (name, one) for name, one in own or _plain(topic) if tab is None or one.tab in ("", tab)
    )


def _plain(topic: Manifest) -> list[tuple[str, PanelSpec]]:
    named = tuple(one.id for one in topic.indicators)[:_MOST_PLAIN]
    if not named:
        return []
    made = [PanelSpec(title=topic.title, kind="kpi", indicators=named, size=3)]
    below = [one.id for one in topic.indicators if "county" in one.levels]
    if below:
        ranked = PanelSpec(
            title="各县(市、区)",
            kind="ranking",
            area="right",
            indicators=(below[0],),
            level="county",
            size=3,
        )
        made.append(ranked)
        made.append(PanelSpec(title="地图", kind="map", indicators=(below[0],), layers=()))
    course = PanelSpec(title="走势", kind="trend", area="under", indicators=named, size=2)
    return [(f"d{number}", one) for number, one in enumerate([*made, course], 1)]
