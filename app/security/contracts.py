"""The values of the one permission decision."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from layers.contracts import Classification


class Action(StrEnum):
    """What somebody wants to do with a resource."""

    READ = "read"
    WRITE = "write"  # observations, drafts
    IMPORT = "import"  # a new layer version
    PUBLISH = "publish"  # make a version or a reported number current
    REFRESH = "refresh"  # run a refresher now
    ADMINISTER = "administer"  # users, tokens, settings
    AUDIT = "audit"  # read and verify the audit trail


class Role(StrEnum):
    """Roles of the product; clerk and reviewer are held per topic."""

    VIEWER = "viewer"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    DUTY = "duty"
    HANDLER = "handler"  # of the unit that handles cases
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one topic or (None) for all."""

    role: Role
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks. Anonymous subjects hold no grant; a token narrows its owner to `scopes`.

    `account` is the account a token speaks for, where it has one; `unit` is the organisation that
    the person works for, where it is known.
    """

    id: str
    name: str
    grants: AbstractSet[Grant] = field(default_factory=frozenset)
    scopes: AbstractSet[str] | None = None  # None: not narrowed (a session); else a token's scopes
    anonymous: bool = False
    account: str | None = None
    unit: str | None = None

    @property
    def person(self) -> str:
        """Who is behind it: one person is the same through a session and through a token."""
        return self.account or self.id


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for: a kind (see app.security.matrix) and what decides."""

    kind: str
    id: str = ""
    topic: str | None = None
    classification: Classification = Classification.INTERNAL
    demo: bool = False
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and in Chinese why and who can grant it."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        """Allow `if may(...)`."""
        return self.allowed
