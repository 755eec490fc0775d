"""What a subject reads, as one comparable value: behind every READ decision and cache key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from app.security.contracts import Action, Resource, Role, Subject
from app.security.matrix import (
    AUDIT_KINDS,
    BEFORE_RELEASE,
    CEILING,
    DATA_KINDS,
    OPEN_KINDS,
    PASSWORD,
    PEOPLE_KINDS,
    PERMITS,
    SIGNED_IN_KINDS,
    scoped_kinds,
)
from layers.contracts import Classification

_RANK = {classification: rank for rank, classification in enumerate(Classification)}
_NOTHING = -1
_EVERY_TOPIC = ""


@dataclass(frozen=True, slots=True)
class ReadRights:
    """What may be read. Two of them are equal exactly when they answer every question alike."""

    demo: bool  # public demo data
    kinds: tuple[str, ...]  # kinds beyond the public demo data
    everywhere: int  # ceiling in all topics and for things of no topic
    topics: tuple[tuple[str, int], ...]  # higher ceilings of single topics
    unreleased: tuple[str, ...]  # topics whose numbers are seen before their release

    def allows(self, resource: Resource, now: datetime | None) -> bool:
        """Whether the resource may be read at `now`; without a clock nothing counts as released."""
        if resource.kind in OPEN_KINDS:
            return True
        if resource.kind in PEOPLE_KINDS | AUDIT_KINDS:
            return resource.kind in self.kinds
        if resource.kind not in DATA_KINDS or not self._released(resource, now):
            return False
        if self._shown_as_demo(resource):
            return True
        return (
            resource.kind in self.kinds
            and self._ceiling(resource) >= _RANK[resource.classification]
        )

    def any_of(self, kind: str) -> bool:
        """Whether at least one resource of the kind may be read."""
        if kind in OPEN_KINDS or kind in self.kinds:
            return True
        return self.demo and kind in DATA_KINDS - SIGNED_IN_KINDS

    def _shown_as_demo(self, resource: Resource) -> bool:
        public = resource.demo and resource.classification is Classification.PUBLIC
        return self.demo and public and resource.kind not in SIGNED_IN_KINDS

    def _ceiling(self, resource: Resource) -> int:
        return max(self.everywhere, dict(self.topics).get(resource.topic or "", _NOTHING))

    def _released(self, resource: Resource, now: datetime | None) -> bool:
        if resource.release_at is None or (now is not None and resource.release_at <= now):
            return True
        named = {_EVERY_TOPIC, resource.topic} if resource.topic else {_EVERY_TOPIC}
        return resource.kind in self.kinds and not named.isdisjoint(self.unreleased)


NO_RIGHTS = ReadRights(demo=False, kinds=(), everywhere=_NOTHING, topics=(), unreleased=())


def read_rights(subject: Subject) -> ReadRights:
    """What the subject reads: its grants, narrowed by its scopes, plus the public demo data.

    Anonymous subjects hold no grant; empty scopes (the policy "none") take the demo data too.
    """
    if subject.scopes is not None and not subject.scopes - {PASSWORD}:
        return NO_RIGHTS
    kinds = _kinds(subject)
    if not kinds:
        return ReadRights(demo=True, kinds=(), everywhere=_NOTHING, topics=(), unreleased=())
    ceilings = _ceilings(subject)
    # Whoever holds any role reads what is public, of every topic.
    everywhere = max(ceilings.pop(_EVERY_TOPIC, _NOTHING), _RANK[Classification.PUBLIC])
    return ReadRights(
        demo=True,
        kinds=tuple(sorted(kinds)),
        everywhere=everywhere,
        topics=tuple(sorted((t, rank) for t, rank in ceilings.items() if rank > everywhere)),
        unreleased=_unreleased(subject),
    )


def rights_class(subject: Subject) -> str:
    """The cache key of what a subject reads: equal exactly when every READ answer is equal."""
    rights = read_rights(subject)
    kinds: object = "data" if rights.kinds == _ALL_DATA else rights.kinds
    parts = (rights.demo, kinds, rights.everywhere, rights.topics, rights.unreleased)
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _kinds(subject: Subject) -> frozenset[str]:
    held = frozenset[str]().union(
        *(PERMITS[grant.role].get(Action.READ, frozenset()) for grant in subject.grants)
    )
    scopes = None if subject.scopes is None else frozenset(subject.scopes)
    left = scoped_kinds(scopes, Action.READ)
    return held if left is None else held & left


def _ceilings(subject: Subject) -> dict[str, int]:
    ceilings: dict[str, int] = {}
    for grant in subject.grants:
        topic = grant.topic or _EVERY_TOPIC
        ceilings[topic] = max(ceilings.get(topic, _NOTHING), _RANK[CEILING[grant.role]])
    return ceilings


def _unreleased(subject: Subject) -> tuple[str, ...]:
    named = {
        grant.topic or _EVERY_TOPIC for grant in subject.grants if grant.role in BEFORE_RELEASE
    }
    return (_EVERY_TOPIC,) if _EVERY_TOPIC in named else tuple(sorted(named))


def ceiling_covers(role: Role, classification: Classification) -> bool:
    """Whether the role's ceiling reaches the classification."""
    return _RANK[CEILING[role]] >= _RANK[classification]


_ALL_DATA = tuple(sorted(DATA_KINDS))
