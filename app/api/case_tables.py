"""/api/v1/case-categories: what may be reported, with limits and conditions where they are set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.cases.rows import CaseRows
from app.security.contracts import Action
from app.security.doors import door
from app.services import Services
from topics.kit.cases.categories import NamedScheme
from topics.kit.cases.contracts import CategoryKey
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.schemes import Category

_Text = Annotated[str, Query(max_length=40)]


def router(services: Services, rows: CaseRows) -> APIRouter:
    """The tables behind cases."""
    routes = APIRouter()
    cases = services.cases

    @routes.get("/case-categories", summary="事件类别:方案、种类、大类、小类,立案结案条件和时限")
    @door(Action.READ, "case")
    def categories(
        scheme: _Text = "",
        kind: _Text = "",
        on: Annotated[str | None, Query(max_length=40, description="按那天有效的分类")] = None,
        q: Annotated[str, Query(max_length=40, description="名称或代码里的字")] = "",
    ) -> dict[str, Any]:
        """Every category in force that day, in the order of the tables."""
        at = parse_moment(on) if on else datetime.now(UTC)
        found = [
            told
            for named, one in cases.categories.on(at.astimezone(ZONE).date())
            if scheme in ("", named.name) and kind in ("", one.kind)
            for told in [_told(named, one, at)]
            if not q or q in one.code or q in one.name or q in told["major"]
        ]
        return {"items": found, "next": None, "total": len(found)}

    def _told(named: NamedScheme, one: Category, at: datetime) -> dict[str, Any]:
        key = CategoryKey(named.name, one.kind, one.code)
        limit, local = cases.clocks.limit_of(key, at), cases.clocks.local(key)
        major = cases.categories.major(key, at) if one.major else None
        own = one.limit is not None and limit == one.limit
        return {
            "key": str(key),
            "code": one.code,
            "name": one.name,
            "major": "" if major is None else major.name,
            "scheme": named.name,
            "kind": one.kind,
            "lead": one.lead or named.lead,
            "lead_name": rows.units.name(one.lead or named.lead),
            "limit_text": str(limit) if limit else "未规定",
            "opens": one.opens or (local.opens if local else "") or "未规定",
            "closes": one.closes or (local.closes if local else "") or "未规定",
            "verified": limit is not None and own and one.verified,
            "source": one.source if own or local is None else local.source,
        }

    return routes
