"""ranking: the regions or sites of one indicator as bars, with the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.topic.kinds.listing import named, order_of, ordered, places, value_of
from app.topic.made import Made, column, period_of, said_ends, shown_of
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.numbers import write_plain


def ranking(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The rows with their share of the greatest value; in statutory order nobody has a rank."""
    spec = view.spec(panel.indicators[0])
    order = order_of(view, panel)
    regions = ordered(view, spec, scope.rows, order)
    values = [value_of(view, spec, one) if view.seen.readable(spec.id) else None for one in regions]
    target = spec.target_on(view.asked.today)
    known = [abs(one) for one in values if one is not None]
    most = max([*known, abs(target.value) if target else 0.0], default=0.0)
    falling = order == "most" or (order in ("worst", "best") and spec.direction != "lower")
    ranks: Sequence[int | None] = places(values, falling=falling)
    if order == "statutory":
        ranks = [None] * len(values)
    rows: list[dict[str, Any]] = [
        {
            "code": region.code,
            "name": view.short(region),
            "share": abs(value) / most if value is not None and most else 0.0,
            "cell": view.cell(spec.id, region),
            "place": rank,
            "selected": region in (view.asked.region, view.asked.site),
        }
        for region, value, rank in zip(regions, values, ranks, strict=True)
    ]
    used = shown_of(view, PanelSpec(title="-", kind="kpi", indicators=(spec.id,)), regions)
    return Made(
        data={
            "indicator": spec.id,
            "unit": spec.unit,
            "target": target.value if target else None,
            "max": most,
            "rows": rows,
            "ordered": order,
        },
        columns=[
            *([] if order == "statutory" else [column("place", "名次", align="right")]),
            column("name", "名称"),
            column("value", spec.title, spec.unit, "right"),
            column("period", "时期"),
        ],
        rows=[
            {
                "place": "" if one["place"] is None else str(one["place"]),
                "name": one["name"],
                "value": one["cell"],
                "period": one["cell"]["period"],
                "code": one["code"],
            }
            for one in rows
        ],
        sentence=_sentence(view, spec, regions, rows, period_of(view, used)),
        used=used,
        subtitle=" · ".join(
            part
            for part in (
                spec.unit,
                period_of(view, used),
                f"竖线目标 {write_plain(target.value, spec.precision)}" if target else "",
                "法定顺序,不排名" if order == "statutory" else "",
            )
            if part
        ),
    )


def _sentence(
    view: View,
    spec: IndicatorSpec,
    regions: Sequence[Region],
    rows: Sequence[dict[str, Any]],
    period: str,
) -> str:
    known = [one for one in rows if one["cell"]["value"] is not None]
    head = view.head(view.asked.region, named(view, regions), period)
    if not known:
        return f"{head}的{spec.title}都还没有数据。"
    parts = [f"{head}的{spec.title}{said_ends(known)}"]
    target = spec.target_on(view.asked.today)
    if target is not None and spec.direction != "none":
        sign = 1 if spec.direction == "higher" else -1
        short = [one for one in known if sign * one["cell"]["value"] < sign * target.value]
        parts.append(f"未达目标 {write_plain(target.value, spec.precision)} 的 {len(short)} 个")
    if len(known) < len(rows):
        parts.append(f"缺数 {len(rows) - len(known)} 个")
    return ",".join(parts) + "。"
