"""The 通讯录 in PostgreSQL; who was removed stays for the rosters of the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from layers.stores.postgres_engine import unavailable
from topics.kit.duty.contracts import Person

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
person_table = sa.Table(
    "duty_person",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("name", "unit", "post", "phone", "mail")),
    *(sa.Column(name, sa.Text) for name in ("account", "initials", "updated_by")),
    sa.Column("updated_at", _moment),
    sa.Column("removed_at", _moment),
)
_FIELDS = ("id", "name", "unit", "post", "phone", "mail", "account")


class PostgresPeople:
    """Keeps the people of the 通讯录."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def save(
        self,
        people: Iterable[tuple[Person, str]],
        *,
        by: str,
        now: datetime,
        connection: sa.Connection,
    ) -> int:
        """Store the people, each with what its name is typed as; how many."""
        rows = [
            {name: getattr(one, name) for name in _FIELDS}
            | {"initials": typed, "updated_at": now, "updated_by": by, "removed_at": None}
            for one, typed in people
        ]
        if rows:
            new = insert(person_table)
            changed = {c.name: c for c in new.excluded if c.name != "id"}
            connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=changed), rows)
        return len(rows)

    def remove(self, person: str, *, by: str, now: datetime, connection: sa.Connection) -> bool:
        """Take somebody out of the 通讯录; False where nobody is there."""
        at = person_table.c
        change = (
            sa.update(person_table)
            .where(at.id == person, at.removed_at.is_(None))
            .values(removed_at=now, updated_at=now, updated_by=by)
        )
        return connection.execute(change).rowcount > 0

    def find(self, person: str) -> Person | None:
        """The person, also one who was removed."""
        return self.named([person]).get(person)

    def named(self, people: Iterable[str]) -> Mapping[str, Person]:
        """The people of those ids, also those who were removed."""
        wanted = sorted(set(people))
        query = sa.select(person_table).where(person_table.c.id.in_(wanted))
        return {one.id: one for one in self._read(query)} if wanted else {}

    def of_account(self, account: str) -> Person | None:
        """Who signs in with the account."""
        at = person_table.c
        query = sa.select(person_table).where(at.account == account, at.removed_at.is_(None))
        return next(iter(self._read(query.order_by(at.id).limit(1))), None)

    def all(self, *, text: str = "", units: Iterable[str] = ()) -> list[Person]:
        """The people as listed; `text` is looked for in name, post, phone and as typed.

        `units` are further organisations whose people are meant by the text.
        """
        at = person_table.c
        query = sa.select(person_table).where(at.removed_at.is_(None)).order_by(at.unit, at.name)
        if text:
            plain = text.strip().lower()
            query = query.where(
                at.name.contains(plain, autoescape=True)
                | at.post.contains(plain, autoescape=True)
                | at.phone.contains(plain, autoescape=True)
                | at.initials.contains(f"\n{plain}", autoescape=True)
                | at.unit.in_(list(units))
            )
        return self._read(query)

    def count(self) -> int:
        """How many people there are."""
        query = sa.select(sa.func.count()).select_from(person_table)
        with unavailable(), self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _read(self, query: sa.Select[Any]) -> list[Person]:
        with unavailable(), self._engine.connect() as connection:
            rows = list(connection.execute(query).mappings())
        return [Person(**{name: row[name] for name in _FIELDS}) for row in rows]
