"""The threads of a worker: one stands for leader and refreshes, one does the jobs."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from app.alerts.tending import tending_beats
from app.channels.assembly import make_lanes
from app.engines.contracts import EngineUrls
from app.intake.tables import IMPORT_JOB, CaseTables
from app.roles.alerting import AlertRound, alert_beats
from app.roles.case_work import case_beats
from app.roles.computing import Computing
from app.roles.forecasting import forecast_beats
from app.roles.keeping import keeping_beats
from app.roles.layer_work import layer_beats
from app.roles.quality_work import quality_beats
from app.roles.refresh_jobs import backfill, refresh_now
from app.roles.refreshing import BACKFILL_JOB, REFRESH_JOB, refresh_runner, scheduled
from app.services import Services
from topics.kit.eventlog import Event, EventKind, PatientLog
from topics.kit.jobs import Handler, JobRunner
from topics.kit.leader import Candidate
from topics.kit.scheduler import Beat, RefreshScheduler
from topics.kit.stores.valkey import connect_valkey
from topics.kit.stores.valkey_lock import ValkeyLock

_KEEP_RUNS = timedelta(days=14)
_KEEP_JOBS = timedelta(days=90)
# A person waits for a layer job: one that a killed worker held is taken again within 15 s. Reading
# happens in a process of its own, so nothing holds this one's interpreter for nearly so long.
_LAYER_BEAT = timedelta(seconds=1)
_LAYER_SILENCE = timedelta(seconds=15)


def start(
    services: Services,
    urls: EngineUrls,
    stop: threading.Event,
    layer_handlers: Mapping[str, Handler] | None = None,
) -> list[threading.Thread]:
    """Start the worker's threads; they end soon after `stop` is set.

    Jobs about layers have threads of their own, so that an import never holds up a refresh.
    """
    runner = refresh_runner(services)
    runner.stop = stop
    log = PatientLog(services.events.append)
    alerts = AlertRound(services)
    scheduler = RefreshScheduler(
        scheduled(services),
        runner,
        services.runs,
        beats=(*_beats(services, log), *alert_beats(alerts)),
        paused=services.refreshers.paused,
        wartime=lambda: services.modes.at().wartime,
    )
    worker = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"

    def take_over() -> None:
        alerts.begin()
        scheduler.start()
        log.note(Event(EventKind.LEADER_TOOK_OVER, worker))

    def step_down() -> None:
        alerts.end()
        scheduler.stop()
        log.note(Event(EventKind.LEADER_STEPPED_DOWN, worker))

    lock = ValkeyLock(connect_valkey(urls.valkey))
    candidate = Candidate(lock, worker, take_over=take_over, step_down=step_down)
    jobs = JobRunner(services.jobs, {REFRESH_JOB: refresh_now(services, runner)}, worker=worker)
    # Past days and large tables take long: they never hold up somebody who wants a value now.
    slow = {BACKFILL_JOB: backfill(services, runner), IMPORT_JOB: CaseTables(services).handler()}
    past = JobRunner(services.jobs, slow, worker=f"{worker}-past")
    loops = {
        "leader": candidate.run,
        "jobs": jobs.run,
        "formulas": Computing(services.recomputation).run,
        "backfill": past.run,
        "notices": make_lanes(services, worker).run,
        **_layer_loops(services, worker, layer_handlers or {}),
    }
    threads = [
        threading.Thread(target=loop, args=[stop], name=name, daemon=True)
        for name, loop in loops.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def _layer_loops(
    services: Services, worker: str, handlers: Mapping[str, Handler]
) -> dict[str, Callable[[threading.Event], None]]:
    at_once = services.config.worker.layer_jobs if handlers else 0
    return {
        f"layers-{n}": JobRunner(
            services.jobs,
            handlers,
            worker=f"{worker}-{n}",
            beat_every=_LAYER_BEAT,
            silence=_LAYER_SILENCE,
        ).run
        for n in range(1, at_once + 1)
    }


def _beats(services: Services, log: PatientLog) -> tuple[Beat, ...]:
    def prune() -> None:
        services.runs.prune(datetime.now(UTC) - _KEEP_RUNS)
        services.held.prune(datetime.now(UTC) - _KEEP_JOBS)
        services.jobs.prune(datetime.now(UTC) - _KEEP_JOBS)
        keep = timedelta(days=services.config.notices.keep_days)
        services.notices.prune(datetime.now(UTC) - keep)
        if (days := services.config.alerts.pending_days) > 0:
            services.standings.prune(datetime.now(UTC) - timedelta(days=days))

    def remind() -> None:
        services.directives.remind(datetime.now(UTC))

    def sweep() -> None:
        services.layers.sweep()

    def renew() -> None:
        services.layers.renew()

    def sweep_uploads() -> None:
        services.uploads.sweep()

    return (
        Beat("sweep-layers", timedelta(minutes=10), sweep),
        Beat("renew-layers", timedelta(minutes=10), renew),
        Beat("sweep-uploads", timedelta(minutes=10), sweep_uploads),
        Beat("announce", timedelta(seconds=1), services.relay.relay),
        Beat("events", timedelta(seconds=5), log.flush),
        Beat("prune-runs", timedelta(hours=6), prune),
        *quality_beats(services),
        *layer_beats(services),
        *forecast_beats(services),
        *keeping_beats(services),
        *case_beats(services),
        *tending_beats(services),
        Beat("directives", timedelta(minutes=5), remind),
    )
