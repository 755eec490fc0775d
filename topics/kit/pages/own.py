"""What a panel of a topic's own gets and gives: `def f(page: OwnPage) -> OwnPanel`.

The function never touches a store or a right: it is given readers that answer what this person may
see at this moment, and it returns rows or a Plotly figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from topics.kit.contracts import Observation, Region

OwnKind = Literal["", "kpi", "ranking", "classes", "table", "composition", "contribution"]
Theme = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One view of a topic's page, read-only.

    `region` is the administrative region, `site` the selected place or None; `latest` and `recent`
    answer only what may be seen, as known at `as_of` (None: now); `sites` and `children` list what
    lies below a region. `colour` gives a token's hex for a theme.
    """

    region: Region
    site: Region | None
    now: datetime
    as_of: datetime | None
    indicators: Sequence[str]
    latest: Callable[[str, str], Observation | None]
    recent: Callable[[str, str, int], Sequence[Observation]]
    children: Callable[[str], Sequence[Region]]
    sites: Callable[[str, str], Sequence[Region]]
    colour: Callable[[str, Theme], str]


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column of the panel's table."""

    key: str
    title: str
    unit: str = ""
    align: Literal["left", "right", "center"] = "left"


@dataclass(frozen=True, slots=True)
class OwnPanel:
    """What the page shows: rows (also the table twin) and, where there is one, a figure.

    A cell is text, a number, None (shown as "—") or an Observation (shown with unit, lamp and
    explanation). `figure` is called once a theme and gives `{data, layout}`. `kind` draws the rows
    as one of the page's own kinds with `data`; "" draws the table or the figure.
    """

    columns: Sequence[OwnColumn]
    rows: Sequence[Mapping[str, Observation | str | float | None]]
    sentence: str
    figure: Callable[[Theme], dict[str, Any]] | None = None
    kind: OwnKind = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    subtitle: str = ""
    note: str = ""


OwnFunction = Callable[[OwnPage], OwnPanel]
