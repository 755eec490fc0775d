"""A definition as the API tells it: in short for the list, in full with versions for its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.definitions.graph import graph
from app.security.contracts import Action, Resource, Subject
from app.security.matrix import BEFORE_RELEASE, CEILING
from app.security.matrix_text import ROLE_TITLES
from app.security.may import may
from app.security.rights import ceiling_covers
from app.services import Services
from topics.kit.definitions.changes import (
    OPEN,
    STATE_TITLES,
    STEP_TITLES,
    ChangeRow,
    Worker,
    allowed,
)
from topics.kit.definitions.contracts import StoredVersion
from topics.kit.definitions.fields import plain
from topics.kit.definitions.words import TITLES, differences, sentence, value_text
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE
from topics.kit.words.judgement import target_text

_MANIFEST = {"id": "manifest", "name": "专题清单"}


class DefinitionTexts:
    """Tells definitions, versions and changes; names of people are asked for where they may be."""

    def __init__(self, services: Services) -> None:
        """Tell what `services` hold."""
        self._services = services
        self._names = PeopleNames(services)

    def short(self, spec: IndicatorSpec, open_changes: int) -> dict[str, Any]:
        """One row of the list."""
        services = self._services
        topic = services.catalogue.topic_of(spec.id)
        versions = services.definitions.history(spec.id)
        return {
            "id": spec.id,
            "title": spec.title,
            "topic": topic.id,
            "topic_title": topic.short,
            "unit": spec.unit,
            "period_kind": spec.period_kind.value,
            "levels": list(spec.levels),
            "owner": spec.owner,
            "owner_name": services.organisations.name(spec.owner),
            "classification": spec.classification.value,
            "version": versions[-1].number if versions else 1,
            "open_changes": open_changes,
            "breaks": [one.isoformat() for one in self._break_days(spec.id, None)],
            "missing": missing(spec),
            "released": spec.release is not None,
        }

    def full(
        self, spec: IndicatorSpec, subject: Subject, as_of: datetime | None, now: datetime
    ) -> dict[str, Any]:
        """Everything about one indicator as known at `as_of`."""
        services = self._services
        fields = plain(spec)
        topic = services.catalogue.topic_of(spec.id)
        values = {**spec.model_dump(mode="json", by_alias=True), **fields}
        return {
            **self.short(spec, 0),
            "definition": spec.definition,
            "fields": values,
            "facts": [
                {"field": name, "title": title, "text": self._fact(name, values.get(name))}
                for name, title in TITLES.items()
                if name not in ("title", "definition", "target")
            ],
            "target_now": target_text(spec, now),
            "targets": [
                {**one.model_dump(mode="json"), "in_force": one == spec.target_on(_day(now))}
                for one in sorted(spec.target, key=lambda one: (one.year, one.effective))
            ],
            "versions": self.versions(spec.id, as_of, names=not subject.anonymous),
            "graph": graph(services.catalogue, spec.id, lambda name: self._sees(subject, name)),
            "readers": readers(spec, demo=topic.demo),
        }

    def versions(
        self, indicator: str, as_of: datetime | None, *, names: bool
    ) -> list[dict[str, Any]]:
        """The versions, newest first, each with what it changed; `names`: also who."""
        stored = [
            one
            for one in self._services.definitions.book.stored(indicator)
            if as_of is None or one.number == 1 or one.recorded_at <= as_of
        ]
        found: list[dict[str, Any]] = []
        before: dict[str, Any] = {}
        for one in stored:
            found.append(self._version(one, before, names=names))
            before = {**before, **one.fields}
        return found[::-1]

    def change(
        self, one: ChangeRow, person: Worker | None = None, *, review: bool = True
    ) -> dict[str, Any]:
        """A change under way, with what the person may do with it."""
        services = self._services
        spec = services.catalogue.find(one.indicator)
        current = services.definitions.book.fields(one.indicator)
        if one.version is not None:
            current = self._fields_before(one.indicator, one.version)
        diff = differences(current, one.fields)
        steps = allowed(one, person, review=review) if person else []
        return {
            "id": one.id,
            "indicator": one.indicator,
            "title": spec.title if spec else one.indicator,
            "state": one.state.value,
            "state_title": STATE_TITLES[one.state],
            "open": one.state in OPEN,
            "differences": diff,
            "sentence": sentence(diff),
            "fields": dict(one.fields),
            "valid_from": one.valid_from.isoformat() if one.valid_from else None,
            "breaks": one.breaks,
            "reason": one.reason,
            "author": self._names.shown(one.author),
            "created_at": _iso(one.created_at),
            "updated_at": _iso(one.updated_at),
            "decided_by": self._names.shown(one.decided_by),
            "decided_at": _iso(one.decided_at),
            "note": one.note,
            "urgent": one.urgent,
            "version": one.version,
            "steps": [{"to": step.value, "title": STEP_TITLES[step]} for step in steps],
        }

    def _version(
        self, one: StoredVersion, before: Mapping[str, Any], *, names: bool
    ) -> dict[str, Any]:
        diff = differences(before, one.fields) if one.number > 1 else []
        author = _MANIFEST if one.author == "manifest" else self._names.shown(one.author)
        return {
            "number": one.number,
            "recorded_at": _iso(one.recorded_at),
            "author": author if names or one.author == "manifest" else None,
            "reason": one.reason,
            "valid_from": one.valid_from.isoformat() if one.valid_from else None,
            "breaks": one.breaks,
            "differences": diff,
            "sentence": sentence(diff) if diff else "首次建立",
        }

    def _fields_before(self, indicator: str, number: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in self._services.definitions.book.stored(indicator):
            if one.number < number:
                found = {**found, **one.fields}
        return found

    def _fact(self, name: str, value: Any) -> str:
        if name == "owner" and value:
            return self._services.organisations.name(str(value))
        return value_text(name, value)

    def _break_days(self, indicator: str, as_of: datetime | None) -> list[date]:
        found = self._services.definitions.book.breaks(indicator, as_of=as_of)
        return [one.valid_from for one in found if one.valid_from is not None]

    def _sees(self, subject: Subject, name: str) -> bool:
        spec = self._services.catalogue.find(name)
        return spec is not None and bool(
            may(subject, Action.READ, definition_resource(self._services, spec))
        )


def definition_resource(services: Services, spec: IndicatorSpec) -> Resource:
    """What decides who may read or change the definition of an indicator."""
    topic = services.catalogue.topic_of(spec.id)
    return Resource("indicator", spec.id, topic.id, spec.classification, topic.demo)


def missing(spec: IndicatorSpec) -> list[str]:
    """What a complete definition still lacks, in words."""
    lacking = {
        "制度依据": not spec.legal,
        "来源系统": not spec.source_system,
        "阈值": spec.direction != "none" and spec.thresholds is None and spec.comparison is None,
    }
    return [name for name, absent in lacking.items() if absent]


def readers(spec: IndicatorSpec, *, demo: bool) -> list[dict[str, Any]]:
    """Who may see values of the indicator: role by role, and who before the release."""
    found: list[dict[str, Any]] = [
        {
            "role": role.value,
            "title": ROLE_TITLES[role],
            "sees": ceiling_covers(role, spec.classification),
            "early": role in BEFORE_RELEASE and ceiling_covers(role, spec.classification),
        }
        for role in CEILING
    ]
    public = demo and spec.classification.value == "公开"
    return [
        {"role": "anonymous", "title": "未登录", "sees": public, "early": False},
        *found,
    ]


def _day(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat(timespec="seconds")
