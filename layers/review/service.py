"""Submissions: from a complete upload to a published version. Knows no permissions: ask `may`.

Every step is one transaction, and every piece of work can be done again: whoever is killed in the
middle leaves the live version and the submission as they were.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from layers.contracts import Classification, ImportRequest, Layer
from layers.crs.preview import preview
from layers.errors import (
    BadAnswer,
    BadCoordinates,
    NotAllowedNow,
    StaleRevision,
    UnknownCRS,
    UnreadableFile,
)
from layers.intake.answers import (
    about_json,
    answers_json,
    read_about,
    read_answers,
)
from layers.intake.describe import check_id, describe
from layers.intake.examine import Asked, Examined, Watch, examine
from layers.readers import Reading, Upload
from layers.registry import LayerRegistry
from layers.review import draft
from layers.review.contracts import Step, Submission
from layers.review.machine import (
    ENDED,
    Action,
    Found,
    Person,
    Rules,
    Standing,
    State,
    advance,
    found,
)
from layers.review.report import asked_json, question_json, report_json
from layers.review.work import Work, WorkFolders
from layers.stores.files import LayerFiles
from layers.stores.postgres_submissions import PostgresSubmissions

SYSTEM = "system"
_REFUSALS = (UnreadableFile, UnknownCRS, BadCoordinates)
_READ_AGAIN = ("key",)  # what is said of the layer that the checks depend on
Queue = Callable[[str, int], str]  # puts work on (submission, revision) in line; the job's id
Transaction = Any  # a connection of the store's database: several stores change in one step


class Finished(Protocol):
    """An upload that arrived completely."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def name(self) -> str:
        """What its owner calls it."""

    @property
    def sha256(self) -> str:
        """What it contains."""

    @property
    def bytes(self) -> int:
        """How long it is."""


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


class Submissions:
    """Uploads on their way to a published version."""

    def __init__(
        self,
        store: PostgresSubmissions,
        registry: LayerRegistry,
        files: LayerFiles,
        rules: Rules,
        read: Callable[..., Reading] | None = None,
    ) -> None:
        """Plug together; `read` takes the place of reading in this very process.

        It is called with the upload, the options and `cancelled`, an event that ends it.
        """
        self.store = store
        self.rules = rules
        self._registry = registry
        self._files = files
        self._folders = WorkFolders(files)
        self._read = read

    # --- what people do ---

    def receive(
        self,
        upload: str,
        file: Finished,
        layer: str,
        *,
        about: Mapping[str, Any],
        answers: Mapping[str, Any],
        by: str,
        queue: Queue,
        connection: Transaction = None,
    ) -> tuple[Submission, bool]:
        """The submission of a complete upload; the same one however often it is asked for.

        `queue` puts the reading of (submission, revision) in line and returns the job's id.
        Raises BadLayer and BadAnswer.
        """
        known = self.store.of_upload(upload)
        if known is not None:
            return known, False
        check_id(layer)
        said = about_json(read_about(about))
        wanted = answers_json(read_answers(answers))
        self._files.adopt(file.path, file.sha256)
        made, now = secrets.token_hex(8), datetime.now(UTC)
        submission = Submission(
            id=made,
            layer=layer,
            upload=upload,
            state=State.RECEIVED,
            revision=1,
            file={"name": file.name, "bytes": file.bytes, "sha256": file.sha256},
            about=said,
            answers=wanted,
            job=queue(made, 1),
            created_by=by,
            created_at=now,
            updated_at=now,
        )
        step = Step("received", by, to_state=State.RECEIVED.value)
        return self.store.create(submission, step, connection=connection)

    def edit(
        self,
        submission: Submission,
        *,
        about: Mapping[str, Any] | None,
        answers: Mapping[str, Any] | None,
        person: Person,
        queue: Queue,
        connection: Transaction = None,
    ) -> Submission:
        """The submission with other answers, read again where they say so.

        Given keys replace, all others stay. Raises NotAllowedNow, BadAnswer and StaleRevision.
        """
        said = about_json(read_about({**submission.about, **(about or {})}))
        wanted = answers_json(read_answers({**submission.answers, **(answers or {})}))
        again = wanted != submission.answers or any(
            said[name] != submission.about.get(name) for name in _READ_AGAIN
        )
        now = datetime.now(UTC)
        standing = submission.standing
        after = advance(standing, Action.REREAD, person=person, rules=self.rules, now=now)
        if not again and standing.state is not State.SUBMITTED:
            after = standing
        changed = _standing(submission, after)
        if after.state is State.RECEIVED:
            job = queue(submission.id, submission.revision + 1)
            changed = replace(changed, job=job, question=None)
        step = Step(
            "edited", person.id, from_state=standing.state.value, to_state=after.state.value
        )
        changed = replace(changed, about=said, answers=wanted)
        return self.store.save(changed, step, now=now, connection=connection)

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
        after = _standing(before, change.after)
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
            self._folders.drop(saved.id)
        return saved

    def overtaken(self, submission: Submission) -> Submission:
        """The submission after somebody else published its layer: to be judged against theirs."""
        layer = self._registry.find(submission.layer)
        live = None if layer is None else layer.version
        now = datetime.now(UTC)
        after = replace(
            _standing(submission, found(submission.standing, Found.OVERTAKEN, now=now)), base=live
        )
        if submission.version is not None:
            after = replace(after, diff=self._diff(submission.layer, live, submission.version))
        step = Step(
            Found.OVERTAKEN.value,
            SYSTEM,
            "图层已被他人发布,请对照最新版本重新审核",
            from_state=submission.state.value,
            to_state=after.state.value,
            detail={"live": live},
        )
        return self.store.save(after, step, now=now)

    # --- what the worker does ---

    def read(self, submission: str, revision: int, watch: Watch) -> Submission | None:
        """Read and check the upload; None when the submission went on meanwhile.

        Raises Cancelled and StoreUnavailable.
        """
        current = self._at(submission, revision)
        if current is None or current.state is not State.RECEIVED:
            return None
        try:
            outcome = self._examine(current, watch)
        except _REFUSALS as wrong:
            return self._found(current, Found.UNREADABLE, str(wrong), question=None, report=None)
        self._draw(current, outcome)
        self._picture(current, outcome)
        if isinstance(outcome, Asked):
            return self._found(
                current,
                Found.ASKS,
                outcome.question.text,
                question=question_json(outcome.question),
                report=asked_json(outcome) or current.report,
                file=_file(current, outcome),
            )
        self._keep(current, outcome)
        asked = outcome.question
        return self._found(
            current,
            Found.READ if asked is None else Found.ASKS,
            "" if asked is None else asked.text,
            question=None if asked is None else question_json(asked),
            report=report_json(outcome),
            file=_file(current, outcome),
        )

    def build(self, submission: str, revision: int, watch: Watch) -> Submission | None:
        """Make the draft version; None when the submission went on meanwhile."""
        current = self._at(submission, revision)
        waiting = {State.SUBMITTED, State.APPROVED}
        if current is None or current.state not in waiting or current.version is not None:
            return None
        try:
            work = self.work(current, watch)
            if work is None:
                raise UnreadableFile("原件的读取结果已变化;请重新检查后再提交")
            version = draft.build(
                self._registry,
                current,
                self.request(current),
                work,
                watch,
                self.quicklook(current),
            )
        except (*_REFUSALS, BadAnswer) as wrong:
            return self._found(current, Found.NOT_BUILT, str(wrong))
        layer = self._registry.require(current.layer)
        diff = self._diff(layer.id, layer.version, version.id)
        return self._found(
            current, Found.BUILT, "", version=version.id, base=layer.version, diff=diff
        )

    def give_up(self, submission: str, revision: int, why: str) -> Submission | None:
        """Hand a submission whose draft could not be built back to its uploader."""
        current = self._at(submission, revision)
        return None if current is None else self._found(current, Found.NOT_BUILT, why)

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
        after = _standing(change.before, change.after)
        self._make_live(after, connection)
        step = Step(
            "published",
            SYSTEM,
            from_state=change.before.state.value,
            to_state=after.state.value,
            detail={"approved_by": change.before.reviewer},
        )
        return self.store.save(after, step, now=datetime.now(UTC), connection=connection)

    def sweep(self) -> int:
        """Remove the work folders of submissions that have ended; returns how many."""
        open_ones = {one.id for one in self.store.open()}
        gone = [one for one in self._files.works() if one not in open_ones]
        for one in gone:
            self._folders.drop(one)
        return len(gone)

    # --- what is shown ---

    def work(self, submission: Submission, watch: Watch | None = None) -> Work | None:
        """The features as checked and fixed, made again if they are gone; None before they exist.

        Raises what reading raises, for a file that can no longer be read the same way.
        """
        if submission.report is None or submission.report.get("checks") is None:
            return None
        kept = self._folders.find(submission.id, work_state(submission))
        if kept is not None:
            return kept
        outcome = self._examine(submission, watch or Watch())
        return None if isinstance(outcome, Asked) else self._keep(submission, outcome)

    def candidates(self, submission: Submission) -> dict[str, Any]:
        """The candidates of the coordinate system, drawn at one scale; none before it was read."""
        kept = self._folders.candidates(submission.id, work_state(submission))
        if kept is not None or not (submission.report or {}).get("crs"):
            return kept or {"window_m": [0, 0], "scale_m": 1000, "candidates": []}
        return self._draw(submission, self._examine(submission, Watch()))

    def quicklook(self, submission: Submission) -> bytes | None:
        """The small picture (PNG) of a raster; None for all else, and before it was read."""
        if not ((submission.report or {}).get("raster") or {}).get("quicklook"):
            return None
        if submission.version is not None:
            built = self._registry.quicklook(submission.layer, submission.version)
            if built is not None:
                return built
        kept = self._folders.quicklook(submission.id, work_state(submission))
        return kept or self._picture(submission, self._examine(submission, Watch()))

    def described(self, submission: Submission) -> Layer:
        """The layer as it will be catalogued once this is published."""
        return describe(self.request(submission), self._registry.find(submission.layer))

    def request(self, submission: Submission) -> ImportRequest:
        """What the uploader says, as an import."""
        about = read_about(submission.about)
        return ImportRequest(
            layer=submission.layer,
            title=about.title,
            topic=about.topic,
            owner=about.owner,
            source=about.source,
            classification=about.classification or _proposed(submission),
            cadence=about.cadence,
            style=about.style,
            key=about.key,
            by=submission.created_by,
        )

    # --- inside ---

    def _at(self, submission: str, revision: int) -> Submission | None:
        current = self.store.find(submission)
        return current if current is not None and current.revision == revision else None

    def _examine(self, submission: Submission, watch: Watch) -> Examined | Asked:
        sha256, name = str(submission.file["sha256"]), str(submission.file["name"])
        upload = Upload(self._files.original(sha256), name)
        answers = read_answers(submission.answers)
        around = self._registry.surroundings(self.described(submission))
        options: dict[str, Any] = {}
        if self._read is not None:
            options["read"] = partial(self._read, cancelled=watch.cancelled)
        return examine(upload, answers, around, watch=watch, **options)

    def _draw(self, submission: Submission, outcome: Asked | Examined) -> dict[str, Any]:
        """Draw the candidates and keep the drawing; nothing to draw gives no candidates."""
        drawn: dict[str, Any] = {"window_m": [0, 0], "scale_m": 1000, "candidates": []}
        if outcome.reading is not None and outcome.crs is not None:
            around = self._registry.surroundings(self.described(submission))
            shapes = outcome.reading.frame.geometry.to_numpy()
            drawn = preview(shapes, outcome.crs, around.outline, around.references)
        self._folders.keep_candidates(submission.id, work_state(submission), drawn)
        return drawn

    def _picture(self, submission: Submission, outcome: Asked | Examined) -> bytes | None:
        """Keep the small picture of a raster."""
        picture = None if outcome.reading is None else outcome.reading.quicklook
        if picture is not None:
            self._folders.keep_quicklook(submission.id, work_state(submission), picture)
        return picture

    def _keep(self, submission: Submission, examined: Examined) -> Work:
        work = draft.work_of(examined)
        self._folders.keep(submission.id, work_state(submission), work)
        # As it will be found again: texts for what is only shown.
        return self._folders.find(submission.id, work_state(submission)) or work

    def _found(
        self, submission: Submission, what: Found, note: str, **values: Any
    ) -> Submission | None:
        now = datetime.now(UTC)
        after = replace(submission, **values)
        standing = found(submission.standing, what, now=now)
        after = _standing(after, standing)
        step = Step(
            what.value,
            SYSTEM,
            note[:2000],
            from_state=submission.state.value,
            to_state=standing.state.value,
        )
        if what is Found.UNREADABLE:
            after = replace(after, report={"refused": note})
        try:
            return self.store.save(after, step, now=now)
        except StaleRevision:
            return None  # the person went on meanwhile: what was found is of an older wish

    def _make_live(self, submission: Submission, connection: Transaction) -> None:
        assert submission.version is not None
        self._registry.publish_draft(
            self.described(submission),
            submission.version,
            expected=submission.base,
            connection=connection,
        )

    def _diff(self, layer: str, live: str | None, version: str) -> dict[str, int] | None:
        if live is None:
            return None
        found = self._registry.diff(layer, live, version)
        return {
            "added": len(found.added),
            "removed": len(found.removed),
            "changed": len(found.changed),
        }


def work_state(submission: Submission) -> str:
    """What the work on the submission depends on, as a name."""
    facts = [submission.file["sha256"], submission.answers, submission.about.get("key")]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _standing(submission: Submission, standing: Standing) -> Submission:
    """The submission where the state machine has it."""
    after = replace(
        submission,
        state=standing.state,
        urgent=standing.urgent,
        publish_at=standing.publish_at,
    )
    built = standing.built or standing.state in ENDED
    return after if built or standing.state is submission.state else _unbuilt(after)


def _unbuilt(submission: Submission) -> Submission:
    return replace(submission, version=None, base=None, diff=None)


def _file(submission: Submission, outcome: Examined | Asked) -> dict[str, Any]:
    from_reading = outcome.reading
    if from_reading is None:
        return dict(submission.file)
    parts = [
        {"name": p.name, "title": p.title, "geometry": p.geometry, "features": p.features}
        for p in from_reading.parts
    ]
    return {**submission.file, "parts": parts}


def described_json(layer: Layer) -> dict[str, Any]:
    """What the catalogue will say of the layer."""
    return {
        "title": layer.title,
        "topic": layer.topic,
        "owner": layer.owner,
        "source": layer.source,
        "cadence": layer.cadence,
        "classification": layer.classification.value,
        "key": layer.key,
        "style": dict(layer.style),
    }


def _proposed(submission: Submission) -> Classification | None:
    """The level that personal data in the file ask for, where the uploader named none."""
    level = (submission.report or {}).get("classification")
    return None if level is None else Classification(level)


def usable(submission: Submission) -> bool:
    """Whether at least one feature would go into the version."""
    checks = (submission.report or {}).get("checks") or {}
    return int(checks.get("total", 0)) > int(checks.get("quarantined", 0))
