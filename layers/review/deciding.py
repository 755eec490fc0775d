"""Deciding: the steps people take with a submission, and publication, also by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from layers.errors import NotAllowedNow
from layers.review.contracts import SYSTEM, Change, Queue, Step, Submission, Transaction
from layers.review.described import described
from layers.review.desk import Desk
from layers.review.draft import changes
from layers.review.machine import Action, Found, Person, State, advance, found
from layers.review.report import usable


class Deciding(Desk):
    """Takes submissions further, up to the live version."""

    def plan(
        self,
        submission: Submission,
        action: Action,
        *,
        person: Person,
        note: str = "",
        publish_at: datetime | None = None,
    ) -> Change:
        """Where the action would lead; raises NotAllowedNow and NoteMissing. Changes nothing."""
        after = advance(
            submission.standing,
            action,
            person=person,
            rules=self.rules,
            now=datetime.now(UTC),
            note=note,
            publish_at=publish_at,
        )
        change = Change(submission, after, action)
        if change.needs == "build" and not usable(submission):
            raise NotAllowedNow("没有可以发布的要素;请先改正待核区里的行,再提交", ["reread"])
        return change

    def move(
        self,
        change: Change,
        *,
        by: str,
        note: str = "",
        queue: Queue | None = None,
        connection: Transaction = None,
    ) -> Submission:
        """Take the planned step, publication included, in the caller's transaction.

        Raises StaleRevision, and PublishConflict when another version is live than the one the
        draft was compared with: see `overtaken`.
        """
        before, now = change.before, datetime.now(UTC)
        after = before.moved_to(change.after)
        judged = change.action in {Action.APPROVE, Action.PUBLISH, Action.RETURN, Action.BYPASS}
        if judged:
            after = replace(after, reviewer=by, review_note=note)
        if queue is not None:
            after = replace(after, job=queue(before.id, before.revision + 1))
        if after.state is State.PUBLISHED:
            self._make_live(after, connection)
        step = Step(
            change.action.value,
            by,
            note,
            from_state=before.state.value,
            to_state=after.state.value,
            detail={} if after.publish_at is None else {"at": after.publish_at.isoformat()},
        )
        saved = self.store.save(after, step, now=now, connection=connection)
        if saved.state is State.WITHDRAWN:
            self._bench.drop(saved.id)
        return saved

    def overtaken(self, submission: Submission) -> Submission:
        """The submission after somebody else published its layer: to be judged against theirs."""
        layer = self._registry.find(submission.layer)
        live = None if layer is None else layer.version
        now = datetime.now(UTC)
        after = replace(
            submission.moved_to(found(submission.standing, Found.OVERTAKEN, now=now)), base=live
        )
        if submission.version is not None:
            diff = changes(self._registry, submission.layer, live, submission.version)
            after = replace(after, diff=diff)
        step = Step(
            Found.OVERTAKEN.value,
            SYSTEM,
            "图层已被他人发布,请对照最新版本重新审核",
            from_state=submission.state.value,
            to_state=after.state.value,
            detail={"live": live},
        )
        return self.store.save(after, step, now=now)

    def due(self) -> list[Change]:
        """Publications whose time has come."""
        now = datetime.now(UTC)
        planned = [
            Change(one, found(one.standing, Found.DUE, now=now), Action.PUBLISH)
            for one in self.store.due(now)
        ]
        return [one for one in planned if one.after.state is State.PUBLISHED]

    def publish_due(self, change: Change, *, connection: Transaction = None) -> Submission:
        """Publish what is due, in the name of who approved it; raises PublishConflict."""
        after = change.before.moved_to(change.after)
        self._make_live(after, connection)
        step = Step(
            "published",
            SYSTEM,
            from_state=change.before.state.value,
            to_state=after.state.value,
            detail={"approved_by": change.before.reviewer},
        )
        return self.store.save(after, step, now=datetime.now(UTC), connection=connection)

    def _make_live(self, submission: Submission, connection: Transaction) -> None:
        assert submission.version is not None
        self._registry.publish_draft(
            described(submission, self._registry),
            submission.version,
            expected=submission.base,
            connection=connection,
        )
