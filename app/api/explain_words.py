"""Small wordings of an explanation: how a source is fetched, how a run went, when lamps turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.runs import RunRecord
from topics.kit.words.clock import moment_text
from topics.kit.words.numbers import write_plain
from topics.kit.words.values import class_name

_KINDS = {
    "http": "接口",
    "sql": "数据库直连,只读",
    "file": "文件",
    "push": "对方推送",
    "layer": "由图层统计",
    "python": "专题程序",
    "cases": "由事件计算",
}
_UNITS = ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒"))


def refresher_text(refresher: RefresherSpec) -> str:
    """How often and in what way: 接口 · 每 15 秒."""
    interval = refresher.interval
    often = f"每 {span_text(interval)}" if interval else refresher.cron or ""
    return " · ".join(one for one in (_KINDS[refresher.kind], often) if one)


def span_text(span: timedelta) -> str:
    """A round stretch of time: 15 秒, 5 分钟, 1 小时."""
    seconds = int(span.total_seconds())
    size, unit = next((one for one in _UNITS if seconds % one[0] == 0), _UNITS[-1])
    return f"{seconds // size} {unit}"


def run_text(run: RunRecord, now: datetime) -> str:
    """How a run went: 10:20 成功,读 11 行、采用 11 行、退回 0 行,1.8 秒."""
    at = moment_text(run.finished or run.started, now)
    if run.finished is None:
        return f"{at} 开始,正在取数"
    if run.ok is False:
        return f"{at} 失败:{run.error}"
    took = (run.finished - run.started).total_seconds()
    rows = f"读 {run.read} 行、采用 {run.kept} 行、退回 {run.refused} 行"
    return f"{at} 成功,{rows},{write_plain(took, 1)} 秒"


def rule_text(spec: IndicatorSpec) -> str:
    """When the lamp turns yellow and red: 高于 9.0% 关注,高于 10.0% 超限."""
    limits = spec.thresholds
    if limits is None:
        return ""
    worse = "高于" if spec.direction == "lower" else "低于"
    if spec.shown == "class":
        warn, bad = (class_name(spec, one) for one in (limits.warn, limits.bad))
        return f"劣于 {warn} 关注,劣于 {bad} 超限"
    unit = spec.unit if spec.unit == "%" else f" {spec.unit}".rstrip()
    warn, bad = (write_plain(one, spec.precision) for one in (limits.warn, limits.bad))
    return f"{worse} {warn}{unit} 关注,{worse} {bad}{unit} 超限"
