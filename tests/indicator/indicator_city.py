"""What a test of the page holds in its hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from small_series import Ahead, Held, Versions

from app.services import Services
from tests.api.layer_server import Routes, who


@dataclass
class City:
    """The server, and the parts that a test may set."""

    routes: Routes
    services: Services
    releases: Held
    definitions: Versions
    forecasts: Ahead

    def page(self, name: str = "viewer", indicator: str = "toy.rate", **asked: str) -> Any:
        """The page's data for a person; the answer must be 200."""
        answer = self.ask(name, indicator, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, name: str, indicator: str, tail: str = "", **asked: str) -> Any:
        """The answer, whatever it is."""
        if "stretch" in asked:
            asked["range"] = asked.pop("stretch")
        path = f"/api/v1/indicator-pages/{indicator}{tail}"
        return self.routes.get(path, params=asked, headers=who(name))
