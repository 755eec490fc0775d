"""What the editor of rules offers: topics one may write for, their indicators, who can be told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from app.rules.words import CHOICES
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.alerting.book import BEGINNING
from topics.kit.manifest import Manifest
from topics.kit.manifest_alerts import AlertSpec
from topics.kit.periods import ZONE

LEVELS = {"city": "市", "county": "县(市、区)", "town": "镇街", "site": "点位"}


def fresh_id(topic: str) -> str:
    """An id for a new rule of the topic."""
    return f"{topic}.r{uuid.uuid4().hex[:8]}"


def form_of(services: Services, subject: Subject) -> dict[str, Any]:
    """Everything that may be chosen; `topics` is empty for who may write no rule."""
    topics = [one for one in services.catalogue.topics if _writes(subject, one)]
    today = datetime.now(UTC).astimezone(ZONE).date()
    blank = AlertSpec.model_validate({"id": "a.b", "when": "a.b", "levels": {"黄": 0}})
    fields = blank.model_dump(mode="json")
    return {
        "titles": BEGINNING,
        "choices": CHOICES,
        "levels": LEVELS,
        "defaults": {one: fields[one] for one in BEGINNING} | {"when": "", "levels": {}},
        "topics": [_topic(services, one) for one in topics],
        "units": [{"id": one.id, "name": one.name} for one in services.organisations.all(today)],
        "categories": [
            {"key": f"{named.name}/{one.kind}/{one.code}", "title": one.name}
            for named, one in services.cases.categories.on(today)
        ]
        if topics
        else [],
        "regions": [
            {"code": one.code, "name": one.name} for one in services.regions.at_level("county")
        ],
        "rules": [{"id": one.id, "title": one.title} for one in services.rules.all().values()],
    }


def _topic(services: Services, one: Manifest) -> dict[str, Any]:
    return {
        "id": one.topic.id,
        "title": one.topic.title,
        "indicators": [
            {"id": each.id, "title": each.title, "unit": each.unit, "levels": each.levels}
            for each in services.catalogue.indicators()
            if each.id.startswith(f"{one.topic.id}.")
        ],
        "plans": [{"id": each.id, "title": each.title} for each in one.plans],
    }


def _writes(subject: Subject, one: Manifest) -> bool:
    resource = Resource("rule", one.topic.id, topic=one.topic.id)
    return bool(may(subject, Action.WRITE, resource))
