"""Migrations of indicators: values and definitions follow a new version of a topic, and back.

A renamed indicator's values are copied under the new id with the moments they were recorded at, so
that every `as_of` reads as before; its definition's versions go along. Another unit converts the
values in force as a revision. Nothing is deleted: the old id keeps its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from topics.kit.contracts import Observation, Period
from topics.kit.definitions.contracts import StoredVersion
from topics.kit.definitions.fields import changed, plain
from topics.kit.definitions.manifest import AUTHOR
from topics.kit.manifest import Manifest
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_migrations import MigrationSpec
from topics.kit.packages.compare import due_migrations
from topics.kit.versions import parse_version


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one indicator, forward or back.

    `old` and `new` are ids (the same unless renamed); values in `old_unit` become `new_unit` by
    `times` / `divided`.
    """

    old: str
    new: str
    old_unit: str | None
    new_unit: str
    times: float = 1.0
    divided: float = 1.0
    breaks: bool = False
    valid_from: date | None = None
    reason: str = ""

    def converted(self, one: Observation, recorded_at: datetime | None) -> Observation:
        """The observation under the new id and in the new unit."""
        turns = self.old_unit is not None and one.unit in (self.old_unit, "")
        value = one.value
        if turns and value is not None:
            value = value * self.times / self.divided
        unit = self.new_unit if turns else one.unit
        return replace(one, indicator=self.new, value=value, unit=unit, recorded_at=recorded_at)


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration that was applied: what it said, and the unit of the indicator since then."""

    topic: str
    spec: MigrationSpec
    unit: str


class MigrationStore(Protocol):
    """Where values, definitions and marks of migrations lie."""

    def applied(self, topic: str) -> list[Applied]:
        """The migrations of a topic that were applied, in the order of application."""

    def transaction(self) -> Any:
        """A context manager; what is done with its value is done whole or not at all."""

    def statements(self, work: Any, indicator: str) -> list[Observation]:
        """Everything ever said of an indicator, by region and period, oldest first."""

    def current(self, work: Any, indicator: str) -> list[Observation]:
        """The values of an indicator that are in force."""

    def store(self, work: Any, observations: Sequence[Observation]) -> None:
        """Store observations as they are; no check of limits: this is history."""

    def versions(self, work: Any, indicator: str) -> list[StoredVersion]:
        """The versions of a definition, oldest first."""

    def add_versions(self, work: Any, versions: Sequence[StoredVersion]) -> None:
        """Add versions of definitions."""

    def mark(self, work: Any, one: Applied) -> None:
        """Note that a migration was applied."""

    def unmark(self, work: Any, one: Applied) -> None:
        """Note that it was undone."""


def settle(topics: Iterable[Manifest], store: MigrationStore) -> list[str]:
    """Bring values and definitions to the versions of the topics in use; what was done, in words.

    Migrations not yet applied are applied, those of a version newer than the one in use are undone.
    Repeating it changes nothing; each migration is one transaction.
    """
    said = []
    for topic in topics:
        done = store.applied(topic.id)
        if not done and not topic.migrations:
            continue
        own = parse_version(topic.topic.version)
        for one in reversed([one for one in done if parse_version(one.spec.version) > own]):
            with store.transaction() as work:
                back = backward(one)
                count = _walk(work, store, back, _specs(topic).get(back.new))
                store.unmark(work, one)
            said.append(f"退回 {_words(one.spec)}:{count} 个值")
        known = {(one.spec.version, one.spec.indicator) for one in done}
        for spec in due_migrations(topic):
            if (spec.version, spec.indicator) in known:
                continue
            now = _specs(topic)[spec.indicator]
            with store.transaction() as work:
                count = _walk(work, store, forward(spec, now.unit), now)
                store.mark(work, Applied(topic.id, spec, now.unit))
            said.append(f"转换 {_words(spec)}:{count} 个值")
    return said


def forward(spec: MigrationSpec, unit: str) -> Step:
    """The step a migration asks for."""
    return Step(
        spec.was or spec.indicator,
        spec.indicator,
        spec.unit,
        unit,
        times=spec.factor or 1.0,
        breaks=spec.breaks,
        valid_from=spec.valid_from,
        reason=spec.reason,
    )


def backward(one: Applied) -> Step:
    """The step that undoes it."""
    spec = one.spec
    return Step(
        spec.indicator,
        spec.was or spec.indicator,
        one.unit if spec.unit is not None else None,
        spec.unit if spec.unit is not None else one.unit,
        divided=spec.factor or 1.0,
        breaks=spec.breaks,
        valid_from=spec.valid_from,
        reason=f"退回专题旧版:{spec.reason}",
    )


def _walk(work: Any, store: MigrationStore, step: Step, now: IndicatorSpec | None) -> int:
    """Move values and definition; how many values changed their place or unit."""
    if step.old != step.new:
        there = {_when(one) for one in store.statements(work, step.new)}
        moving = [one for one in store.statements(work, step.old) if _when(one) not in there]
        rows = [step.converted(one, one.recorded_at) for one in moving]
    elif step.old_unit is not None:
        wanted = (step.old_unit, "")
        rows = [
            step.converted(one, None)
            for one in store.current(work, step.old)
            if one.unit in wanted and one.value is not None
        ]
    else:
        rows = []
    store.store(work, rows)
    store.add_versions(work, _versions(work, store, step, now))
    return len(rows)


def _when(one: Observation) -> tuple[str, Period, datetime | None]:
    """What tells one statement of a series from another."""
    return one.region, one.period, one.recorded_at


def _versions(
    work: Any, store: MigrationStore, step: Step, now: IndicatorSpec | None
) -> list[StoredVersion]:
    """The versions to add: those of the old id where it was renamed, and one for the change."""
    own, renamed = store.versions(work, step.new), step.old != step.new
    before = store.versions(work, step.old) if renamed else own
    added = [_under(one, step.new) for one in before] if renamed and not own else []
    known = [*own, *added]
    if not known or now is None:
        return added
    said = plain(now)
    last = next((one.manifest for one in reversed(known) if one.manifest is not None), {})
    fields = changed(last, said)
    if not (fields or step.breaks or renamed):
        return added
    note = f"改编号 {step.old} → {step.new};" if renamed else ""
    version = StoredVersion(
        step.new,
        known[-1].number + 1,
        fields,
        step.valid_from if step.breaks else None,
        datetime.now(UTC),
        AUTHOR,
        note + step.reason,
        step.breaks,
        manifest=said,
    )
    return [*added, version]


def _under(one: StoredVersion, indicator: str) -> StoredVersion:
    """A version as one of another id."""
    fields = {**one.fields, "id": indicator} if "id" in one.fields else one.fields
    manifest = None if one.manifest is None else {**one.manifest, "id": indicator}
    return replace(one, indicator=indicator, fields=fields, manifest=manifest, change=None)


def _specs(topic: Manifest) -> dict[str, IndicatorSpec]:
    return {one.id: one for one in topic.indicators}


def _words(spec: MigrationSpec) -> str:
    return f"{spec.was} → {spec.indicator}" if spec.was else spec.indicator
