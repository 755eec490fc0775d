"""How long something lasts, as people read it (SCREENS §6)."""

from __future__ import annotations

from datetime import timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lasting(duration: timedelta) -> str:
    """Below an hour "19 分", below a day "1时44分", then "1天3时"; negative is none."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} 分"
    if seconds < _DAY:
        return f"{seconds // _HOUR}时{seconds % _HOUR // _MINUTE:02d}分"
    return f"{seconds // _DAY}天{seconds % _DAY // _HOUR}时"
