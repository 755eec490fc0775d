"""Signing in and out: throttled, audited, the same for unknown names as for wrong passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from app.config import SecurityConfig
from app.errors import BadCredentials
from app.security.accounts import People
from app.security.passwords import hash_password, outdated, verify_password
from app.security.people import Account, AuditEvent
from app.stores.postgres import PostgresAccounts, PostgresAudit
from app.stores.valkey import Session, ValkeySessions

log = structlog.get_logger(__name__)

_LONGEST = 64  # of a name in the audit trail: more is nobody's name


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the secret for its cookie, and whether the password must be changed first."""

    secret: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class Reception:
    """Lets people in and out. Every operation raises StoreUnavailable while an engine is away."""

    accounts: PostgresAccounts
    sessions: ValkeySessions
    audit: PostgresAudit
    settings: SecurityConfig

    def sign_in(self, name: str, password: str, *, address: str) -> SignedIn:
        """Open a session, or raise BadCredentials with the one text for every wrong pair."""
        name = name.strip()
        pause = timedelta(minutes=self.settings.login_pause_minutes)
        closed = self.sessions.attempt(name, limit=self.settings.login_attempts, pause=pause)
        if closed is not None:
            self._record("refused", name, address, None)
            raise BadCredentials(f"输错次数过多,请 {_minutes(closed)} 分钟后再试")
        account = self.accounts.find(name)
        stored = None if account is None else self.accounts.password_hash(account.id)
        fits = verify_password(stored, password)
        if account is None or stored is None or not fits or account.disabled:
            self._record("failed", name, address, account)
            raise BadCredentials("账号或口令不正确,请重新输入")
        self._record("ok", name, address, account)
        self.sessions.forgive(name)
        if outdated(stored):
            self.accounts.rehash(account.id, hash_password(password))
        self.accounts.signed_in(account.id, datetime.now(UTC))
        return self._open(account)

    def sign_out(self, secret: str, *, actor: str, address: str) -> None:
        """End the session."""
        self.sessions.close(secret)
        self.audit.append(AuditEvent(actor, "logout", address=address))

    def change_password(self, account_id: str, *, old: str, new: str) -> SignedIn:
        """Change the own password (throttled like a login); a new session replaces all others.

        Raises BadCredentials for a wrong old one, BadRequest for a new one that breaks a rule.
        """
        account = self.accounts.by_id(account_id)
        if account is None:
            raise BadCredentials("账号已不存在,请重新登录")
        pause = timedelta(minutes=self.settings.login_pause_minutes)
        closed = self.sessions.attempt(
            account.name, limit=self.settings.login_attempts, pause=pause
        )
        if closed is not None:
            raise BadCredentials(f"输错次数过多,请 {_minutes(closed)} 分钟后再试")
        People(self.accounts, self.audit).change_password(account, old=old, new=new)
        self.sessions.forgive(account.name)
        return self._open(self.accounts.require(account.name))

    def _open(self, account: Account) -> SignedIn:
        secret = self.sessions.open(Session(account=account.id, epoch=account.epoch))
        return SignedIn(secret, account.must_change)

    def _record(self, outcome: str, name: str, address: str, account: Account | None) -> None:
        actor = "anonymous" if account is None else account.id
        detail = {"name": name[:_LONGEST]}
        self.audit.append(
            AuditEvent(actor, "login", outcome=outcome, address=address, detail=detail)
        )
        log.info("login", outcome=outcome, actor=actor, address=address)


def _minutes(pause: timedelta) -> int:
    return max(1, round(pause.total_seconds() / 60))
