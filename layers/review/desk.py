"""What every step of a submission has at hand."""

from __future__ import annotations

from layers.registry import LayerRegistry
from layers.review.bench import Bench
from layers.review.machine import Rules
from layers.stores.postgres_submissions import PostgresSubmissions


class Desk:
    """The store of submissions, the layers they are for, the bench and this site's rules."""

    def __init__(
        self, store: PostgresSubmissions, registry: LayerRegistry, bench: Bench, rules: Rules
    ) -> None:
        """Plug together."""
        self.store = store
        self.rules = rules
        self._registry = registry
        self._bench = bench
