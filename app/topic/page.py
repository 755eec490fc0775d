"""The whole page of a topic: one reading of the stores, then panel by panel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from traceback import format_tb
from typing import Any

import structlog

from app.api.indicator_pages import parts_of
from app.indicator.words import stamp
from app.security.contracts import Subject
from app.services import Services
from app.topic.kinds.alerts import alerts
from app.topic.kinds.classes import classes
from app.topic.kinds.current import current
from app.topic.kinds.heat import calendar, hours
from app.topic.kinds.kpi import kpi
from app.topic.kinds.map_table import map_table
from app.topic.kinds.own import own
from app.topic.kinds.people import pyramid, windrose
from app.topic.kinds.progress import progress
from app.topic.kinds.ranking import ranking
from app.topic.kinds.records import records
from app.topic.kinds.shares import composition, contribution
from app.topic.kinds.table import table
from app.topic.kinds.trend import trend
from app.topic.layers_seen import SeenLayers
from app.topic.made import Builder, Made
from app.topic.mapped import map_of
from app.topic.panel import panel_json
from app.topic.question import Asked
from app.topic.scope import Scope, scope_of
from app.topic.seen import SeenValues
from app.topic.spans import span_text, spans_of
from app.topic.traced import TracedWords
from app.topic.view import View
from layers.errors import BadFilter, StoreUnavailable
from topics.kit.contracts import Region
from topics.kit.manifest_panels import PanelSpec
from topics.kit.runs import RunRecord
from topics.kit.words.clock import moment_text

_RUNS_FOR = 5.0  # seconds the last runs of the refreshers may be believed

log = structlog.get_logger(__name__)


BUILDERS: Mapping[str, Builder] = {
    "kpi": kpi,
    "trend": trend,
    "ranking": ranking,
    "classes": classes,
    "table": table,
    "current": current,
    "map": map_table,
    "calendar": calendar,
    "hours": hours,
    "composition": composition,
    "contribution": contribution,
    "progress": progress,
    "windrose": windrose,
    "pyramid": pyramid,
    "records": records,
    "alerts": alerts,
    "own": own,
}


class TopicPages:
    """Makes the pages of topics; holds only what is the same for everybody."""

    def __init__(self, services: Services) -> None:
        """Make pages from these stores."""
        self._services = services
        self._parts = parts_of(services)
        self._layers = SeenLayers(services.layers)
        self._runs: Mapping[str, RunRecord] = {}
        self._asked_runs = float("-inf")
        self._traced = TracedWords(services)

    def page(self, subject: Subject, asked: Asked) -> dict[str, Any]:
        """Everything the page shows; values the subject may not see are nowhere in it."""
        view, scopes = self.view(subject, asked)
        topic = asked.topic
        drawn = [(one, scopes[name]) for name, one in asked.panels if one.kind == "map"]
        regions = self._services.regions
        title = " · ".join(
            [asked.region.name, topic.title, *([asked.tab.title] if asked.tab else [])]
        )
        return {
            "topic": {
                "id": topic.id,
                "title": topic.title,
                "short": topic.short,
                "owner": topic.owner,
                "owner_name": self._services.organisations.name(topic.owner, asked.today),
                "version": topic.topic.version,
                "demo": topic.demo,
            },
            "tabs": [{"id": one.id, "title": one.title} for one in topic.tabs],
            "tab": asked.tab.id if asked.tab else "",
            **self._spans(asked),
            "region": _region(asked.region),
            "path": [_region(one) for one in regions.path((asked.site or asked.region).code)],
            "below": self._below(asked),
            "site": _site(asked.site) | {"trace": view.trace_words(asked.site)}
            if asked.site
            else None,
            "as_of": stamp(asked.as_of),
            "now": stamp(asked.now),
            "title": title,
            "map": map_of(view, drawn[0] if drawn else None, self._layers),
            "panels": [self._panel(view, name, one, scopes[name]) for name, one in asked.panels],
        }

    def panel(self, subject: Subject, asked: Asked) -> dict[str, Any]:
        """The first panel asked for, alone."""
        view, scopes = self.view(subject, asked)
        name, panel = asked.panels[0]
        return self._panel(view, name, panel, scopes[name])

    def view(self, subject: Subject, asked: Asked) -> tuple[View, dict[str, Scope]]:
        """The values of all panels, read together."""
        services = self._services
        seen = SeenValues(services, subject, asked.as_of)
        scopes = {
            name: scope_of(
                one, asked, services.regions, [seen.spec(each) for each in one.indicators]
            )
            for name, one in asked.panels
        }
        _load(seen, scopes)
        return View(services, subject, asked, seen, self._parts, self._traced), scopes

    def made(self, view: View, panel: PanelSpec, scope: Scope) -> Made:
        """One panel. What a rule of a topic gets wrong stays in its panel, and in the log."""
        build = BUILDERS.get(panel.kind)
        if build is None:
            return Made({}, [], [], "", message="这种面板不在专题页上显示")
        try:
            return build(view, panel, scope)
        except (StoreUnavailable, BadFilter):
            raise
        except Exception as wrong:  # noqa: BLE001  a topic may bring rules of its own
            log.error(
                "topic_panel_failed",
                topic=view.asked.topic.id,
                panel=panel.title,
                error=repr(wrong),
                where="".join(format_tb(wrong.__traceback__)[-2:]),
            )
            owner = self._services.organisations.name(view.asked.topic.owner)
            return Made({}, [], [], "", message=f"这个面板算不出来,请告知{owner}")

    def _panel(self, view: View, name: str, panel: PanelSpec, scope: Scope) -> dict[str, Any]:
        return panel_json(view, name, panel, scope, self.made, self._failed(panel, view.asked.now))

    def _failed(self, panel: PanelSpec, now: datetime) -> str:
        """What went wrong with the last run of a source of the panel; empty when nothing did."""
        if monotonic() > self._asked_runs:
            self._asked_runs, self._runs = monotonic() + _RUNS_FOR, self._services.runs.latest()
        catalogue = self._services.catalogue
        for name in panel.indicators:
            for refresher in catalogue.refreshers_of(name):
                run = self._runs.get(refresher.id)
                if run is not None and run.ok is False:
                    since = f",上次成功 {moment_text(run.last_ok, now)}" if run.last_ok else ""
                    return f"取数失败:{run.error}{since}"
        return ""

    def _spans(self, asked: Asked) -> dict[str, Any]:
        """The stretches the page's first trend offers, and the one it shows."""
        for _, panel in asked.panels:
            specs = [self._services.catalogue.indicator(one) for one in panel.indicators]
            if offered := spans_of(panel, specs):
                shown = asked.span if asked.span in offered else panel.window
                titled = [{"id": one, "title": span_text(one)} for one in offered]
                return {"spans": titled, "span": shown}
        return {"spans": [], "span": ""}

    def _below(self, asked: Asked) -> list[dict[str, str]]:
        """Where a drill can go: the regions below, then the sites the panels speak of."""
        regions = self._services.regions
        catalogue = self._services.catalogue
        kinds = {one.sites: None for _, one in asked.panels if one.sites}
        for _, one in asked.panels:
            for name in one.indicators:
                sites = catalogue.indicator(name).sites
                kinds.update({sites: None} if sites else {})
        code = asked.region.code
        found = [
            *regions.children(code, asked.today),
            *(one for kind in kinds for one in regions.sites(code, kind, asked.today)),
        ]
        return [_region(one) | {"kind": one.kind} for one in found]


def _load(seen: SeenValues, scopes: Mapping[str, Scope]) -> None:
    """Two questions for the newest values, one for the curves, at most two for comparisons."""
    groups: dict[int, tuple[set[str], set[str]]] = {}
    for scope in scopes.values():
        codes = {one.code for one in scope.regions}
        for count in {2, scope.curves} - {0}:
            names, places = groups.setdefault(count, (set(), set()))
            names.update(scope.indicators)
            places.update(codes)
    for count in sorted(groups):
        seen.load(*groups[count], count)
    seen.load_references()


def _region(one: Region) -> dict[str, str]:
    return {"code": one.code, "name": one.name, "level": one.level}


def _site(one: Region) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "lon": one.longitude,
        "lat": one.latitude,
        "facts": {key: value for key, value in one.facts if key not in ("source", "status")},
    }
