"""What the event log is told when another version of a layer becomes live."""

from __future__ import annotations

from app.services import Services
from layers.contracts import Version
from topics.kit.eventlog import Event, EventKind


def note_live(
    services: Services, kind: EventKind, before: str | None, live: Version, *, by: str
) -> None:
    """Record that `live` took the place of version `before`; nothing when it was live already."""
    if before == live.id:
        return
    layer = services.layers.require(live.layer)
    data = {"from": before, "to": live.id, "number": live.number}
    services.events.append([Event(kind, layer.id, layer.topic or None, data=data, actor=by)])
