"""GET /api/v1/forecasts: a forecast that beat the naive one, and how those before it fared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.api.observations import require_indicator
from app.released import may_know
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.errors import UnknownRegion
from topics.kit.forecast.contracts import Anomaly, Forecast, ForecastPoint, PastForecast
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE, spelt


def router(services: Services) -> APIRouter:
    """The forecasts of one series."""
    routes = APIRouter(prefix="/api/v1", tags=["指标数据"])

    @routes.get("/forecasts", summary="一个指标、一个区划的预测;回测不优于季节朴素法的不给出")
    @door(Action.READ, "observation")
    def read(
        subject: Annotated[Subject, Depends(current_subject)],
        indicator: Annotated[str, Query(description="指标编号")],
        region: Annotated[str, Query(description="区划代码")],
        as_of: Annotated[str | None, Query(description="截至何时所知,不带时区按北京时间")] = None,
        limit: Annotated[int, Query(ge=1, le=500, description="以往预测和异常评分的条数")] = 24,
    ) -> dict[str, Any]:
        """`forecast` is null with the reason in `why`; `record` is of one period ahead.

        `error` = actual − mean; `mase` below `naive_mase` means better than the naive forecast.
        """
        spec = require_indicator(services, subject, indicator)
        if services.regions.find(region) is None:
            raise UnknownRegion(f"没有区划代码 {region!r};请用国家统计局的区划代码,如 440203")
        moment = parse_moment(as_of) if as_of else None
        knows = may_know(services, subject, spec)
        kept = services.forecasts
        found = kept.shown(indicator, region, as_of=moment, may_know=knows)
        record = kept.record(indicator, region, as_of=moment, limit=limit, may_know=knows)
        unusual = kept.anomalies(indicator, region, as_of=moment, limit=limit, may_know=knows)
        return {
            "indicator": indicator,
            "region": region,
            "unit": spec.unit,
            "forecast": None if found is None else _forecast(found),
            "why": "" if found else kept.why_none(indicator, region, as_of=moment),
            "record": _record(record),
            "anomalies": [_anomaly(one) for one in unusual],
        }

    return routes


def _forecast(one: Forecast) -> dict[str, Any]:
    return {
        "made_at": _moment(one.made_at),
        "model": one.model,
        "through": spelt(one.through),
        "mase": one.mase,
        "naive_mase": one.naive_mase,
        "coverage80": one.coverage80,
        "coverage95": one.coverage95,
        "points": [_point(point) for point in one.points],
    }


def _point(one: ForecastPoint) -> dict[str, Any]:
    return {
        "period": spelt(one.period),
        "period_kind": one.period.kind.value,
        "mean": one.mean,
        "low80": one.low80,
        "high80": one.high80,
        "low95": one.low95,
        "high95": one.high95,
    }


def _record(past: Sequence[PastForecast]) -> list[dict[str, Any]]:
    return [
        {
            "made_at": _moment(one.made_at),
            **_point(one.point),
            "actual": one.actual,
            "error": one.error,
        }
        for one in past
    ]


def _anomaly(one: Anomaly) -> dict[str, Any]:
    return {
        "period": spelt(one.period),
        "period_kind": one.period.kind.value,
        "score": one.score,
        "expected": one.expected,
        "made_at": _moment(one.made_at),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat()
