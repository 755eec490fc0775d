"""The log of cases says when the clocks beside a case's own are due: 协办, 到场或回复."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from topics.kit.cases.contracts import Case, CaseEvent, CaseStep
from topics.kit.cases.fold import apply
from topics.kit.cases.lines import beside_due

revision = "0029"
down_revision: str | None = "0028"

_BATCH = 500
# Those that ever had such a clock; all others have none to say.
_CONCERNED = """
SELECT DISTINCT case_id FROM case_event WHERE support <> '{}' OR data ? 'respond' ORDER BY case_id
"""
_STEPS = """
SELECT id, case_id, step, at, actor, note, data FROM case_event
WHERE case_id = ANY(:cases) ORDER BY case_id, version
"""


def upgrade() -> None:
    """Add the column, and say it of the steps that are there already."""
    op.execute("ALTER TABLE case_event ADD COLUMN beside_due timestamptz")
    connection = op.get_bind()
    cases = list(connection.execute(sa.text(_CONCERNED)).scalars())
    say = sa.text("UPDATE case_event SET beside_due = :due WHERE id = :id")
    for first in range(0, len(cases), _BATCH):
        asked = {"cases": cases[first : first + _BATCH]}
        rows = connection.execute(sa.text(_STEPS), asked).mappings().all()
        found = [one for _, log in groupby(rows, lambda row: row["case_id"]) for one in _due(log)]
        if found:
            connection.execute(say, found)


def _due(log: Any) -> Iterator[dict[str, Any]]:
    case: Case | None = None
    for row in log:
        step = CaseStep(row["step"])
        case = apply(
            case,
            CaseEvent(row["case_id"], step, row["at"], row["actor"], row["note"], row["data"]),
        )
        due = beside_due(case)
        if due is not None:
            yield {"id": row["id"], "due": due}


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE case_event DROP COLUMN beside_due")
