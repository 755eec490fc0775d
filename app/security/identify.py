"""From a cookie or a bearer token to the subject who asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from app.errors import NotSignedIn
from app.security.contracts import Subject
from app.security.matrix import PASSWORD
from app.security.people import Account
from app.security.subjects import anonymous
from app.security.tokens import hash_token, token_subject
from app.stores.postgres import PostgresAccounts, PostgresTokens
from app.stores.valkey import Session, ValkeySessions

Kind = Literal["session", "token"]

_KEEP_S = 2.0  # how long a revoked role may still be believed, per process
_MOST = 20_000


@dataclass(slots=True)
class Identifier:
    """Finds out who asks; answers are kept for two seconds, since one page asks many times."""

    accounts: PostgresAccounts
    tokens: PostgresTokens
    sessions: ValkeySessions
    policy: str  # config.security.anonymous
    clock: Callable[[], float] = time.monotonic
    _known: dict[tuple[Kind, str], tuple[float, Subject]] = field(default_factory=dict)

    def visitor(self) -> Subject:
        """Who asks without any sign."""
        return anonymous(self.policy)

    def remembered(self, kind: Kind, secret: str) -> Subject | None:
        """The kept answer for a session or token; None when it must be looked up."""
        kept = self._known.get((kind, hash_token(secret)))
        return kept[1] if kept is not None and self.clock() < kept[0] else None

    def by_session(self, secret: str) -> Subject:
        """Who the session belongs to; the visitor when it is unknown or over. StoreUnavailable."""
        subject = self._owner(self.sessions.find(secret))
        if subject is None:
            return self.visitor()
        return self._remember("session", secret, subject)

    def still_by_session(self, secret: str) -> Subject:
        """Who the session belongs to now, without that being a use of it.

        A page that is merely open must not keep its session alive. Raises StoreUnavailable.
        """
        return self._owner(self.sessions.peek(secret)) or self.visitor()

    def by_token(self, secret: str) -> Subject:
        """Who speaks through the token; raises NotSignedIn for a bad one, StoreUnavailable."""
        token = self.tokens.find(hash_token(secret))
        now = datetime.now(UTC)
        if token is None or not token.valid(now):
            raise NotSignedIn("接口令牌无效、已过期或已吊销;请管理员用 tonglan tokens add 重新签发")
        owner = None if token.account is None else self.accounts.by_id(token.account)
        if token.account is not None and (owner is None or owner.disabled):
            raise NotSignedIn("接口令牌所属账号已停用;请管理员重新签发")
        self.tokens.used(token.id, now)
        return self._remember("token", secret, token_subject(token, owner))

    def forget(self, secret: str) -> None:
        """Look the session up again next time: it was ended or changed."""
        self._known.pop(("session", hash_token(secret)), None)

    def _owner(self, session: Session | None) -> Subject | None:
        account = None if session is None else self.accounts.by_id(session.account)
        if session is None or account is None or account.disabled or session.epoch != account.epoch:
            return None
        return account_subject(account)

    def _remember(self, kind: Kind, secret: str, subject: Subject) -> Subject:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[(kind, hash_token(secret))] = (self.clock() + _KEEP_S, subject)
        return subject


def account_subject(account: Account) -> Subject:
    """The subject of a session; whoever must change the password may do nothing else."""
    scopes = frozenset({PASSWORD}) if account.must_change else None
    return Subject(
        id=account.id,
        name=account.display_name,
        grants=account.grants,
        scopes=scopes,
        unit=account.unit,
    )
