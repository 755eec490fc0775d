"""Testing a connection: the first rows as they would be stored; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.services import Services
from layers.errors import LayerError, StoreUnavailable
from topics.kit.contracts import Observation
from topics.kit.errors import TopicError
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.periods import ZONE, spelt
from topics.kit.refresh.runner import RefreshRunner

_ROWS = 5


def trial_json(services: Services, spec: RefresherSpec, runner: RefreshRunner) -> dict[str, Any]:
    """Whether the source answers, what would be refused, and the first values."""
    try:
        mapped = runner.preview(spec)
    except StoreUnavailable:
        raise
    except (TopicError, LayerError) as wrong:
        return {"ok": False, "error": str(wrong), "read": 0, "refused": 0, "items": []}
    refusals = [{"row": one.row, "reason": one.reason} for one in mapped.refusals[:_ROWS]]
    return {
        "ok": True,
        "error": "",
        "read": mapped.read,
        "refused": mapped.refused,
        "refusals": refusals,
        "bytes": mapped.got.bytes,
        "http_status": mapped.got.status,
        "items": values_json(services, mapped.observations[:_ROWS]),
    }


def values_json(services: Services, observations: Sequence[Observation]) -> list[dict[str, Any]]:
    """Values with the titles of their indicators."""
    return [
        {
            "indicator": one.indicator,
            "title": services.catalogue.indicator(one.indicator).title,
            "region": one.region,
            "region_name": _name(services, one.region),
            "period": spelt(one.period),
            "value": one.value,
            "unit": one.unit,
            "status": one.status,
        }
        for one in observations
    ]


def _name(services: Services, region: str) -> str:
    found = services.regions.find(region, datetime.now(ZONE).date())
    return found.short_name if found else region
