"""The definition desk over the parts of the running program."""

from __future__ import annotations

from app.services import Services
from topics.kit.definitions.desk import DefinitionDesk


def desk_of(services: Services) -> DefinitionDesk:
    """Where definitions are changed; reviews as uploads are reviewed here."""
    review = services.config.review
    asked = review.in_demo or not services.config.demo.enabled
    return DefinitionDesk(
        catalogue=services.catalogue,
        organisations=services.organisations,
        library=services.definitions,
        versions=services.definition_store,
        changes=services.definition_changes,
        review=review.required and asked,
    )
