"""The values of submissions: one upload's way to a published version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from layers.review.machine import Standing, State


@dataclass(frozen=True, slots=True)
class Submission:
    """One upload on its way. Everything but the id changes with `revision`.

    `about`, `answers`, `question`, `report` and `diff` are JSON, as the API shows them. `base` is
    what was live when the draft was built: another version live at publication is a conflict.
    """

    id: str
    layer: str
    upload: str
    state: State
    revision: int
    file: Mapping[str, Any]
    about: Mapping[str, Any]
    answers: Mapping[str, Any]
    created_by: str
    created_at: datetime
    updated_at: datetime
    question: Mapping[str, Any] | None = None
    report: Mapping[str, Any] | None = None
    version: str | None = None
    base: str | None = None
    diff: Mapping[str, Any] | None = None
    job: str | None = None
    urgent: bool = False
    reviewer: str | None = None
    review_note: str = ""
    publish_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """What the state machine looks at."""
        return Standing(
            state=self.state,
            uploader=self.created_by,
            built=self.version is not None,
            urgent=self.urgent,
            approved_by=self.reviewer if self.state is State.APPROVED else None,
            publish_at=self.publish_at,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a submission; the log of them only grows."""

    action: str
    by: str
    note: str = ""
    at: datetime | None = None
    from_state: str = ""
    to_state: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which submissions a list shows; None does not restrict. `before` is the last page's end."""

    state: State | None = None
    layer: str | None = None
    created_by: str | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 50
