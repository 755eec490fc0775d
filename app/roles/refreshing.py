"""The refresh runner of this program: its stores, config.toml's sources over the demo's."""

from __future__ import annotations

from app.services import Services
from topics.kit.eventlog import Event, EventKind
from topics.kit.refresh.assembly import make_runner
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.refresh.sources import source_book
from topics.kit.runs import RunRecord

REFRESH_JOB = "refresh"
"""The kind of job that runs a refresher now; its payload is {"refresher": id, "by": subject}."""


def refresh_runner(services: Services) -> RefreshRunner:
    """A runner on the program's stores."""
    demo_file = services.config.home_path / "demo" / "sources.json"
    return make_runner(
        catalogue=services.catalogue,
        regions=services.regions,
        observations=services.observations,
        layers=services.layers,
        runs=services.runs,
        sources=source_book(services.config.sources, demo_file),
        announce=services.relay.relay,
    )


def asked_for(record: RunRecord, *, by: str) -> Event:
    """The event of a run that the subject `by` asked for, with how it went."""
    return Event(
        EventKind.REFRESHER_ASKED,
        record.refresher,
        topic=record.refresher.partition(".")[0],
        data={"run": record.id, "ok": bool(record.ok), "kept": record.kept},
        actor=by,
        at=record.finished,
    )
