"""GET /live: the stream of server-sent events that keeps the screens' numbers moving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from app.alerts.sight import AlertSight
from app.cases.people import CaseDoors
from app.push.feeder import Sink
from app.push.feeds import Audience, Viewer
from app.push.live import LivePush, Teller
from app.push.rows import RowRenderer
from app.push.standing import still_allowed
from app.push.stream import EventStream, Pace
from app.released import latest_for_screens, release_of, sees_early
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may
from app.security.rights import rights_class
from app.services import Services
from topics.kit.events import Position


def live_push(
    services: Services,
    render: RowRenderer | None = None,
    *,
    also: Sink | None = None,
    tellers: Sequence[Teller] = (),
) -> LivePush:
    """The live part of a web process; close it when the server is asked to stop."""
    return LivePush(
        services.live,
        lambda: latest_for_screens(services),
        render=render,
        also=also,
        batch=timedelta(milliseconds=services.config.live.batch_ms),
        per_address=services.config.live.streams_per_address,
        release_at=release_of(services),
        tellers=tellers,
    )


def router(services: Services, push: LivePush | None = None) -> APIRouter:
    """The stream; without `push` it makes its own, which ends with the process."""
    routes = APIRouter(tags=["实时"])
    live = push or live_push(services)
    pace = Pace(keepalive=timedelta(seconds=services.config.live.keepalive_s))

    @routes.get(
        "/live",
        summary="实时数据流(SSE)",
        response_class=Response,
        responses={200: {"content": {"text/event-stream": {}}, "description": "事件流"}},
    )
    @door(Action.READ, "indicator")
    async def stream(
        request: Request,
        subject: Annotated[Subject, Depends(current_subject)],
        topics: Annotated[str, Query(description="专题编号,逗号分隔;不写为全部可见专题")] = "",
        region: Annotated[str | None, Query(description="区划代码;另推该区划的总览行")] = None,
        last_event_id: Annotated[str | None, Header(description="断线前最后一个事件的编号")] = None,
    ) -> Response:
        """A snapshot (or what was missed since `Last-Event-ID`), then deltas every 200 ms.

        `id` is EPOCH-SEQ; `data` is a list of [indicator, region, period, value, status,
        recorded_at]. With a region, `event: rows` carries that region's overview rows.
        `event: alerts` tells counts of open alerts and those that changed, whatever the topics;
        `event: cases` tells the funnel of today of the cases that may be seen.
        """
        if region is not None:
            services.regions.require(region, on=datetime.now(UTC).date())
        live.start()
        named = frozenset(part.strip() for part in topics.split(",") if part.strip())
        screen = live.hub.join(
            Audience(rights_class(subject), named),
            lambda indicator: _sees(services, subject, indicator),
            early=lambda indicator: _early(services, subject, indicator),
            region=region,
            last=Position.parse(last_event_id),
            address=request.client.host if request.client else "",
            viewer=_viewer(services, subject),
        )
        return EventStream(screen, live.hub.leave, still_allowed(request, subject), pace)

    return routes


def _viewer(services: Services, subject: Subject) -> Viewer:
    sight = AlertSight(services, subject)
    return Viewer(
        sight.sees,
        signed_in=not subject.anonymous,
        forget=sight.forget,
        cases=lambda: CaseDoors(services).sight(subject),
    )


def _early(services: Services, subject: Subject, indicator: str) -> bool:
    spec = services.catalogue.find(indicator)
    return spec is not None and sees_early(services, subject, spec)


def _sees(services: Services, subject: Subject, indicator: str) -> bool:
    spec = services.catalogue.find(indicator)
    if spec is None:
        return False
    topic = services.catalogue.topic_of(indicator)
    resource = Resource(
        kind="indicator",
        id=indicator,
        topic=topic.id,
        classification=spec.classification,
        demo=topic.topic.demo,
    )
    return bool(may(subject, Action.READ, resource))
