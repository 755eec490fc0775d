"""The cases behind a number, as short rows with links; only those that the asker may see."""

from __future__ import annotations

from typing import Any

from app.cases.people import CaseDoors
from app.security.contracts import Subject
from app.services import Services
from topics.kit.periods import ZONE


def lines_behind(services: Services, subject: Subject, cases: list[str]) -> list[dict[str, Any]]:
    """The rows of those cases that this person may see, in their order."""
    people = CaseDoors(services)
    place = {case: number for number, case in enumerate(cases)}
    found = []
    for line in sorted(services.cases.store.lines(cases), key=lambda one: place[one.id]):
        if not people.sees(subject, line):
            continue
        category = services.cases.categories.find(line.category, line.reported_at)
        region = services.regions.find(line.region)
        found.append(
            {
                "id": line.id,
                "number": line.number,
                "category": category.name if category else str(line.category),
                "state": line.state,
                "region": region.name if region else line.region,
                "place": line.place,
                "at": line.reported_at.astimezone(ZONE).isoformat(),
                "unit": services.organisations.name(line.unit) if line.unit else "",
                "href": f"/cases/{line.id}",
            }
        )
    return found
