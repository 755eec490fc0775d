"""What happens to accounts: each change is one transaction with its audit event."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import BadCredentials, BadRequest
from app.security.contracts import Grant, Role
from app.security.passwords import (
    check_password,
    hash_password,
    one_time_password,
    verify_password,
)
from app.security.people import Account, AuditEvent
from app.stores.postgres import PostgresAccounts, PostgresAudit

_NAME = re.compile(r"[\w.@-]{2,64}")  # letters of any script, so that 张三 may sign in as such
_FIRST = "admin"
_SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class People:
    """The operations on accounts; `by` is the subject id of who does it."""

    accounts: PostgresAccounts
    audit: PostgresAudit

    def ensure_admin(self) -> str | None:
        """Create the first administrator; its one-time password, or None when one exists.

        Of several starting processes exactly one gets the password.
        """
        if any(Grant(Role.ADMIN) in account.grants for account in self.accounts.all()):
            return None
        password = one_time_password()
        grants = (Grant(Role.ADMIN),)
        try:
            created = self._create(_FIRST, "系统管理员", grants, password, by=_SYSTEM)
        except _Taken:  # another starting process was faster, and shows its password
            return None
        return password if created else None

    def add(
        self,
        name: str,
        *,
        display_name: str = "",
        grants: Iterable[Grant] = (),
        unit: str | None = None,
        by: str,
    ) -> str:
        """Create an account; return its one-time password. Raises BadRequest when it cannot be."""
        if not _NAME.fullmatch(name):
            raise BadRequest(f"账号名 {name!r} 不可用;请用 2–64 个文字、数字或 . _ @ -")
        password = one_time_password()
        held = tuple(grants)
        if not self._create(name, display_name or name, held, password, by=by, unit=unit):
            raise BadRequest(f"账号 {name} 已存在;请换一个名称,或用 tonglan users grant 授权")
        return password

    def reset_password(self, name: str, *, by: str) -> str:
        """Give the account a new one-time password, end its sessions; return the password."""
        account = self.accounts.require(name)
        password = one_time_password()
        self._store_password(account, password, must_change=True, by=by)
        return password

    def change_password(self, account: Account, *, old: str, new: str) -> None:
        """Replace the owner's own password and end the sessions of the account.

        Raises BadCredentials when `old` is wrong, BadRequest when `new` breaks a rule.
        """
        if not verify_password(self.accounts.password_hash(account.id), old):
            raise BadCredentials("原口令不正确,请重新输入")
        if old == new:
            raise BadRequest("新口令不能与原口令相同")
        admin = any(grant.role is Role.ADMIN for grant in account.grants)
        check_password(new, account=account.name, admin=admin)
        self._store_password(account, new, must_change=False, by=account.id)

    def grant(self, name: str, grant: Grant, *, by: str) -> None:
        """Give a role. Raises UnknownAccount, BadRequest for a role held for one topic wrongly."""
        _check_grant(grant)
        account = self.accounts.require(name)
        with self.audit.recording(_event(by, "user.grant", account, **_words(grant))) as connection:
            self.accounts.grant(account.id, grant, connection=connection)

    def revoke(self, name: str, grant: Grant, *, by: str) -> None:
        """Take a role away. Raises UnknownAccount, BadRequest when it is not held."""
        account = self.accounts.require(name)
        if grant not in account.grants:
            raise BadRequest(f"{name} 没有这个角色;可用 tonglan users list 查看现有角色")
        self._keep_an_admin(account, losing=grant == Grant(Role.ADMIN))
        event = _event(by, "user.revoke", account, **_words(grant))
        with self.audit.recording(event) as connection:
            self.accounts.revoke(account.id, grant, connection=connection)

    def set_disabled(self, name: str, *, disabled: bool, by: str) -> None:
        """Close or reopen an account; the last administrator cannot be closed."""
        account = self.accounts.require(name)
        self._keep_an_admin(account, losing=disabled)
        action = "user.disable" if disabled else "user.enable"
        with self.audit.recording(_event(by, action, account)) as connection:
            self.accounts.set_disabled(account.id, disabled=disabled, connection=connection)

    def set_unit(self, name: str, unit: str | None, *, by: str) -> None:
        """Say for which organisation the account works; None for none. The caller checks it."""
        account = self.accounts.require(name)
        with self.audit.recording(_event(by, "user.unit", account, unit=unit)) as connection:
            self.accounts.set_unit(account.id, unit, connection=connection)

    def _create(
        self,
        name: str,
        display_name: str,
        grants: tuple[Grant, ...],
        password: str,
        *,
        by: str,
        unit: str | None = None,
    ) -> bool:
        for grant in grants:
            _check_grant(grant)
        account = Account(
            id=f"u{secrets.token_hex(6)}",
            name=name,
            display_name=display_name,
            grants=frozenset(grants),
            must_change=True,
            disabled=False,
            epoch=0,
            created_at=datetime.now(UTC),
            unit=unit,
        )
        if self.accounts.find(name) is not None:
            return False
        hashed = hash_password(password)
        held = [_words(grant) for grant in grants]
        with self.audit.recording(_event(by, "user.add", account, roles=held)) as connection:
            if not self.accounts.create(account, hashed, connection=connection):
                raise _Taken(f"账号 {name} 刚刚被创建,请用 tonglan users list 查看")
        return True

    def _store_password(
        self, account: Account, password: str, *, must_change: bool, by: str
    ) -> None:
        hashed = hash_password(password)
        with self.audit.recording(_event(by, "user.password", account)) as connection:
            self.accounts.set_password(
                account.id,
                hashed,
                must_change=must_change,
                now=datetime.now(UTC),
                connection=connection,
            )

    def _keep_an_admin(self, account: Account, *, losing: bool) -> None:
        if not losing or Grant(Role.ADMIN) not in account.grants:
            return
        others = (one for one in self.accounts.all() if one.id != account.id and not one.disabled)
        if not any(Grant(Role.ADMIN) in one.grants for one in others):
            raise BadRequest("这是最后一个系统管理员;请先给另一个账号授予 admin 角色")


class _Taken(BadRequest):
    """The name was taken between looking and creating."""


def _check_grant(grant: Grant) -> None:
    whole = {Role.ADMIN, Role.AUDITOR}
    if grant.topic is not None and grant.role in whole:
        raise BadRequest(f"角色 {grant.role} 不分专题;请去掉 --topic")
    if grant.topic is not None and not re.fullmatch(r"[a-z][a-z0-9_]*", grant.topic):
        raise BadRequest(f"专题标识 {grant.topic!r} 不可用;可用 tonglan topics list 查看")


def _event(by: str, action: str, account: Account, **detail: object) -> AuditEvent:
    return AuditEvent(
        actor=by, action=action, object=account.id, detail={"name": account.name, **detail}
    )


def _words(grant: Grant) -> dict[str, str | None]:
    return {"role": grant.role.value, "topic": grant.topic}
