"""What a report of a case may say: where it comes from, when and where it was, in what words."""

from __future__ import annotations

from datetime import datetime, timedelta

from topics.kit.cases.contracts import Report

SOURCES = {
    "form": "网页上报",
    "phone": "手机上报",
    "api": "系统接口",
    "hotline": "12345 热线",
    "grid-app": "网格员",
    "video": "视频分析",
    "alert": "监测告警",
    "import": "表格导入",
}
"""Where cases come from, in the words of the desk."""

_LATE = timedelta(minutes=10)  # clocks of other systems differ by so much
_OLDEST = timedelta(days=5 * 366)
_MOST_TEXT = 4000


KEPT_IN_DOUBT = frozenset({"import", "api", "video", "hotline", "grid-app"})
"""Sources that nobody can ask back: a point outside its region is kept, to be verified."""


def wrong_of(report: Report, now: datetime) -> list[tuple[str, str]]:
    """(item, what is wrong and how it should be) of a report, whatever its place and category."""
    found = []
    if report.source not in SOURCES:
        found.append(("source", f"来源 {report.source!r} 不认识;可用:{'、'.join(SOURCES)}"))
    if report.at > now + _LATE:
        found.append(("at", "上报时间在将来;请核对时间和时区(北京时间写 +08:00)"))
    if report.at < now - _OLDEST:
        found.append(("at", "上报时间在五年以前;请核对年份"))
    if not report.text.strip():
        found.append(("text", "没有写明情况;请补上 text"))
    if len(report.text) > _MOST_TEXT:
        found.append(("text", f"情况说明最多 {_MOST_TEXT} 字;请写要点,其余放附件"))
    return found + _wrong_point(report)


def _wrong_point(report: Report) -> list[tuple[str, str]]:
    longitude, latitude = report.longitude, report.latitude
    if (longitude is None) != (latitude is None):
        return [("lon", "经度和纬度要么都写,要么都不写")]
    if longitude is None or latitude is None:
        return []
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return [("lon", f"坐标 {longitude}, {latitude} 不在地球上;请写 WGS-84 的经度、纬度(度)")]
    return []
