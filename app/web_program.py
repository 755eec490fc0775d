"""The web program: every router, page and guard on what `app.main.compose` made.

Apart from the composition root, because a command of the command line needs no route and no page:
FastAPI and Dash take seconds to import.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from app.api import accounts as accounts_api
from app.api import (
    alerts,
    case_imports,
    case_photos,
    cases,
    changes,
    definition_files,
    directives,
    docs,
    duty_brief,
    duty_drills,
    duty_handovers,
    duty_incidents,
    duty_journal,
    duty_now,
    duty_people,
    duty_roster,
    duty_shifts,
    duty_swaps,
    evaluation,
    events,
    explain,
    features,
    forecasts,
    governance,
    health,
    indicator_definitions,
    indicator_pages,
    layer_changes,
    layer_diff,
    layer_edit,
    layer_export,
    layer_pictures,
    layer_styles,
    layer_within,
    legal_warnings,
    live,
    login,
    networks,
    notices,
    observation_rollups,
    observations,
    organisations,
    overview,
    overview_ahead,
    quality,
    releases,
    reporting,
    sources,
    submission_views,
    submissions,
    tiles,
    topic_pages,
)
from app.api import jobs as jobs_api
from app.api import layers as layers_api
from app.api import modes as modes_api
from app.api import rules as rules_api
from app.api import uploads as uploads_api
from app.board.atlas import Atlas
from app.board.feed import BoardFeed
from app.board.make import make_board
from app.engines.contracts import EngineUrls
from app.metrics import CountRequests
from app.problems import install_problems
from app.push.alerts import AlertNews
from app.push.cases import CaseNews
from app.push.live import LivePush
from app.security.install import protect
from app.security.pages import Brand, refused_page
from app.services import Services
from app.web.dashboard import create_dash
from app.web.static import Compressed
from layers.stores.postgres_engine import connect
from topics.kit.stores.postgres_runs import PostgresRuns

DUTY = (
    duty_now,
    duty_roster,
    duty_shifts,
    duty_swaps,
    duty_people,
    duty_handovers,
    duty_journal,
    duty_incidents,
    duty_drills,
    duty_brief,
)
"""The routes of 值班, one file each."""


@dataclass(frozen=True, slots=True)
class WebProgram:
    """One web process: its server and what must be told when it is asked to stop."""

    server: FastAPI
    push: LivePush


def create_web(services: Services, urls: EngineUrls) -> WebProgram:
    """The server with every route, page and guard; raises Unguarded when one has no door."""
    board, readings = make_board(services, PostgresRuns(connect(urls.postgres)))
    tellers = (AlertNews(services), CaseNews(services))
    push = live.live_push(services, board.rows, also=BoardFeed(readings), tellers=tellers)

    stop = threading.Event()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Before the first request: a date of release that is not known yet would hold nothing back.
        await run_in_threadpool(services.definitions.begin)
        services.definitions.watch(stop)
        push.start()
        yield
        stop.set()
        push.close()

    server = FastAPI(
        title="统览接口",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    brand = Brand(title=services.config.city.title, mark=services.config.city.mark)
    install_problems(server, lambda title, why: refused_page(brand, title, why))
    for routes in (
        tiles.router(services),  # first, because a map asks for dozens at once
        health.router(services),
        login.router(services),
        accounts_api.router(services),
        layers_api.router(services),
        layer_edit.router(services),
        layer_pictures.router(services),
        layer_styles.router(services),
        layer_within.router(services),
        uploads_api.router(services),
        jobs_api.router(services),
        submissions.router(services),
        submission_views.router(services),
        layer_changes.router(services),
        layer_diff.router(services),
        layer_export.router(services),
        features.router(services),
        networks.router(services),
        observations.router(services),
        quality.router(services),
        indicator_definitions.router(services),
        definition_files.router(services),
        releases.router(services),
        changes.router(services),
        explain.router(services),
        indicator_pages.router(services),
        topic_pages.router(services),
        reporting.router(services),
        forecasts.router(services),
        observation_rollups.router(services),
        governance.router(services),
        evaluation.router(services),
        case_photos.router(services),
        case_imports.router(services),
        directives.router(services),
        *(part.router(services) for part in DUTY),
        cases.router(services),
        events.router(services),
        alerts.router(services),
        notices.router(services),
        legal_warnings.router(services),
        sources.router(services),
        organisations.router(services),
        rules_api.router(services),
        modes_api.router(services),
        overview.router(services, board),
        overview_ahead.router(services),
        live.router(services, push),
    ):
        server.include_router(routes)
    page = create_dash(services, board, server, Atlas(services.layers))
    server.include_router(docs.router(server, page.static_base))
    protect(server, services, script_hashes=page.script_hashes, dash_app=page.dash)
    server.add_middleware(Compressed)
    server.add_middleware(CountRequests)
    return WebProgram(server, push)
