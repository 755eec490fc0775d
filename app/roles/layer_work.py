"""The worker's part in submissions: reading uploads, building drafts, publishing what is due.

Each piece of work may be killed at any moment and is simply done again: it looks first whether its
submission still wants it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.api.live_versions import LiveVersions
from app.api.review_steps import BUILD_JOB, READ_JOB, ReviewSteps
from app.roles.case_layers import CaseLayers
from app.roles.derived_layers import DerivedLayers
from app.services import Services
from layers.errors import LayerError
from layers.intake.examine import Watch
from topics.kit.jobs import Handler, Job, Progress
from topics.kit.scheduler import Beat

LAYER_JOBS = (READ_JOB, BUILD_JOB)


def layer_handlers(services: Services) -> Mapping[str, Handler]:
    """The handlers of the jobs about submissions."""
    steps = ReviewSteps(services)
    service = services.submissions

    def read(job: Job, cancelled: threading.Event, progress: Progress) -> Any:
        done = service.read(*_about(job), Watch(progress, cancelled))
        return {"state": done.state.value if done else "superseded"}

    def build(job: Job, cancelled: threading.Event, progress: Progress) -> Any:
        submission, revision = _about(job)
        try:
            done = service.build(submission, revision, Watch(progress, cancelled))
        except LayerError as wrong:
            if job.attempts >= job.max_attempts and not cancelled.is_set():
                service.give_up(submission, revision, str(wrong))
            raise
        steps.publish_due()
        return {"version": done.version if done else None}

    return {READ_JOB: read, BUILD_JOB: build}


def layer_beats(services: Services) -> tuple[Beat, ...]:
    """What the leader does about submissions by the clock."""
    steps = ReviewSteps(services)

    def publish() -> None:
        steps.publish_due()

    def sweep() -> None:
        services.submissions.sweep()

    def prune() -> None:
        LiveVersions(services).prune(by="system")

    derived, of_cases = DerivedLayers(services), CaseLayers(services)

    def derive() -> None:
        of_cases.renew()
        derived.renew()

    return (
        Beat("derive-layers", timedelta(minutes=1), derive),
        Beat("prune-versions", timedelta(hours=6), prune),
        Beat("publish-due", timedelta(seconds=2), publish),
        Beat("sweep-submissions", timedelta(minutes=10), sweep),
    )


def _about(job: Job) -> tuple[str, int]:
    return str(job.payload["submission"]), int(job.payload["revision"])
