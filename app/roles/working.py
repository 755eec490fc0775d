"""The threads of a worker: one stands for leader and refreshes, one does the jobs."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engines.contracts import EngineUrls
from app.roles.refreshing import REFRESH_JOB, asked_for, refresh_runner
from app.services import Services
from topics.kit.errors import BadManifest
from topics.kit.eventlog import Event, EventKind, PatientLog
from topics.kit.jobs import Job, JobRunner
from topics.kit.leader import Candidate
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.scheduler import Beat, RefreshScheduler
from topics.kit.stores.valkey import connect_valkey
from topics.kit.stores.valkey_lock import ValkeyLock

_KEEP_RUNS = timedelta(days=14)


def start(services: Services, urls: EngineUrls, stop: threading.Event) -> list[threading.Thread]:
    """Start the worker's threads; they end soon after `stop` is set."""
    runner = refresh_runner(services)
    runner.stop = stop
    log = PatientLog(services.events.append)
    scheduler = RefreshScheduler(
        services.catalogue.refreshers(), runner, services.runs, beats=_beats(services, log)
    )
    worker = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"

    def take_over() -> None:
        scheduler.start()
        log.note(Event(EventKind.LEADER_TOOK_OVER, worker))

    def step_down() -> None:
        scheduler.stop()
        log.note(Event(EventKind.LEADER_STEPPED_DOWN, worker))

    lock = ValkeyLock(connect_valkey(urls.valkey))
    candidate = Candidate(lock, worker, take_over=take_over, step_down=step_down)
    jobs = JobRunner(services.jobs, {REFRESH_JOB: _refresh_now(services, runner)}, worker=worker)
    loops: list[Callable[[threading.Event], None]] = [candidate.run, jobs.run]
    threads = [
        threading.Thread(target=loop, args=[stop], name=name, daemon=True)
        for loop, name in zip(loops, ("leader", "jobs"), strict=True)
    ]
    for thread in threads:
        thread.start()
    return threads


def _beats(services: Services, log: PatientLog) -> tuple[Beat, ...]:
    def prune() -> None:
        services.runs.prune(datetime.now(UTC) - _KEEP_RUNS)

    def sweep() -> None:
        services.layers.sweep()

    def sweep_uploads() -> None:
        services.uploads.sweep()

    return (
        Beat("sweep-layers", timedelta(minutes=10), sweep),
        Beat("sweep-uploads", timedelta(minutes=10), sweep_uploads),
        Beat("announce", timedelta(seconds=1), services.relay.relay),
        Beat("events", timedelta(seconds=5), log.flush),
        Beat("prune-runs", timedelta(hours=6), prune),
    )


def _refresh_now(
    services: Services, runner: RefreshRunner
) -> Callable[[Job, threading.Event], Any]:
    def handle(job: Job, _: threading.Event) -> Any:
        spec = services.catalogue.refresher(str(job.payload["refresher"]))
        if spec is None:
            raise BadManifest(f"没有取数任务 {job.payload['refresher']!r};它可能已从专题中删除")
        record = runner.run(spec)
        services.events.append([asked_for(record, by=str(job.payload.get("by", "system")))])
        return {"run": record.id, "ok": record.ok, "error": record.error, "kept": record.kept}

    return handle
