"""现值: what the series of open alerts say now, beside the value that each alert fired with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.released import newest_visible
from app.security.contracts import Subject
from app.services import Services
from topics.kit.alerting.contracts import Alert
from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.quality.freshness import indicator_age
from topics.kit.words.values import write_value


def latest_of(
    services: Services,
    alerts: Iterable[Alert],
    subject: Subject,
    now: datetime,
    as_of: datetime | None,
) -> dict[str, dict[str, Any]]:
    """Alert → the newest value of its series that the subject may see, as known at `as_of`.

    One reading for however many; nothing of alerts that are over or look at several indicators.
    """
    find = services.catalogue.find
    wanted = {
        one.id: (spec, one.key.region)
        for one in alerts
        if one.open and one.indicator and (spec := find(one.indicator)) is not None
    }
    if not wanted:
        return {}
    series = {(spec.id, region) for spec, region in wanted.values()}
    found = services.observations.latest_of(series, as_of=as_of)
    seen = newest_visible(services, subject, found, as_of=as_of)
    values = {(one.indicator, one.region): one for one in seen}
    return {
        alert: _told(spec, values[spec.id, region], now)
        for alert, (spec, region) in wanted.items()
        if (spec.id, region) in values
    }


def _told(spec: IndicatorSpec, one: Observation, now: datetime) -> dict[str, Any]:
    written, age = write_value(spec, one.value), indicator_age(spec, one, now)
    return {
        "text": written.text,
        "unit": written.unit,
        "value": one.value,
        "at": label(one.period, now=now),
        "stale": age.said if age.stale else "",
        "explain": f"{spec.id}|{one.region}|",
    }
