"""The values of accounts, tokens and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.security.contracts import Grant


@dataclass(frozen=True, slots=True)
class Account:
    """One person who can sign in. `epoch` rises when all their sessions must end; `unit` is the
    organisation (or place, "region:440205") that the person works for.
    """

    id: str
    name: str
    display_name: str
    grants: AbstractSet[Grant]
    must_change: bool
    disabled: bool
    epoch: int
    created_at: datetime
    last_login_at: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One API token; its secret was shown once and is kept only as a hash."""

    id: str
    name: str
    account: str | None  # owner's account id; None: a service of its own
    scopes: AbstractSet[str]
    topic: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Whether the token opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something somebody did, before it has its place in the chain.

    `action` is a dotted word such as "login", "user.grant", "layer.publish"; `outcome` is "ok",
    "failed" or "refused"; `detail` holds plain values only and never a secret.
    """

    actor: str
    action: str
    object: str = ""
    outcome: str = "ok"
    address: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One row of the chain, exactly as stored."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    outcome: str
    address: str
    detail: str  # canonical JSON
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """How long the chain was at least, and its hash there; kept outside the database."""

    count: int
    hash: str
