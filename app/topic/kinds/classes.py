"""classes: how many regions or sites are in each class, as a bar of segments."""

from __future__ import annotations

from collections.abc import Sequence

from app.topic.kinds.listing import named
from app.topic.made import Made, column, period_of, shown_of
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.pages.limits import Band
from topics.kit.words.numbers import write_plain


def classes(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Missing ones leave the denominator and are counted apart (PRACTICE 7)."""
    spec = view.spec(panel.indicators[0])
    groups: dict[str, list[Region]] = {}
    bands: dict[str, Band] = {}
    missing: list[Region] = []
    for region in scope.rows:
        one = view.latest(spec.id, region.code) if view.seen.readable(spec.id) else None
        band = None if one is None else view.band(spec, region, one.value, one.period)
        if band is None:
            missing.append(region)
            continue
        groups.setdefault(band.label, []).append(region)
        bands[band.label] = band
    every = _labels(view, spec, scope.rows)
    labels = [one for one in every if one in groups]
    segments = [
        {
            "label": label,
            "colour": bands[label].colour,
            "count": len(groups[label]),
            "codes": [one.code for one in groups[label]],
        }
        for label in labels
    ]
    good = _good(spec, panel, every, groups, len(scope.rows) - len(missing))
    used = shown_of(view, panel, scope.rows)
    rows = [
        {
            "class": label,
            "count": str(len(groups[label])),
            "names": "、".join(view.short(one) for one in groups[label]),
        }
        for label in labels
    ]
    if missing:
        names = "、".join(view.short(one) for one in missing)
        rows.append({"class": "缺测", "count": str(len(missing)), "names": names})
    what = named(view, scope.rows)
    return Made(
        data={
            "total": len(scope.rows),
            "missing": len(missing),
            "segments": segments,
            "line": good,
        },
        columns=[
            column("class", "类别"),
            column("count", "个数", "个", "right"),
            column("names", "名称"),
        ],
        rows=rows,
        sentence=_sentence(view, what, segments, good, missing, period_of(view, used)),
        used=used,
        subtitle=what,
    )


def _labels(view: View, spec: IndicatorSpec, regions: Sequence[Region]) -> list[str]:
    for region in regions:
        limits = view.limits(spec, region)
        if limits is not None:
            return [one.label for one in limits.bands]
    return [one.label for one in spec.classes]


def _good(
    spec: IndicatorSpec,
    panel: PanelSpec,
    labels: Sequence[str],
    groups: dict[str, list[Region]],
    known: int,
) -> str:
    """How many are good of those that are known; panel.good_upto is the last good class."""
    if not panel.good or not known:
        return ""
    within = labels[: labels.index(panel.good_upto) + 1] if panel.good_upto in labels else []
    if not panel.good_upto and spec.thresholds is not None and spec.direction != "none":
        within = [
            one.label
            for one, below in zip(spec.classes, [None, *spec.classes], strict=False)
            if _within(spec, one.upto, below.upto if below else None)
        ]
    if not within:
        return ""
    count = sum(len(groups.get(label, ())) for label in within)
    span = within[0] if len(within) == 1 else f"{within[0]}–{within[-1]}"
    return f"{panel.good}({span}) {count}/{known} = {write_plain(count / known * 100, 1)}%"


def _within(spec: IndicatorSpec, upto: float | None, above: float | None) -> bool:
    assert spec.thresholds is not None
    if spec.direction == "lower":
        return upto is not None and upto <= spec.thresholds.warn
    return above is not None and above >= spec.thresholds.warn


def _sentence(
    view: View,
    what: str,
    segments: Sequence[dict[str, object]],
    good: str,
    missing: Sequence[Region],
    period: str,
) -> str:
    head = view.head(view.asked.region, what, period)
    if not segments:
        return f"{head}都还没有数据。"
    parts = [f"{head}:" + "、".join(f"{one['label']} {one['count']} 个" for one in segments)]
    if good:
        parts.append(good)
    if missing:
        parts.append(f"缺测 {len(missing)} 个({'、'.join(view.short(one) for one in missing)})")
    return ",".join(parts) + "。"
