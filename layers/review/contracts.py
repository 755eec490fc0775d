"""The values of submissions: one upload's way to a published version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from layers.review.machine import ENDED, Action, Standing, State

SYSTEM = "system"  # who takes the steps that no person takes
Queue = Callable[[str, int], str]  # puts work on (submission, revision) in line; the job's id
Transaction = Any  # a connection of the store's database: several stores change in one step


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

    def moved_to(self, standing: Standing) -> Submission:
        """The submission where the state machine has it; its draft goes when it is unbuilt."""
        after = replace(
            self, state=standing.state, urgent=standing.urgent, publish_at=standing.publish_at
        )
        if standing.built or standing.state in ENDED or standing.state is self.state:
            return after
        return replace(after, version=None, base=None, diff=None)


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
class Change:
    """A step that may be taken: where it leads, and which work it asks for."""

    before: Submission
    after: Standing
    action: Action

    @property
    def needs(self) -> str | None:
        """The work that must follow: "read", "build" or none."""
        if self.after.state is State.RECEIVED:
            return "read"
        waiting = self.after.state in {State.SUBMITTED, State.APPROVED}
        return "build" if waiting and not self.after.built else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which submissions a list shows; None does not restrict. `before` is the last page's end."""

    state: State | None = None
    layer: str | None = None
    created_by: str | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 50
