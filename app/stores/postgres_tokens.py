"""API tokens in PostgreSQL; only hashes of their secrets."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.errors import UnknownAccount
from app.security.people import Token
from layers.stores.postgres_engine import unavailable

_USE_GRAIN = timedelta(minutes=1)  # a busy token writes its last use once a minute, not per call

_TOKEN = sa.Table(
    "api_token",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("secret_hash", sa.Text),
    sa.Column("account_id", sa.Text),
    sa.Column("scopes", ARRAY(sa.Text)),
    sa.Column("topic", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True)),
    sa.Column("created_by", sa.Text),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("last_used_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
)


class PostgresTokens:
    """The tokens of scripts and source systems."""

    def __init__(self, engine: sa.Engine) -> None:
        """Keep the tokens in the database behind `engine`."""
        self._engine = engine

    def find(self, secret_hash: str) -> Token | None:
        """The token with this hash, valid or not; None when there is none."""
        query = sa.select(_TOKEN).where(_TOKEN.c.secret_hash == secret_hash)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _token(row)

    def all(self) -> list[Token]:
        """Every token, newest first, revoked ones too."""
        query = sa.select(_TOKEN).order_by(_TOKEN.c.created_at.desc(), _TOKEN.c.id)
        with unavailable(), self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(query)]

    def create(self, token: Token, secret_hash: str, *, connection: sa.Connection) -> None:
        """Store a new token."""
        values = {
            "id": token.id,
            "name": token.name,
            "secret_hash": secret_hash,
            "account_id": token.account,
            "scopes": sorted(token.scopes),
            "topic": token.topic,
            "created_at": token.created_at,
            "created_by": token.created_by,
            "expires_at": token.expires_at,
        }
        connection.execute(sa.insert(_TOKEN).values(values))

    def revoke(self, token_id: str, *, now: datetime, connection: sa.Connection) -> None:
        """End the token; raises UnknownAccount when there is none or it has ended already."""
        statement = (
            sa.update(_TOKEN)
            .where(_TOKEN.c.id == token_id, _TOKEN.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        if connection.execute(statement).rowcount == 0:
            raise UnknownAccount(f"没有有效的令牌 {token_id};可用 tonglan tokens list 查看全部令牌")

    def used(self, token_id: str, now: datetime) -> None:
        """Remember that the token was used, to the minute."""
        stale = _TOKEN.c.last_used_at.is_(None) | (_TOKEN.c.last_used_at < now - _USE_GRAIN)
        statement = sa.update(_TOKEN).where(_TOKEN.c.id == token_id, stale).values(last_used_at=now)
        with unavailable(), self._engine.begin() as connection:
            connection.execute(statement)


def _token(row: sa.Row[tuple[object, ...]]) -> Token:
    values = dict(row._mapping)
    del values["secret_hash"]
    account = values.pop("account_id")
    scopes = frozenset(values.pop("scopes"))
    return Token(**values, account=account, scopes=scopes)
