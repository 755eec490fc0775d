"""own: a panel that the topic's own function makes, from what this person may see."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.figures.ink import ink
from app.topic.kinds.trend import THEMES
from app.topic.made import Made, column
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.contracts import Observation, Region
from topics.kit.errors import BadManifest
from topics.kit.manifest_panels import PanelSpec
from topics.kit.pages.own import OwnFunction, OwnPage, OwnPanel


def own(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Its rows as cells, its figure in both themes; what is no JSON number becomes null."""
    assert panel.draw is not None
    topic = view.asked.topic
    try:
        function: OwnFunction = view.services.catalogue.function(topic.id, panel.draw)
    except BadManifest as wrong:
        return Made({}, [], [], "", message=str(wrong))
    given = function(_page(view, panel))
    used: list[Observation] = []
    rows = [{key: _cell(view, value, used) for key, value in row.items()} for row in given.rows]
    columns = [column(one.key, one.title, one.unit, one.align) for one in given.columns]
    return Made(
        data=plain({**given.data, "as": given.kind, "rows": rows, "html": None}),
        columns=columns,
        rows=plain(rows),
        sentence=given.sentence,
        used=used,
        figure=_figure(given),
        subtitle=given.subtitle,
    )


def plain(found: Any) -> Any:
    """The value in JSON's own kinds: arrays as lists, numpy numbers as numbers, NaN as null."""
    if isinstance(found, Mapping):
        return {str(key): plain(one) for key, one in found.items()}
    if isinstance(found, str) or found is None or isinstance(found, bool):
        return found
    if hasattr(found, "tolist"):
        return plain(found.tolist())
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    if isinstance(found, Sequence):
        return [plain(one) for one in found]
    return found if isinstance(found, int) else str(found)


def _figure(given: OwnPanel) -> dict[str, Any] | None:
    if given.figure is None:
        return None
    return {theme: plain(given.figure(theme)) for theme in THEMES}  # type: ignore[arg-type]


def _cell(view: View, value: Any, used: list[Observation]) -> Any:
    if not isinstance(value, Observation):
        return "—" if value is None else plain(value)
    spec = view.spec(value.indicator)
    region = view.services.regions.find(value.region)
    if region is None or not view.seen.sees(spec, value.period):
        return view.refused(spec)
    used.append(value)
    return view.cell(spec.id, region, now=value)


def _page(view: View, panel: PanelSpec) -> OwnPage:
    regions, day = view.services.regions, view.asked.today

    def recent(indicator: str, region: str, count: int) -> Sequence[Observation]:
        if not view.seen.readable(indicator):
            return ()
        return view.seen.recent(indicator, region, max(2, count))[-max(1, count) :]

    def latest(indicator: str, region: str) -> Observation | None:
        found = recent(indicator, region, 1)
        return found[-1] if found else None

    def children(code: str) -> Sequence[Region]:
        return regions.children(code, day)

    def sites(code: str, kind: str) -> Sequence[Region]:
        return regions.sites(code, kind or None, day)

    return OwnPage(
        region=view.asked.region,
        site=view.asked.site,
        now=view.asked.now,
        as_of=view.asked.as_of,
        indicators=panel.indicators,
        latest=latest,
        recent=recent,
        children=children,
        sites=sites,
        colour=lambda token, theme: ink(theme)[token],
    )
