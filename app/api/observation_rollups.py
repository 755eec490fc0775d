"""GET /api/v1/observations/rolled: a long series in few points, for charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.api.observations import require_indicator
from app.errors import BadRequest
from app.released import may_know
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.contracts import Period
from topics.kit.errors import UnknownRegion
from topics.kit.period_texts import parse_moment
from topics.kit.rolled import Grain, Rolled

_MOST = 5000
_SPAN = timedelta(days=31)


def router(services: Services) -> APIRouter:
    """The route."""
    routes = APIRouter(prefix="/api/v1", tags=["指标数据"])

    @routes.get(
        "/observations/rolled",
        summary="一条长序列的汇总(最小、最大、平均、个数);时点和小时指标按小时或日,其余原样",
    )
    @door(Action.READ, "observation")
    def read(
        subject: Annotated[Subject, Depends(current_subject)],
        indicator: Annotated[str, Query(description="指标编号")],
        region: Annotated[str, Query(description="区划代码")],
        begin: Annotated[
            str | None, Query(alias="from", description="起(含);默认止前 31 天")
        ] = None,
        to: Annotated[str | None, Query(description="止(不含);默认现在")] = None,
        as_of: Annotated[str | None, Query(description="截至何时所知,不带时区按北京时间")] = None,
        points: Annotated[
            int, Query(ge=1, le=_MOST, description="最多约多少个点;自动选能容下的最细粒度")
        ] = 500,
        grain: Annotated[Grain | None, Query(description="指定粒度;不写则按 points 选")] = None,
    ) -> dict[str, Any]:
        """`exact` false: the values themselves are dropped (before `raw_from`).

        What is said then of `as_of` may hold a correction that came later, or lack one.
        """
        spec = require_indicator(services, subject, indicator)
        if services.regions.find(region) is None:
            raise UnknownRegion(f"没有区划代码 {region!r};请用国家统计局的区划代码,如 440203")
        end = parse_moment(to) if to else datetime.now(UTC)
        start = parse_moment(begin) if begin else end - _SPAN
        if start >= end:
            raise BadRequest("起(from)应早于止(to);请调换或改写时间")
        if grain is not None and grain is not Grain.RAW and (end - start) / grain.length > _MOST:
            raise BadRequest(f"这一粒度超过 {_MOST} 个点;请缩短时间范围或改用 grain=day")
        found = services.rolled.read(
            indicator,
            region,
            spec.period_kind,
            start=start,
            end=end,
            max_points=points,
            as_of=parse_moment(as_of) if as_of else None,
            grain=grain,
        )
        knows = may_know(services, subject, spec)
        shown = [one for one in found.items if knows(Period(one.start, spec.period_kind))]
        return {
            "indicator": indicator,
            "region": region,
            "unit": spec.unit,
            "grain": found.grain.value,
            "raw_from": None if found.raw_from is None else found.raw_from.isoformat(),
            "items": [_item(one) for one in shown],
        }

    return routes


def _item(one: Rolled) -> dict[str, Any]:
    return {
        "start": one.start.isoformat(),
        "min": one.min,
        "max": one.max,
        "mean": one.mean,
        "count": one.count,
        "absent": one.absent,
        "suspect": one.suspect,
        "exact": one.exact,
    }
