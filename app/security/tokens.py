"""API tokens: issuing, revoking, and who one speaks for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import BadRequest
from app.security.contracts import Grant, Subject
from app.security.matrix import SCOPES, SERVICE_ROLES
from app.security.people import Account, AuditEvent, Token
from app.stores.postgres import PostgresAudit, PostgresTokens

_PREFIX = "tl_"  # lets a secret scanner recognise a leaked token


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issues and revokes tokens; each change is recorded in the same transaction."""

    tokens: PostgresTokens
    audit: PostgresAudit

    def issue(
        self,
        scopes: Iterable[str],
        *,
        name: str = "",
        owner: Account | None = None,
        topic: str | None = None,
        lifetime: timedelta | None = None,
        by: str,
    ) -> tuple[Token, str]:
        """A new token and its secret, which cannot be read again. Raises BadRequest."""
        wanted = frozenset(scopes)
        _check_scopes(wanted)
        now = datetime.now(UTC)
        token = Token(
            id=f"t{secrets.token_hex(6)}",
            name=name or "、".join(sorted(wanted)),
            account=None if owner is None else owner.id,
            scopes=wanted,
            topic=topic,
            created_at=now,
            created_by=by,
            expires_at=None if lifetime is None else now + lifetime,
        )
        secret = _PREFIX + secrets.token_urlsafe(32)
        detail = {"scopes": sorted(wanted), "owner": token.account, "topic": topic}
        event = AuditEvent(by, "token.add", token.id, detail=detail)
        with self.audit.recording(event) as connection:
            self.tokens.create(token, hash_token(secret), connection=connection)
        return token, secret

    def revoke(self, token_id: str, *, by: str) -> None:
        """End a token; raises UnknownAccount when there is no living one with this id."""
        with self.audit.recording(AuditEvent(by, "token.revoke", token_id)) as connection:
            self.tokens.revoke(token_id, now=datetime.now(UTC), connection=connection)


def hash_token(secret: str) -> str:
    """What is stored of a token; a plain hash suffices for 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def token_subject(token: Token, owner: Account | None) -> Subject:
    """Who speaks through a token: its owner, or a service of its own, narrowed to the scopes."""
    if owner is not None:
        held = {g for g in owner.grants if token.topic is None or g.topic in (None, token.topic)}
        grants = frozenset(Grant(g.role, g.topic or token.topic) for g in held)
    else:
        roles = {SERVICE_ROLES[scope] for scope in token.scopes if scope in SERVICE_ROLES}
        grants = frozenset(Grant(role, token.topic) for role in roles)
    return Subject(
        id=f"token:{token.id}",
        name=token.name,
        grants=grants,
        scopes=token.scopes,
        account=token.account,
        unit=None if owner is None else owner.unit,
    )


def _check_scopes(scopes: frozenset[str]) -> None:
    known = "、".join(SCOPES)
    if not scopes:
        raise BadRequest(f"令牌至少要有一个范围,如 --scope observations:write;可选:{known}")
    unknown = sorted(scopes - set(SCOPES))
    if unknown:
        raise BadRequest(f"不认识的令牌范围 {unknown[0]};可选:{known}")
