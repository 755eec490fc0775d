"""Who may see what of the quality of values: never more than of the values themselves."""

from __future__ import annotations

from collections.abc import Sequence

from app.released import observation_resource
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.contracts import Flag


def visible(services: Services, subject: Subject) -> Sequence[IndicatorSpec]:
    """The indicators the subject may read, in the order of the topics."""
    return [
        spec
        for spec in services.catalogue.indicators()
        if may(subject, Action.READ, observation_resource(services, spec))
    ]


def sees(services: Services, subject: Subject, flag: Flag) -> bool:
    """Whether the subject may know of the flag: of the indicator, and of the value it is about."""
    spec = services.catalogue.find(flag.doubt.indicator)
    if spec is None:
        return False
    if flag.doubt.value is None and flag.doubt.kind in ("timely", "completeness"):
        return bool(may(subject, Action.READ, observation_resource(services, spec)))
    return bool(may(subject, Action.READ, observation_resource(services, spec, flag.doubt.period)))
