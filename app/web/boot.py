"""What the server writes into the page so that the first paint needs no further request."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from app.config import CityConfig
from app.security.contracts import Action, Subject
from app.security.may import could
from app.web.contracts import DrawnLayer, MapSource, OverviewBoard
from app.web.tokens import THEMES

SHOWN_FIRST = ("city.rivers", "grid.events")  # layers that are on when the address names none
SMALLEST_K, LARGEST_K = 0.75, 3.0
DEMO_APPROVAL = "示例数据·未送审"
NO_APPROVAL = "内部用图·不得公开"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's address asks for, made safe: unknown themes and sizes fall back."""

    region: str
    choropleth: str | None
    theme: str
    k: float

    @classmethod
    def read(cls, query: Mapping[str, str], *, city: str, theme: str = "dark") -> Asked:
        """The wishes in a query string; `theme` is the page's usual one."""
        wanted = query.get("theme", "")
        return cls(
            region=query.get("region") or city,
            choropleth=query.get("map") or None,
            theme=wanted if wanted in THEMES else theme,
            k=_size(query.get("k", "")),
        )


def _work(subject: Subject) -> dict[str, bool]:
    """Which desk work the person may do at all; what exactly, the API decides."""
    wanted = {"upload": Action.IMPORT, "review": Action.PUBLISH}
    may_do = {name: bool(could(subject, action, "layer")) for name, action in wanted.items()}
    may_do["report"] = bool(could(subject, Action.WRITE, "observation"))
    may_do["case"] = bool(could(subject, Action.WRITE, "case"))
    may_do["acknowledge"] = bool(could(subject, Action.WRITE, "alert"))
    may_do["signed"] = bool(could(subject, Action.READ, "event"))
    return may_do


def _person(subject: Subject) -> dict[str, Any]:
    """Who works here, with the roles to be named beside the page's title."""
    grants = [{"role": one.role.value, "topic": one.topic} for one in subject.grants]
    grants.sort(key=lambda one: (one["role"], one["topic"] or ""))
    return {"id": subject.person, "name": subject.name, "grants": grants, "unit": subject.unit}


def _size(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        return 1.0
    return min(LARGEST_K, max(SMALLEST_K, size)) if math.isfinite(size) else 1.0


@dataclass(frozen=True, slots=True)
class Boot:
    """Makes the boot data of one page load."""

    city: CityConfig
    board: OverviewBoard
    source: MapSource
    topics: Sequence[Mapping[str, str]]  # id and short title, in order
    colours: Mapping[str, Mapping[str, str]]
    plotly: str = ""  # where the library of charts lies

    def data(self, subject: Subject, asked: Asked) -> dict[str, Any]:
        """Model, layers, places, colours and person, for one page of one viewer."""
        now = datetime.now(UTC)
        model = self.board.model(subject, asked.region, asked.choropleth, now)
        layers = self.source.layers(subject)
        return {
            "page": {"name": "overview", "named": {}},
            "model": model,
            "layers": [asdict(layer) for layer in layers],
            "places": [asdict(place) for place in self.source.places(subject)],
            "topics": list(self.topics),
            "colours": self.colours,
            "city": self._city(demo=bool(model["header"].get("demo"))),
            "user": None if subject.anonymous else {"name": subject.name},
            "work": _work(subject),
            "defaults": self._defaults(subject, model, layers, asked),
            "now": round(now.timestamp() * 1000),
        }

    def work(self, subject: Subject, page: str, named: Mapping[str, Any]) -> dict[str, Any]:
        """Boot data of a page of desk work: no model; `named` is what its address names."""
        return {
            "page": {"name": page, "named": dict(named)},
            "layers": [asdict(layer) for layer in self.source.layers(subject)],
            "places": [asdict(place) for place in self.source.places(subject)],
            "topics": list(self.topics),
            "colours": self.colours,
            "city": self._city(demo=True),
            "user": None if subject.anonymous else _person(subject),
            "work": _work(subject),
            "plotly": self.plotly,
            "now": round(datetime.now(UTC).timestamp() * 1000),
        }

    def topic(self, subject: Subject, topic: str) -> dict[str, Any]:
        """Boot data of a topic's page."""
        return self.headed(subject, "topic", {"topic": topic})

    def headed(self, subject: Subject, page: str, named: Mapping[str, Any]) -> dict[str, Any]:
        """Boot data of a page under the overview's header, with what that shows."""
        now = datetime.now(UTC)
        model = self.board.model(subject, self.city.code, None, now)
        header = {"header": model["header"], "freshness": model["freshness"]}
        data = self.work(subject, page, named)
        user = None if subject.anonymous else {"name": subject.name}
        return data | {"model": header, "user": user}

    def _city(self, *, demo: bool) -> dict[str, str]:
        approval = f"审图号:{self.city.map_approval}" if self.city.map_approval else ""
        fallback = DEMO_APPROVAL if demo else NO_APPROVAL
        named = {"code": self.city.code, "name": self.city.name, "title": self.city.title}
        return named | {"mark": self.city.mark, "approval": approval or fallback}

    def _defaults(
        self,
        subject: Subject,
        model: Mapping[str, Any],
        layers: Sequence[DrawnLayer],
        asked: Asked,
    ) -> dict[str, Any]:
        chosen = model["map"]["indicator"] or ""
        if asked.choropleth is not None:  # the default is what nobody had to ask for
            now = datetime.now(UTC)
            chosen = self.board.model(subject, asked.region, None, now)["map"]["indicator"] or ""
        there = {layer.id for layer in layers}
        return {
            "region": self.city.code,
            "map": chosen,
            "layers": [one for one in SHOWN_FIRST if one in there],
            "theme": "dark",
            "k": "1",
        }
