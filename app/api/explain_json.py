"""An explanation as the API spells it: raw values beside the words a person reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from app.api.explain_cases import counted_json
from app.api.explain_parts import (
    change_json,
    comparison_json,
    formula_json,
    history_json,
    input_json,
    iso,
    revision_json,
    target_json,
    version_json,
)
from app.api.explain_words import refresher_text, rule_text, run_text
from app.services import Services
from topics.kit.explain.citation import citation
from topics.kit.explain.contracts import Explanation, Origin
from topics.kit.period_labels import label
from topics.kit.periods import spelt
from topics.kit.runs import RunRecord
from topics.kit.words.clock import local, moment_text


def explanation_json(services: Services, told: Explanation, now: datetime) -> dict[str, Any]:
    """Every part of the answer; what does not apply is null or empty, never left out."""
    spec, one, then = told.spec, told.observation, told.as_of or now
    link = permalink(told)
    return {
        "indicator": spec.id,
        "title": spec.title,
        "region": {"code": told.region.code, "name": told.region.name},
        "period": None if told.period is None else spelt(told.period),
        "period_kind": spec.period_kind.value,
        "period_text": "" if told.period is None else label(told.period),
        "period_short": told.period_text,
        "latest": told.latest,
        "as_of": iso(told.as_of),
        "value": None if one is None else one.value,
        "unit": spec.unit,
        "status": None if one is None else one.status.value,
        "idle": spec.idle,
        "recorded_at": iso(one.recorded_at if one else None),
        "written": {"text": told.written.text, "unit": told.written.unit, "exact": told.exact},
        "class": told.label,
        "lamp": told.lamp.value,
        "sentence": told.sentence,
        "target": target_json(told.aim, spec),
        "comparison": comparison_json(told.compared, one, spec),
        "definition": spec.definition,
        "definitions": [version_json(each) for each in told.versions],
        "broken": None if told.broken is None else version_json(told.broken),
        "formula": formula_json(told.formula),
        "inputs": [
            input_json(each, then) for each in (told.formula.inputs if told.formula else ())
        ],
        "contributions": change_json(told.contributions, told.compared),
        "source": (one.source if one and one.source else told.origin.system) or spec.source,
        "origin": _origin(told.origin, then),
        "cases": counted_json(services, told),
        "run": None if told.origin.run is None else _run(told.origin.run, then),
        "quality": [
            {"kind": each.kind, "state": each.state, "text": each.text, "detail": each.detail}
            for each in told.quality
        ],
        "freshness": {
            "state": told.age.state.value,
            "text": told.age.text,
            "recorded": moment_text(one.recorded_at, then) if one and one.recorded_at else "",
        },
        "revisions": [revision_json(each, then) for each in told.revisions],
        "absence": _absence(told),
        "owner": _owner(services, told),
        "classification": spec.classification.value,
        "release": _release(told, then),
        "history": history_json(told, then),
        "links": {
            "explain": link,
            "indicator": f"/indicator/{quote(spec.id)}?{_asked(told)}",
            "map": f"/?{urlencode({'map': spec.id})}" if _on_map(services, told) else None,
        },
        "citation": citation(told, owner=services.organisations.name(spec.owner), link=link),
    }


def permalink(told: Explanation) -> str:
    """The address that shows this explanation again, of this period and as known then."""
    period = "" if told.period is None else spelt(told.period)
    query = {"explain": f"{told.spec.id}|{told.region.code}|{period}"}
    if told.as_of is not None:
        query["as_of"] = local(told.as_of).isoformat()
    return f"/?{urlencode(query)}"


def _asked(told: Explanation) -> str:
    query = {"region": told.region.code}
    if told.period is not None:
        query["period"] = spelt(told.period)
    if told.as_of is not None:
        query["as_of"] = local(told.as_of).isoformat()
    return urlencode(query)


def _on_map(services: Services, told: Explanation) -> bool:
    """Whether the overview's map can be coloured by the indicator."""
    panel = services.catalogue.topic_of(told.spec.id).panel("overview", "kpi")
    shown = panel is not None and told.spec.id in panel.indicators
    return shown and "county" in told.spec.levels


def _origin(origin: Origin, now: datetime) -> dict[str, Any]:
    refresher = origin.refresher
    latest = origin.latest_run
    return {
        "way": origin.way,
        "system": origin.system,
        "refresher": None if refresher is None else refresher.id,
        "refresher_text": "" if refresher is None else refresher_text(refresher),
        "latest_run": None if latest is None else _run(latest, now),
    }


def _run(run: RunRecord, now: datetime) -> dict[str, Any]:
    took = run.duration
    return {
        "id": run.id,
        "refresher": run.refresher,
        "cause": run.cause,
        "started": iso(run.started),
        "finished": iso(run.finished),
        "ok": run.ok,
        "error": run.error,
        "read": run.read,
        "kept": run.kept,
        "refused": run.refused,
        "seconds": None if took is None else took.total_seconds(),
        "text": run_text(run, now),
    }


def _absence(told: Explanation) -> dict[str, Any] | None:
    if told.absence is None:
        return None
    last = told.absence.last
    return {
        "why": told.absence.why,
        "last": None
        if last is None
        else {"period": spelt(last.period), "value": last.value, "text": told.absence.last_text},
    }


def _owner(services: Services, told: Explanation) -> dict[str, Any]:
    """Who answers for the number, who for the data of its topic, and by which rule it is judged."""
    topic = services.catalogue.topic_of(told.spec.id)
    return {
        "business": _organisation(services, told.spec.owner),
        "data": _organisation(services, topic.owner),
        "topic": topic.topic.title,
        "rule": rule_text(told.spec),
    }


def _organisation(services: Services, organisation: str) -> dict[str, str]:
    found = services.organisations.find(organisation)
    name = found.name if found else organisation
    return {"id": organisation, "name": name, "short_name": found.short_name if found else name}


def _release(told: Explanation, now: datetime) -> dict[str, Any] | None:
    if told.released is None:
        return None
    due = moment_text(told.released, now)
    return {
        "at": iso(told.released),
        "text": f"{due} 发布" if told.released <= now else f"预计 {due} 发布",
        "released": told.released <= now,
    }
