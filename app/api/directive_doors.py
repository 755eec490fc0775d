"""Who is what to a 督办, and which of them one may see."""

from __future__ import annotations

from datetime import datetime

from app.api.directive_about import DirectiveAbout
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.directives.contracts import Directive
from topics.kit.directives.machine import Person
from topics.kit.errors import UnknownDirective


class DirectiveDoors:
    """Asks `may` about 督办."""

    def __init__(self, services: Services) -> None:
        """Use the store of `services`."""
        self._services = services
        self.about = DirectiveAbout(services)

    def person(self, subject: Subject, one: Directive | None = None) -> Person:
        """Who the subject is to a 督办; without one, to those of no topic."""
        topic, named = (one.topic, one.id) if one else (None, "")
        return Person(
            subject.person,
            leads=bool(may(subject, Action.WRITE, Resource("directive", named, topic))),
            answers=bool(may(subject, Action.WRITE, Resource("reply", named))),
            unit=subject.unit,
        )

    def sees(self, subject: Subject, one: Directive) -> bool:
        """Whether the person may read it."""
        return self.about.sees(subject, one, subject.unit)

    def need(self, subject: Subject, directive: str, as_of: datetime | None = None) -> Directive:
        """The 督办; UnknownDirective alike where it is hidden and where it is not there."""
        one = self._services.directives.store.find(directive, as_of=as_of)
        if one is None or not self.sees(subject, one):
            raise UnknownDirective("没有这件督办,或您无权查看;请从督办页面打开")
        return one
