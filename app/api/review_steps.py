"""A step of a submission taken for somebody: audited, queued and told in one place.

The API, the command line and the worker all take steps here, so that none goes unrecorded.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.security.people import AuditEvent
from app.services import Services
from layers.errors import PublishConflict, StaleRevision
from layers.review.contracts import Change, Queue, Submission
from layers.review.machine import Action, Person, State
from topics.kit.eventlog import Event, EventKind
from topics.kit.periods import ZONE

READ_JOB, BUILD_JOB = "layer.read", "layer.build"
_JOBS = {"read": READ_JOB, "build": BUILD_JOB}
_SAID = ("title", "topic", "owner", "source", "cadence", "classification", "key", "style")
_MOST_TOLD = 200


class ReviewSteps:
    """Takes steps with submissions."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._names = PeopleNames(services)

    def queue(self, kind: str, layer: str, by: str, transaction: Any) -> Queue:
        """A function that puts a job about (submission, revision) in line and returns its id."""

        def put(submission: str, revision: int) -> str:
            return self._services.jobs.enqueue(
                kind,
                {"submission": submission, "revision": revision},
                now=datetime.now(UTC),
                subject=f"layer:{layer}",
                created_by=by,
                connection=transaction,
            )

        return put

    def check_revision(self, submission: Submission, revision: int | None) -> None:
        """Raise StaleRevision when `revision` is not what the submission stands at."""
        if revision is not None and revision != submission.revision:
            raise StaleRevision("这份上传单刚刚被改动过;请刷新页面,看过最新内容后再操作")

    def edit(
        self,
        submission: Submission,
        *,
        about: dict[str, Any],
        answers: dict[str, Any],
        person: Person,
        actor: str,
        address: str = "",
    ) -> Submission:
        """Store the answers and have the file read again; raises NotAllowedNow and BadAnswer."""
        detail = {"layer": submission.layer} | _edited(submission, about, answers)
        event = AuditEvent(actor, "submission.edit", submission.id, address=address, detail=detail)
        with self._services.audit.recording(event) as transaction:
            edited = self._services.submissions.edit(
                submission,
                about=about,
                answers=answers,
                person=person,
                queue=self.queue(READ_JOB, submission.layer, actor, transaction),
                connection=transaction,
            )
        self._cancel_old(submission, edited)
        return edited

    def take(
        self,
        submission: Submission,
        action: Action,
        *,
        person: Person,
        actor: str,
        note: str = "",
        publish_at: datetime | None = None,
        revision: int | None = None,
        address: str = "",
    ) -> Submission:
        """Take the step or raise: NotAllowedNow, NoteMissing, StaleRevision, PublishConflict."""
        self.check_revision(submission, revision)
        service = self._services.submissions
        change = service.plan(submission, action, person=person, note=note, publish_at=publish_at)
        event = AuditEvent(
            actor, f"submission.{action}", submission.id, address=address,
            detail=_detail(change, note) | self._described(change),
        )  # fmt: skip
        before = self._live(submission.layer)
        try:
            with self._services.audit.recording(event) as transaction:
                queue = None
                if change.needs is not None:
                    kind = _JOBS[change.needs]
                    queue = self.queue(kind, submission.layer, actor, transaction)
                moved = service.move(
                    change, by=person.id, note=note, queue=queue, connection=transaction
                )
        except PublishConflict as wrong:
            service.overtaken(submission)
            raise PublishConflict(self._told(submission.layer)) from wrong
        self._cancel_old(submission, moved)
        if moved.state is State.PUBLISHED:
            self._announce(moved, before, actor)
        return moved

    def publish_due(self) -> int:
        """Publish what is due; returns how many went live."""
        done = 0
        for change in self._services.submissions.due():
            done += self._publish_due(change)
        return done

    def _publish_due(self, change: Change) -> bool:
        submission, service = change.before, self._services.submissions
        by = submission.reviewer or "system"
        before = self._live(submission.layer)
        event = AuditEvent(
            "system",
            "submission.published",
            submission.id,
            detail=_detail(change, "") | self._described(change),
        )
        try:
            with self._services.audit.recording(event) as transaction:
                published = service.publish_due(change, connection=transaction)
        except PublishConflict:
            service.overtaken(submission)
            return False
        except StaleRevision:
            return False  # somebody moved it in this very moment
        self._announce(published, before, by)
        return True

    def _described(self, change: Change) -> dict[str, Any]:
        """What is said of the layer before and after, where the step lets it through."""
        if change.after.state not in {State.APPROVED, State.PUBLISHED}:
            return {}
        before = self._services.layers.find(change.before.layer)
        after = self._services.submissions.described(change.before)
        pairs = {
            name: [
                None if before is None else str(getattr(before, name)),
                str(getattr(after, name)),
            ]
            for name in _SAID
        }
        return {"described": {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}}

    def _announce(self, submission: Submission, before: str | None, by: str) -> None:
        layer = self._services.layers.require(submission.layer)
        live = self._services.layers.require_version(layer.id, submission.version or "")
        data = {
            "from": before,
            "to": live.id,
            "number": live.number,
            "submission": submission.id,
            "urgent": submission.urgent,
        }
        kind = EventKind.LAYER_PUBLISHED
        self._services.events.append(
            [Event(kind, layer.id, layer.topic or None, data=data, actor=by)]
        )

    def _cancel_old(self, before: Submission, after: Submission) -> None:
        if before.job and before.job != after.job:
            self._services.jobs.cancel(before.job, now=datetime.now(UTC))

    def _live(self, layer: str) -> str | None:
        found = self._services.layers.find(layer)
        return None if found is None else found.version

    def _told(self, layer: str) -> str:
        """Who published the layer meanwhile, and when."""
        found = self._services.layers.require(layer)
        if found.version is None:
            return f"图层 {layer} 的线上版本刚刚有变化;请刷新后重新审核"
        live = self._services.layers.require_version(layer, found.version)
        theirs = self._services.submissions.store.of_version(live.id)
        who = theirs.reviewer if theirs and theirs.reviewer else live.created_by
        at = (live.published_at or live.created_at).astimezone(ZONE)
        return (
            f"图层 {layer} 已由 {self._names.name(who)} 于 {at:%m-%d %H:%M} "
            f"发布第 {live.number} 版,本次没有发布;请对照该版本的差异后再操作"
        )


def _detail(change: Change, note: str) -> dict[str, Any]:
    before, after = change.before, change.after
    return {
        "layer": before.layer,
        "version": before.version,
        "from": before.state.value,
        "to": after.state.value,
        "urgent": after.urgent,
        "note": note[:500],
        "publish_at": after.publish_at and after.publish_at.isoformat(),
    }


def _edited(
    submission: Submission, about: dict[str, Any], answers: dict[str, Any]
) -> dict[str, Any]:
    """What was said before and after; of corrected rows only which, not what they hold."""
    said = [(about, submission.about), (answers, submission.answers)]
    changes = {
        name: [_short(before.get(name)), _short(value)]
        for given, before in said
        for name, value in given.items()
        if name != "edits" and before.get(name) != value
    }
    old, new = submission.answers.get("edits") or {}, answers.get("edits")
    if not isinstance(new, dict):
        return {"changes": changes}
    rows = sorted(str(row)[:20] for row in old.keys() | new.keys() if old.get(row) != new.get(row))
    return {"changes": changes, "rows": rows[:_MOST_TOLD], "rows_changed": len(rows)}


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)[:500]
