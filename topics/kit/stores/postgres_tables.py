"""The tables of observations, as queries name them; migration 0003 makes them."""

from __future__ import annotations

import sqlalchemy as sa

_METADATA = sa.MetaData()
_MOMENT = sa.TIMESTAMP(timezone=True)


def _said() -> list[sa.Column[object]]:
    """The columns of one statement about a period, current or former."""
    return [
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("period_start", _MOMENT, primary_key=True),
        sa.Column("period_kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Double),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("run", sa.Text),
        sa.Column("recorded_at", _MOMENT, nullable=False),
    ]


observation = sa.Table("observation", _METADATA, *_said())
revision = sa.Table("observation_revision", _METADATA, *_said())
series = sa.Table(
    "observation_series",
    _METADATA,
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
)
push_answer = sa.Table(
    "push_answer",
    _METADATA,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("answer", sa.JSON),
    sa.Column("answered_at", _MOMENT, nullable=False, server_default=sa.func.now()),
)
