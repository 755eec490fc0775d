"""What topics give the largest screens of the overview: one course with its forecast, one ranking.

A topic names them as panels with place = "overview": kind "trend" and kind "bars".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.errors import Forbidden, NotSignedIn
from app.security.contracts import Subject
from app.services import Services
from app.topic.curves import curve_of
from app.topic.kinds.course import course_of
from app.topic.page import TopicPages
from app.topic.question import Asked, read_asked, topic_for
from app.topic.spans import span_text
from topics.kit.durations import parse_duration
from topics.kit.manifest import Manifest
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.numbers import write_plain

_LIVE = timedelta(days=8)  # a stretch so short is followed by the hour


class OverviewPanels:
    """Makes them for one person; values the person may not see are nowhere in them."""

    def __init__(self, services: Services) -> None:
        """Read from these stores."""
        self._services = services
        self._pages = TopicPages(services)

    def all(self, subject: Subject, region: str, as_of: str, order: str) -> list[dict[str, Any]]:
        """One entry a topic that names such a panel and that the person may read.

        UnknownRegion, BadPeriod or BadRequest say what of the question is wrong.
        """
        made = []
        for topic in self._services.catalogue.topics:
            trend, bars = topic.panel("overview", "trend"), topic.panel("overview", "bars")
            if trend is None and bars is None:
                continue
            try:
                topic_for(self._services, subject, topic.id)
            except (Forbidden, NotSignedIn):
                continue
            made.append(
                {
                    "topic": topic.id,
                    "trend": self._trend(subject, self._asked(topic, trend, region, as_of), trend),
                    "bars": self._bars(subject, topic, bars, region, as_of, order),
                }
            )
        return made

    def _asked(
        self, topic: Manifest, panel: PanelSpec | None, region: str, as_of: str, order: str = ""
    ) -> Asked:
        asked = read_asked(self._services, topic, region=region, as_of=as_of, order=order)
        named = () if panel is None else (("o", panel),)
        return replace(asked, tab=None, panels=named, now=asked.as_of or datetime.now(UTC))

    def _trend(
        self, subject: Subject, asked: Asked, panel: PanelSpec | None
    ) -> dict[str, Any] | None:
        if panel is None:
            return None
        view, _ = self._pages.view(subject, asked)
        course = course_of(view, panel)
        if course is None or not any(one.value is not None for one in course.history.main.points):
            return None
        spec, place = course.about.spec, course.about.region
        city = self._services.regions.city().code
        said = [f"近 {span_text(panel.window)}" if panel.window else "", course.chart.late]
        return {
            "indicator": spec.id,
            "region": place.code,
            "title": spec.title if place.code == city else f"{view.short(place)}{spec.title}",
            "unit": spec.unit,
            "subtitle": "与".join(
                one for one in (said[0], "预测" if course.forecast is not None else "") if one
            ),
            "late": said[1],
            "live": parse_duration(panel.window) <= _LIVE if panel.window else False,
            **curve_of(course.chart),
        }

    def _bars(
        self,
        subject: Subject,
        topic: Manifest,
        panel: PanelSpec | None,
        region: str,
        as_of: str,
        order: str,
    ) -> dict[str, Any] | None:
        if panel is None:
            return None
        ranked = panel.model_copy(update={"kind": "ranking", "level": "county"})
        asked = self._asked(topic, ranked, "", as_of, order)
        view, scopes = self._pages.view(subject, asked)
        spec = view.spec(panel.indicators[0])
        if not view.seen.readable(spec.id):
            return None
        made = self._pages.made(view, ranked, scopes["o"])
        rows, most = made.data.get("rows", []), made.data.get("max") or 0.0
        target = made.data.get("target")
        if not any(one["cell"]["value"] is not None for one in rows):
            return None
        periods = [one["cell"]["period"] for one in rows if one["cell"]["value"] is not None]
        return {
            "indicator": spec.id,
            "title": spec.title,
            "unit": spec.unit,
            "period": max(set(periods), key=periods.count),
            "target": None
            if target is None or not most
            else {"share": abs(target) / most, "text": write_plain(target, spec.precision)},
            "ordered": made.data.get("ordered", ""),
            "rows": [
                {
                    "region": one["code"],
                    "name": one["name"],
                    "text": one["cell"]["text"],
                    "share": one["share"],
                    "lamp": one["cell"]["lamp"],
                    "chosen": one["code"] == region,
                }
                for one in rows
            ],
        }
