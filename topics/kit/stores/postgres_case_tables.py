"""The tables of cases, as queries name them; migration 0020 makes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from topics.kit.cases.lines import CaseLine

_METADATA = sa.MetaData()
_MOMENT = sa.TIMESTAMP(timezone=True)
_TYPES: dict[object, sa.types.TypeEngine[Any]] = {
    str: sa.Text(),
    str | None: sa.Text(),
    int: sa.Integer(),
    bool: sa.Boolean(),
    float | None: sa.Double(),
    datetime: _MOMENT,
    datetime | None: _MOMENT,
    tuple[str, ...]: ARRAY(sa.Text),
    tuple[datetime | None, ...]: ARRAY(_MOMENT),
}

case_file = sa.Table(
    "case_file",
    _METADATA,
    *(
        sa.Column(name, _TYPES[hint], primary_key=name == "id")
        for name, hint in get_type_hints(CaseLine).items()
    ),
)
case_event = sa.Table(
    "case_event",
    _METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("case_id", sa.Text),
    sa.Column("version", sa.Integer),
    sa.Column("step", sa.Text),
    sa.Column("at", _MOMENT),
    sa.Column("actor", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("data", JSONB(none_as_null=True)),
    sa.Column("state", sa.Text),
    sa.Column("left_state", sa.Text),
    sa.Column("took_s", sa.Double),
    sa.Column("unit", sa.Text),
    sa.Column("support", ARRAY(sa.Text)),
    sa.Column("due", _MOMENT),
    sa.Column("beside_due", _MOMENT),
)
