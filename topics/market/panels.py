"""Two panels of the topic's own: the last draw as it is published, and food by category."""

from __future__ import annotations

from topics.kit.contracts import Observation
from topics.kit.pages.own import OwnColumn, OwnPage, OwnPanel
from topics.market.inspection_draw import rising_shares
from topics.market.publication import publication
from topics.market.sampling import PassRate, pass_rate

_NO_DRAW = "本市还没有双随机名录;把 draw/ 的三份名录放进运行数据目录的 topics/market/draw/。"
_CATEGORIES = {
    "grain": "粮食加工品", "produce": "食用农产品", "catering": "餐饮食品", "meat": "肉制品",
    "other": "其他食品",
}  # fmt: skip


def last_draw(page: OwnPage) -> OwnPanel:
    """Objects and drawn ones by class, with task, seed and digest, so that it can be redone."""
    found = publication()
    if not found.is_of(page.region.code):
        return OwnPanel(columns=[OwnColumn("class", "信用类别")], rows=[], sentence=_NO_DRAW)
    rows = [
        {
            "class": f"{one.risk} 类 · {one.meaning}",
            "objects": float(one.objects),
            "drawn": float(one.drawn),
            "percent": None if one.percent is None else round(one.percent, 1),
            "asked": round(100 * one.asked, 1),
        }
        for one in found.shares
    ]
    drawn, bad = len(found.rows), [one for one in found.rows if one["uscc_state"] != "正确"]
    flagged = f",其中 {len(bad)} 户代码未填或校验不符,已标出" if bad else ""
    rates = {one.risk: one.percent for one in found.shares if one.percent is not None}
    rising = "风险越高抽得越多(A ≤ B ≤ C ≤ D)" if rising_shares(rates) else "各类比例没有随风险上升"
    return OwnPanel(
        columns=[
            OwnColumn("class", "信用类别"),
            OwnColumn("objects", "名录", "户", "right"),
            OwnColumn("drawn", "抽取", "户", "right"),
            OwnColumn("percent", "实际", "%", "right"),
            OwnColumn("asked", "任务", "%", "right"),
        ],
        rows=rows,
        sentence=(
            f"{found.task.drawn_on} {found.task.title}:全市名录 "
            f"{sum(one.objects for one in found.shares)} 户抽 {drawn} 户{flagged};"
            f"{rising};任务公布的比例未核实。"
        ),
        subtitle=(
            f"任务 {found.task.code} · 种子 {found.task.seed} · "
            f"名录指纹 SHA-256 {found.draw.frame_digest}"
        ),
    )


def food_by_category(page: OwnPage) -> OwnPanel:
    """Pass rates of the categories with their Wilson intervals; none where counts contradict."""
    region = page.region.code
    rows = []
    best: list[tuple[str, PassRate]] = []
    for key, title in _CATEGORIES.items():
        tested = page.latest(f"market.food_{key}_tested", region)
        passed = page.latest(f"market.food_{key}_passed", region)
        rate = _rate(passed, tested)
        if rate is not None:
            best.append((title, rate))
        rows.append(
            {
                "category": title,
                "tested": tested,
                "passed": passed,
                "percent": _shown(rate.percent if rate else None),
                "low": _shown(rate.low if rate else None),
                "high": _shown(rate.high if rate else None),
            }
        )
    return OwnPanel(
        columns=[
            OwnColumn("category", "品种"),
            OwnColumn("tested", "抽检", "批次", "right"),
            OwnColumn("passed", "合格", "批次", "right"),
            OwnColumn("percent", "合格率", "%", "right"),
            OwnColumn("low", "95% 下限", "%", "right"),
            OwnColumn("high", "95% 上限", "%", "right"),
        ],
        rows=rows,
        sentence=_said(page, best),
        subtitle="95% Wilson 区间",
    )


def _rate(passed: Observation | None, tested: Observation | None) -> PassRate | None:
    """The rate of two counts of one period; None where one lacks or they contradict each other."""
    if passed is None or tested is None or passed.value is None or tested.value is None:
        return None
    if passed.period != tested.period or not 0 <= passed.value <= tested.value:
        return None
    rate = pass_rate(round(passed.value), round(tested.value))
    return None if rate.percent is None else rate


def _shown(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _said(page: OwnPage, known: list[tuple[str, PassRate]]) -> str:
    if not known:
        return f"{page.region.name}:分品种抽检只有全市数据,这里没有。"
    title, rate = min(known, key=lambda one: one[1].percent or 0.0)
    return f"{page.region.name}分品种合格率最低的是{title}:{rate.words}。"
