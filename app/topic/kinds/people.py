"""windrose: how often the wind comes from where, how strong; pyramid: people by age and sex."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.figures.roses import pyramid_figure, rose_figure
from app.topic.kinds.focus import focus_place
from app.topic.kinds.trend import THEMES, window_text
from app.topic.made import Made, column, period_of
from app.topic.scope import Scope, place_of
from app.topic.view import View
from topics.kit.contracts import Observation
from topics.kit.durations import parse_duration
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.numbers import write_plain

SECTORS = (
    *("北", "北东北", "东北", "东东北", "东", "东东南", "东南", "南东南"),
    *("南", "南西南", "西南", "西西南", "西", "西西北", "西北", "北西北"),
)
CALM = 0.3
"""m/s; below it the wind has no direction (风力 0 级, GB/T 28591-2012 表 1, unverified)."""
FORCES = (("1 级", 1.6), ("2 级", 3.4), ("3 级", 5.5), ("4 级及以上", float("inf")))
"""Upper ends of the forces in m/s (GB/T 28591-2012 表 1, unverified)."""
_WINDOW, _MOST = "30d", 20_000


def windrose(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Shares of the hours with both direction and speed; calm ones are counted apart."""
    direction, speed = (view.spec(one) for one in panel.indicators)
    region = focus_place(view, direction, panel) or view.asked.region
    pairs = _pairs(view, panel, region.code)
    calm = sum(1 for _, force in pairs if force < CALM)
    counts = [[0] * len(SECTORS) for _ in FORCES]
    for degrees, force in pairs:
        if force >= CALM:
            counts[_force(force)][sector_of(degrees)] += 1
    total = len(pairs)
    shares = [[number / total * 100 if total else 0.0 for number in row] for row in counts]
    parts = [(name, row) for (name, _), row in zip(FORCES, shares, strict=True)]
    sums = [sum(row[n] for row in shares) for n in range(len(SECTORS))]
    newest = view.latest(speed.id, region.code)
    rows: list[dict[str, Any]] = [
        {
            "sector": name,
            **{f"f{k}": write_plain(shares[k][n], 1) for k in range(len(FORCES))},
            "sum": write_plain(sums[n], 1),
        }
        for n, name in enumerate(SECTORS)
    ]
    return Made(
        data={"hours": total, "calm": calm, "sectors": list(SECTORS)},
        columns=[
            column("sector", "风向"),
            *(column(f"f{k}", name, "%", "right") for k, (name, _) in enumerate(FORCES)),
            column("sum", "合计", "%", "right"),
        ],
        rows=rows if total else [],
        sentence=_rose_sentence(view.region_name(region), panel, total, calm, sums),
        used=[newest] if newest is not None and total else [],
        figure={theme: rose_figure(SECTORS, parts, theme) for theme in THEMES}  # type: ignore[arg-type]
        if total
        else None,
        subtitle=f"{view.region_name(region)} · {window_text(panel.window or _WINDOW)}",
    )


def sector_of(degrees: float) -> int:
    """The sector of 22.5° around its middle; 0 is north."""
    return int((degrees + 11.25) // 22.5) % len(SECTORS)


def pyramid(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Men to the left, women to the right, the youngest at the foot."""
    groups, half = panel.columns, len(panel.columns)
    specs = [view.spec(one) for one in panel.indicators]
    region = place_of(specs[0], view.asked) or view.asked.region
    cells = [view.cell(one.id, region) for one in specs]
    found = [
        view.latest(one.id, region.code) if view.seen.readable(one.id) else None for one in specs
    ]
    values = [one.value if one else None for one in found]
    men, women = values[:half], values[half:]
    used = [one for one in found if one is not None]
    return Made(
        data={"unit": specs[0].unit, "groups": list(groups), "male": men, "female": women},
        columns=[
            column("group", "年龄组"),
            column("male", "男", specs[0].unit, "right"),
            column("female", "女", specs[0].unit, "right"),
        ],
        rows=[
            {"group": group, "male": cells[n], "female": cells[half + n]}
            for n, group in enumerate(groups)
        ],
        sentence=_pyramid_sentence(view, panel, region.name, specs[0].unit, values, used),
        used=used,
        figure={
            theme: pyramid_figure(groups, ("男", men), ("女", women), theme)  # type: ignore[arg-type]
            for theme in THEMES
        }
        if used
        else None,
        subtitle=f"{view.region_name(region)} · {specs[0].unit}",
    )


def _pairs(view: View, panel: PanelSpec, region: str) -> list[tuple[float, float]]:
    names = list(panel.indicators)
    if not all(view.seen.readable(one) for one in names):
        return []
    found = view.services.observations.listed(
        indicators=names,
        regions=[region],
        start=view.asked.now - parse_duration(panel.window or _WINDOW) - timedelta(hours=1),
        as_of=view.asked.as_of,
        limit=_MOST,
    )
    held: dict[str, dict[Any, float]] = {name: {} for name in names}
    for one in found:
        if one.value is not None and view.seen.sees(view.spec(one.indicator), one.period):
            held[one.indicator][one.period] = one.value
    directions, speeds = (held[name] for name in names)
    # A direction of -1, 999 or 400 is a fault of the instrument, not north.
    return [
        (degrees, speeds[period])
        for period, degrees in directions.items()
        if period in speeds and 0 <= degrees <= 360 and speeds[period] >= 0
    ]


def _force(speed: float) -> int:
    return next(n for n, (_, below) in enumerate(FORCES) if speed < below)


def _rose_sentence(
    place: str, panel: PanelSpec, total: int, calm: int, sums: Sequence[float]
) -> str:
    span = window_text(panel.window or _WINDOW)
    if not total:
        return f"{place}{span}没有风向风速数据。"
    most = max(range(len(sums)), key=lambda n: sums[n])
    return (
        f"{place}{span}有风向风速数据 {total} 小时,最多的是{SECTORS[most]}风,"
        f"占 {write_plain(sums[most], 1)}%;静风占 {write_plain(calm / total * 100, 1)}%。"
    )


def _pyramid_sentence(
    view: View,
    panel: PanelSpec,
    place: str,
    unit: str,
    values: Sequence[float | None],
    used: Sequence[Observation],
) -> str:
    known = [one for one in values if one is not None]
    if not known:
        return f"{place}没有分年龄、性别的人口数据。"
    half = len(panel.columns)
    men = sum(one or 0.0 for one in values[:half])
    women = sum(one or 0.0 for one in values[half:])
    missing = len(values) - len(known)
    sums = f"男 {write_plain(men, 0)}{unit}、女 {write_plain(women, 0)}{unit}"
    said = f"{period_of(view, used)}{place}{sums}"
    if missing:
        return f"{said}(缺 {missing} 组,合计不全)。"
    ratio = f",性别比 {write_plain(men / women * 100, 1)}(女=100)" if women else ""
    return f"{said}{ratio}。"
