"""Accounts and their grants in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.errors import UnknownAccount
from app.security.contracts import Grant, Role
from app.security.people import Account
from layers.stores.postgres_engine import unavailable

_METADATA = sa.MetaData()

_ACCOUNT = sa.Table(
    "account",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("display_name", sa.Text),
    sa.Column("password_hash", sa.Text),
    sa.Column("must_change", sa.Boolean),
    sa.Column("disabled", sa.Boolean),
    sa.Column("epoch", sa.Integer),
    sa.Column("created_at", sa.DateTime(timezone=True)),
    sa.Column("password_changed_at", sa.DateTime(timezone=True)),
    sa.Column("last_login_at", sa.DateTime(timezone=True)),
    sa.Column("unit", sa.Text),
)

_GRANT = sa.Table(
    "account_grant",
    _METADATA,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
)

_SHOWN = [
    _ACCOUNT.c[name]
    for name in (
        "id",
        "name",
        "display_name",
        "must_change",
        "disabled",
        "epoch",
        "created_at",
        "last_login_at",
        "unit",
    )
]


class PostgresAccounts:
    """Who may sign in and what they hold. Changes take the connection of `PostgresAudit.recording`,
    so that no change goes unrecorded.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Keep the accounts in the database behind `engine`."""
        self._engine = engine

    def find(self, name: str) -> Account | None:
        """The account that signs in as `name`; None when there is none."""
        if "\x00" in name:
            return None  # PostgreSQL stores no NUL and refuses to look for one
        return next(iter(self._accounts(_ACCOUNT.c.name == name)), None)

    def by_id(self, account_id: str) -> Account | None:
        """The account with this id; None when there is none."""
        return next(iter(self._accounts(_ACCOUNT.c.id == account_id)), None)

    def require(self, name: str) -> Account:
        """The account that signs in as `name`; raises UnknownAccount."""
        found = self.find(name)
        if found is None:
            raise UnknownAccount(f"没有账号 {name};可用 tonglan users list 查看全部账号")
        return found

    def all(self) -> list[Account]:
        """Every account, by name."""
        return self._accounts(sa.true())

    def password_hash(self, account_id: str) -> str | None:
        """The stored hash of the account's password; None when there is no such account."""
        query = sa.select(_ACCOUNT.c.password_hash).where(_ACCOUNT.c.id == account_id)
        with unavailable(), self._engine.connect() as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
            return found

    def create(self, account: Account, password_hash: str, *, connection: sa.Connection) -> bool:
        """Store a new account with its grants; False (and nothing done) when the name is taken."""
        values = {name: getattr(account, name) for name in (column.name for column in _SHOWN)}
        statement = (
            sa.text(_INSERT).bindparams(**values, password_hash=password_hash).columns(id=sa.Text)
        )
        if connection.execute(statement).first() is None:
            return False
        for grant in account.grants:
            self.grant(account.id, grant, connection=connection)
        return True

    def set_password(
        self,
        account_id: str,
        password_hash: str,
        *,
        must_change: bool,
        now: datetime,
        connection: sa.Connection,
    ) -> None:
        """Replace the password and end every session of the account."""
        self._update(
            account_id,
            connection,
            password_hash=password_hash,
            must_change=must_change,
            password_changed_at=now,
            epoch=_ACCOUNT.c.epoch + 1,
        )

    def rehash(self, account_id: str, password_hash: str) -> None:
        """Store the same password under stronger parameters; sessions go on."""
        with self._changing() as connection:
            self._update(account_id, connection, password_hash=password_hash)

    def set_disabled(self, account_id: str, *, disabled: bool, connection: sa.Connection) -> None:
        """Close or reopen the account; closing ends its sessions."""
        self._update(account_id, connection, disabled=disabled, epoch=_ACCOUNT.c.epoch + 1)

    def set_unit(self, account_id: str, unit: str | None, *, connection: sa.Connection) -> None:
        """Say for whom the account works; None for nobody."""
        self._update(account_id, connection, unit=unit)

    def grant(self, account_id: str, grant: Grant, *, connection: sa.Connection) -> None:
        """Give a role; giving it twice changes nothing."""
        values = {"account_id": account_id, "role": grant.role.value, "topic": grant.topic or ""}
        connection.execute(
            sa.text(
                "INSERT INTO account_grant (account_id, role, topic)"
                " VALUES (:account_id, :role, :topic) ON CONFLICT DO NOTHING"
            ),
            values,
        )

    def revoke(self, account_id: str, grant: Grant, *, connection: sa.Connection) -> bool:
        """Take a role away; False when it was not held."""
        held = (
            (_GRANT.c.account_id == account_id)
            & (_GRANT.c.role == grant.role.value)
            & (_GRANT.c.topic == (grant.topic or ""))
        )
        return connection.execute(sa.delete(_GRANT).where(held)).rowcount > 0

    def signed_in(self, account_id: str, now: datetime) -> None:
        """Remember when the account last signed in."""
        with self._changing() as connection:
            self._update(account_id, connection, last_login_at=now)

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        with unavailable(), self._engine.begin() as connection:
            yield connection

    def _update(self, account_id: str, connection: sa.Connection, **values: Any) -> None:
        connection.execute(sa.update(_ACCOUNT).where(_ACCOUNT.c.id == account_id).values(values))

    def _accounts(self, condition: sa.ColumnElement[bool]) -> list[Account]:
        query = sa.select(*_SHOWN).where(condition).order_by(_ACCOUNT.c.name)
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
            grants = _grants(connection, [row.id for row in rows])
        return [Account(**row._mapping, grants=grants.get(row.id, frozenset())) for row in rows]


_INSERT = """
INSERT INTO account (id, name, display_name, password_hash, must_change, disabled, epoch,
    created_at, password_changed_at, last_login_at, unit)
VALUES (:id, :name, :display_name, :password_hash, :must_change, :disabled, :epoch,
    :created_at, :created_at, :last_login_at, :unit)
ON CONFLICT (name) DO NOTHING RETURNING id
"""


def _grants(connection: sa.Connection, accounts: list[str]) -> dict[str, frozenset[Grant]]:
    found: dict[str, set[Grant]] = {}
    if not accounts:
        return {}
    for row in connection.execute(sa.select(_GRANT).where(_GRANT.c.account_id.in_(accounts))):
        found.setdefault(row.account_id, set()).add(Grant(Role(row.role), row.topic or None))
    return {account: frozenset(grants) for account, grants in found.items()}
