"""Times as people read them in Asia/Shanghai (SCREENS §6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(moment: datetime) -> datetime:
    """The moment on Shanghai's clock."""
    return moment.astimezone(SHANGHAI)


def moment_text(moment: datetime, now: datetime) -> str:
    """A moment seen from `now`: today "10:22", yesterday "昨 15:40", else "18日 16:30".

    Of another year it names the year: what is old must not read as of this year.
    """
    there, here = local(moment), local(now)
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return clock
    if there.date() == here.date() - timedelta(days=1):
        return f"昨 {clock}"
    if (there.year, there.month) == (here.year, here.month):
        return f"{there.day}日 {clock}"
    if there.year == here.year:
        return f"{there.month}月{there.day}日 {clock}"
    return f"{there:%Y-%m-%d} {clock}"
