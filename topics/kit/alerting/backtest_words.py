"""A trial of a rule in one sentence: how often, where, how long, how much of it was noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from topics.kit.alerting.backtest import Episode, Outcome
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.quality.freshness import elapsed

_ZONE = ZoneInfo("Asia/Shanghai")
_NIGHT = (22, 6)
_PLACES = 3  # named, the others are summed up
_WHOLE = timedelta(days=1)  # lacking at the beginning hardly matters
_KEPT = {
    "forecast": ("预测", "预测从 {since} 起才有保存"),
    "anomaly": ("异常评分", "异常评分从 {since} 起才有保存"),
    "no_data": ("到数时间", "到数时间从 {since} 起才有记录,之前的历史是一次导入的"),
    "late": ("到数时间", "到数时间从 {since} 起才有记录,之前的历史是一次导入的"),
    "density": ("事件", "带位置的事件从 {since} 起才有"),
}


def told(outcome: Outcome, name: Callable[[str], str] = str) -> str:
    """这条规则去年会触发 41 次,其中 红 3、橙 8;曲江区 12 次最多;最长 …;夜间(22–6 时)占 31 %。

    `name` gives a place's name. Where the history does not reach back, it says from when on.
    """
    short = _shortage(outcome)
    when = _when(outcome)
    if not outcome.values:
        what = _KEPT.get(outcome.kind, ("数据", ""))[0]
        return f"这条规则所看的指标{when}没有{what},说不出会触发几次"
    parts = [*_counted(outcome, when, name), *([short] if short else [])]
    if outcome.loaded:
        share = outcome.loaded * 100 / outcome.values
        parts.append(f"{share:.0f} % 的数值是后来一次导入的,按期末即到推演")
    return ";".join(parts)


def _counted(outcome: Outcome, when: str, name: Callable[[str], str]) -> list[str]:
    episodes = outcome.episodes
    avoided = [f"另有 {outcome.dropped} 次超限不足持续时长,不告警"] if outcome.dropped else []
    if not episodes:
        facts = "件事件" if outcome.kind == "density" else "个数值"
        facts = {"forecast": "次预测", "anomaly": "个评分"}.get(outcome.kind, facts)
        seen = f"{outcome.series} 个地点、{outcome.values} {facts}"
        return [f"这条规则{when}一次也不会触发({seen})", *avoided]
    counted = [(one, outcome.levels[one]) for one in AlertLevel if one in outcome.levels]
    shares = "、".join(f"{level} {count}" for level, count in counted)
    night = sum(_at_night(one.start) for one in episodes)
    still = sum(one.end is None for one in episodes)
    brief = sum(_lasted(outcome, one) <= outcome.brief for one in episodes if one.end)
    return [
        f"这条规则{when}会触发 {len(episodes)} 次,其中 {shares}",
        f"中位持续 {elapsed(_middle(outcome))}",
        *_places(outcome, name),
        *([f"{brief} 次一闪而过(不超过 {elapsed(outcome.brief)}),像误报"] if brief else []),
        f"夜间(22–6 时)占 {night * 100 / len(episodes):.0f} %",
        *avoided,
        *([f"{still} 次到期末还没有解除"] if still else []),
    ]


def _places(outcome: Outcome, name: Callable[[str], str]) -> list[str]:
    """By place where there are several, and the longest one where there are several of them."""
    counts = Counter(one.region for one in outcome.episodes)
    found = []
    if len(counts) > 1:
        most = counts.most_common(_PLACES)
        named = "、".join(f"{name(code)} {count}" for code, count in most)
        rest = len(counts) - len(most)
        more = f",其余 {rest} 处 {counts.total() - sum(n for _, n in most)}" if rest else ""
        found.append(f"按地点 {named}{more}")
    if len(outcome.episodes) > 1:
        one = max(outcome.episodes, key=lambda each: _lasted(outcome, each))
        begun = one.start.astimezone(_ZONE)
        place = f"{name(one.region)} " if len(counts) > 1 else ""
        text = f"{place}{begun.month} 月 {begun.day} 日起 {elapsed(_lasted(outcome, one))}"
        found.append(f"最长 {text}")
    return found


def _when(outcome: Outcome) -> str:
    covered = outcome.covered
    days = covered / timedelta(days=1)
    if 350 <= days <= 380:
        return "去年"
    return f"近 {days:.0f} 天" if days >= 1 else f"近 {elapsed(covered)}"


def _shortage(outcome: Outcome) -> str:
    since = outcome.since
    if since is None or since - outcome.start <= _WHOLE or outcome.kind not in _KEPT:
        return ""
    day = since.astimezone(_ZONE)
    said = _KEPT[outcome.kind][1].format(since=f"{day:%Y-%m-%d}")
    return f"{said},更早的说不出"


def _lasted(outcome: Outcome, one: Episode) -> timedelta:
    return (one.end or outcome.end) - one.start


def _middle(outcome: Outcome) -> timedelta:
    return timedelta(
        seconds=median(_lasted(outcome, one).total_seconds() for one in outcome.episodes)
    )


def _at_night(moment: datetime) -> bool:
    hour = moment.astimezone(_ZONE).hour
    return hour >= _NIGHT[0] or hour < _NIGHT[1]
