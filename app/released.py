"""Which periods a person may see already: release dates and the one permission decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.contracts import Change, Observation, Period
from topics.kit.forecast.contracts import MayKnow
from topics.kit.manifest_indicators import IndicatorSpec

NEVER = datetime.max.replace(tzinfo=UTC)
"""A release date that never comes: who may see that, may see everything beforehand."""

_LOOK_BACK = 24
"""So many periods are looked through for the newest one that is released."""


def observation_resource(
    services: Services, spec: IndicatorSpec, period: Period | None = None
) -> Resource:
    """What decides who may read or write values of an indicator.

    With a period, its date of release decides too: ask so before any value leaves.
    """
    topic = services.catalogue.topic_of(spec.id)
    at = None if period is None else services.releases.at(spec, period)
    return Resource("observation", spec.id, topic.id, spec.classification, topic.demo, at)


def sees_early(services: Services, subject: Subject, spec: IndicatorSpec) -> bool:
    """Whether the person sees values of the indicator before their release."""
    resource = replace(observation_resource(services, spec), release_at=NEVER)
    return bool(may(subject, Action.READ, resource))


def may_know(services: Services, subject: Subject, spec: IndicatorSpec) -> MayKnow:
    """Whether the subject may know values of periods by now."""

    def knows(period: Period) -> bool:
        return bool(may(subject, Action.READ, observation_resource(services, spec, period)))

    return knows


def visible(
    services: Services, subject: Subject, found: Iterable[Observation]
) -> list[Observation]:
    """Those of the values that the person may see now, in their order."""
    sees = _decider(services, subject)
    return [one for one in found if sees(one)]


def newest_visible(
    services: Services,
    subject: Subject,
    found: Iterable[Observation],
    *,
    as_of: datetime | None,
) -> list[Observation]:
    """The newest values; in place of one that waits for its release the last one released."""
    found, sees = list(found), _decider(services, subject)
    waiting = [one for one in found if not sees(one)]
    if not waiting:
        return found
    past = services.observations.recent(
        sorted({one.indicator for one in waiting}),
        sorted({one.region for one in waiting}),
        _LOOK_BACK,
        as_of=as_of,
    )
    shown = []
    for one in found:
        if sees(one):
            shown.append(one)
            continue
        before = past.get((one.indicator, one.region), ())
        shown += [last for last in reversed(before) if sees(last)][:1]
    return shown


def release_of(services: Services) -> Callable[[Change], datetime | None]:
    """The moment of release of what a change is about; None: at once."""

    def at(change: Change) -> datetime | None:
        spec = services.catalogue.find(change.indicator)
        return None if spec is None else services.releases.at(spec, change.period)

    return at


def latest_for_screens(services: Services) -> list[Observation]:
    """The newest value of every series and, while it waits, those back to the last one released."""
    now, newest = datetime.now(UTC), services.observations.latest(as_of=None)
    waiting = [one for one in newest if _waits(services, one, now)]
    if not waiting:
        return list(newest)
    past = services.observations.recent(
        sorted({one.indicator for one in waiting}),
        sorted({one.region for one in waiting}),
        _LOOK_BACK,
        as_of=None,
    )
    before: list[Observation] = []
    for one in waiting:
        for former in reversed(past.get((one.indicator, one.region), [])[:-1]):
            before.append(former)
            if not _waits(services, former, now):
                break
    return [*before, *newest]


def _waits(services: Services, one: Observation, now: datetime) -> bool:
    spec = services.catalogue.find(one.indicator)
    if spec is None:
        return False
    at = services.releases.at(spec, one.period)
    return at is not None and at > now


def _decider(services: Services, subject: Subject) -> Callable[[Observation], bool]:
    """Asks `may` once for each indicator that knows no release, for each period otherwise."""
    plain: dict[str, bool] = {}

    def sees(one: Observation) -> bool:
        spec = services.catalogue.find(one.indicator)
        if spec is None:
            return False
        if services.releases.at(spec, one.period) is not None:
            resource = observation_resource(services, spec, one.period)
            return bool(may(subject, Action.READ, resource))
        if one.indicator not in plain:
            plain[one.indicator] = bool(
                may(subject, Action.READ, observation_resource(services, spec))
            )
        return plain[one.indicator]

    return sees
