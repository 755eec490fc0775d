"""What is known of photos: whose, when, how large; the pictures lie in the home's folder."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.photos import MOST_A_STEP, CleanPhoto
from topics.kit.errors import BadPhoto

_metadata = sa.MetaData()
_photo = sa.Table(
    "case_photo",
    _metadata,
    *(sa.Column(name, sa.Text) for name in ("id", "owner", "step", "file", "mime", "by")),
    *(sa.Column(name, sa.Integer) for name in ("width", "height", "size")),
    sa.Column("at", sa.TIMESTAMP(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that is kept; `owner` is "case:ID" or "evaluation:2026-10"."""

    id: str
    owner: str
    step: str
    file: str
    mime: str
    width: int
    height: int
    size: int
    by: str
    at: datetime


class PostgresCasePhotos:
    """Keeps what is known of photos."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def add(
        self,
        owner: str,
        step: str,
        photo: CleanPhoto,
        file: str,
        *,
        by: str,
        now: datetime,
        connection: sa.Connection | None = None,
    ) -> KeptPhoto:
        """Keep it; BadPhoto when the step has as many as a step may have.

        The same picture handed in twice during a step is kept once: its first entry comes back.
        """
        row = {
            "id": uuid.uuid4().hex,
            "owner": owner,
            "step": step,
            "file": file,
            "mime": photo.mime,
            "width": photo.width,
            "height": photo.height,
            "size": len(photo.content),
            "by": by,
            "at": now,
        }
        of_step = sa.select(_photo).where(_photo.c.owner == owner, _photo.c.step == step)
        lock = sa.text("select pg_advisory_xact_lock(hashtext('case_photo'), hashtext(:owner))")
        with self._writing(connection) as writing:
            writing.execute(lock, {"owner": owner})
            known = writing.execute(of_step).mappings().all()
            same = next((one for one in known if one["file"] == file), None)
            if same is not None:
                return _read(same)
            if len(known) >= MOST_A_STEP:
                raise BadPhoto(f"这一步已有 {MOST_A_STEP} 张照片,最多 {MOST_A_STEP} 张")
            made = writing.execute(sa.insert(_photo).values(row).returning(_photo))
            return _read(made.mappings().one())

    def find(self, photo: str) -> KeptPhoto | None:
        """The photo of that id, or None."""
        asked = sa.select(_photo).where(_photo.c.id == photo)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(asked).mappings().first()
        return None if row is None else _read(row)

    def of(self, owners: Sequence[str], as_of: datetime | None = None) -> list[KeptPhoto]:
        """The photos of these owners up to `as_of`, oldest first."""
        asked = sa.select(_photo).where(_photo.c.owner.in_(list(owners)))
        if as_of is not None:
            asked = asked.where(_photo.c.at <= as_of)
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(_photo.c.at, _photo.c.id)).mappings()
            return [_read(row) for row in rows]

    @contextmanager
    def _writing(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own


def _read(row: sa.RowMapping) -> KeptPhoto:
    return KeptPhoto(**{**row, "at": row["at"].astimezone(UTC)})
