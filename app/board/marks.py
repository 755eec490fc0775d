"""What has to be said beside a value on map and tables: late, no longer updated, doubtful."""

from __future__ import annotations

from datetime import datetime

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.freshness import Freshness, indicator_age

WORDS = {"dead": "停更", "suspect": "存疑", "late": "迟", "estimated": "估算"}
"""Every mark and its word, the gravest first; of several only the first is drawn."""

DOUBT = {ValueStatus.SUSPECT: "存疑", ValueStatus.ESTIMATED: "估算"}


def mark_of(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> str:
    """The mark of the newest value; empty where it is as it should be, or not there at all."""
    if latest is None or latest.value is None:
        return ""
    found = {
        "dead": (age := indicator_age(spec, latest, now)).state is Freshness.DEAD,
        "suspect": latest.status is ValueStatus.SUSPECT,
        "late": age.state is Freshness.LATE,
        "estimated": latest.status is ValueStatus.ESTIMATED,
    }
    return next((name for name, holds in found.items() if holds), "")


def mark_text(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> str:
    """The mark in words, with how late it is."""
    mark = mark_of(spec, latest, now)
    if mark in ("dead", "late"):
        return indicator_age(spec, latest, now).said
    return WORDS.get(mark, "")
