"""The values that cross the borders of the layer registry.

Coordinates are longitude/latitude in degrees, EPSG:4490/4326 (treated as equal), unless a name says
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Classification(StrEnum):
    """Who may see a thing, lowest first (data levels of the site; see data/reference)."""

    PUBLIC = "公开"
    INTERNAL = "内部"
    SENSITIVE = "敏感"
    HIGHLY_SENSITIVE = "高敏"

    @property
    def rank(self) -> int:
        """How secret: 0 is public, 3 the highest; names do not sort by it."""
        return list(Classification).index(self)


class VersionState(StrEnum):
    """Where a layer version stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Outcome(StrEnum):
    """How an import ended."""

    PUBLISHED = "published"
    DRAFT = "draft"
    NEEDS_ANSWER = "needs_answer"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A window in degrees; west < east, south < north."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as the catalogue knows it; `version` is the published one, if any."""

    id: str
    title: str
    topic: str
    owner: str
    source: str
    classification: Classification
    cadence: str
    style: Mapping[str, Any]
    key: str | None
    version: str | None
    created_at: datetime
    demo: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)  # see layers.catalogue.stored


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable version of a layer. `id` is opaque, `number` is for people (1, 2, 3 …).

    `classification` is its own where the layer was made less secret after it was live.
    """

    id: str
    layer: str
    number: int
    state: VersionState
    features: int
    geometry: str  # "point", "line", "polygon" or "none"
    bounds: Bounds | None
    format: str
    encoding: str | None
    crs: Mapping[str, Any]
    original_name: str
    original_sha256: str
    attributes: Sequence[str]
    created_at: datetime
    created_by: str
    published_at: datetime | None
    classification: Classification | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem in a file: where, what, and what to do.

    `row` counts from 1; None means the whole file.
    """

    row: int | None
    item: str
    problem: str
    remedy: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer to a question: `value` is what the answer says, the rest is shown."""

    value: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can answer before a file can be used.

    `kind` is the thing asked for: part, kind, encoding, crs, columns, join or schema. Without
    options any answer of the kind is possible.
    """

    kind: str
    text: str
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class CrsDecision:
    """Which coordinate system a file was read in, and why."""

    decided: str | None
    declared: str | None
    confidence: float | None
    candidates: Sequence[Mapping[str, Any]] = ()
    evidence: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What the uploader says about a file; `auto` means: find out, ask where unsure.

    `part` names a sheet or layer in the file, `purpose` is auto, layer or indicator, `columns`
    says which column plays a role (lon, lat, pair, wkt, grid, code, name …), `header_rows` how
    many rows at the top of a table are no data.
    """

    layer: str
    title: str | None = None
    topic: str | None = None
    crs: str = "auto"
    encoding: str = "auto"
    publish: bool = False
    owner: str | None = None
    source: str | None = None
    classification: Classification | None = None
    cadence: str | None = None
    style: Mapping[str, Any] | None = None
    key: str | None = None
    by: str = ""
    demo: bool = False
    parameters: str | None = None  # of a datum shift: dx,dy,dz,rx,ry,rz,scale,convention
    part: str | None = None
    purpose: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    header_rows: int | None = None


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How an import ended; the shape of `tonglan import --json` (ARCHITECTURE contract)."""

    outcome: Outcome
    layer: str
    version: str | None
    features: int | None
    format: str | None
    encoding: str | None
    crs: CrsDecision
    problems: Sequence[Problem] = field(default_factory=tuple)
    message: str = ""
