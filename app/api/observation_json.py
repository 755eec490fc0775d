"""Observations as the API spells them."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from app.api.page_marks import NOT_OURS
from app.errors import BadRequest
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.periods import ZONE, spelt
from topics.kit.texts import storable

Cursor = tuple[str, str, Period]


def observation_json(one: Observation, unit: str) -> dict[str, Any]:
    """The public form of an observation; `unit` is used when it carries none itself."""
    recorded = one.recorded_at
    return {
        "indicator": one.indicator,
        "region": one.region,
        "period": spelt(one.period),
        "period_kind": one.period.kind.value,
        "value": one.value,
        "status": one.status.value,
        "unit": one.unit or unit,
        "recorded_at": None if recorded is None else recorded.astimezone(ZONE).isoformat(),
        "source": one.source,
    }


def cursor_after(one: Observation) -> str:
    """The `next` of a list that ends with `one`."""
    parts = [one.indicator, one.region, one.period.start.isoformat(), one.period.kind.value]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """What `cursor_after` wrote; BadRequest for anything else."""
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        indicator, region, start, kind = json.loads(raw)
        moment = datetime.fromisoformat(start)
        if moment.tzinfo is None or not (storable(indicator) and storable(region)):
            raise ValueError(start)
        return indicator, region, Period(moment, PeriodKind(kind))
    except (ValueError, TypeError, AttributeError, binascii.Error) as wrong:
        raise BadRequest(NOT_OURS) from wrong
