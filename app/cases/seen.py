"""Who may see or touch a case: `may` asked with the scheme's classification."""

from __future__ import annotations

from app.security.contracts import Action, Resource, Subject
from app.security.may import require
from app.services import Services
from topics.kit.cases.categories import NamedScheme
from topics.kit.cases.contracts import Case


def case_resource(scheme: NamedScheme, case: str, *, demo: bool) -> Resource:
    """The case as `may` is asked about it."""
    return Resource("case", case, scheme.topic, scheme.classification, demo)


def require_case(services: Services, subject: Subject, action: Action, name: str) -> Case:
    """The case of that id or number, if the subject may; raises UnknownCase, Forbidden."""
    case = services.cases.require(name)
    scheme = services.cases.categories.scheme(case.report.category.scheme)
    demo = bool(case.report.data.get("demo"))
    require(subject, action, case_resource(scheme, case.id, demo=demo))
    return case
