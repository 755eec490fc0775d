"""Answers already given to pushes with an Idempotency-Key, so that a repeat is answered alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.stores.postgres_tables import push_answer

_KEPT = "7 days"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked (digest of the body) and what was answered."""

    digest: str
    answer: dict[str, Any]


class PostgresAnswers:
    """Keeps the answers of a week, by subject and key."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def find(self, subject: str, key: str) -> Answered | None:
        """The answer given to the subject under that key, if any."""
        query = sa.select(push_answer.c.digest, push_answer.c.answer).where(
            push_answer.c.subject == subject, push_answer.c.key == key
        )
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Answered(row.digest, row.answer)

    def claim(self, connection: Any, subject: str, key: str, digest: str) -> bool:
        """Whether this transaction is the one to answer; waits for another that is about to."""
        with unavailable():
            connection.execute(
                sa.delete(push_answer).where(
                    push_answer.c.answered_at < sa.func.now() - sa.text(f"interval '{_KEPT}'")
                )
            )
            added = connection.execute(
                sa.text(
                    "INSERT INTO push_answer (subject, key, digest)"
                    " VALUES (:subject, :key, :digest) ON CONFLICT DO NOTHING"
                ),
                {"subject": subject, "key": key, "digest": digest},
            )
        return bool(added.rowcount)

    def keep(self, connection: Any, subject: str, key: str, answer: dict[str, Any]) -> None:
        """Store the answer in the transaction that claimed the key."""
        with unavailable():
            connection.execute(
                sa.update(push_answer)
                .where(push_answer.c.subject == subject, push_answer.c.key == key)
                .values(answer=answer)
            )
