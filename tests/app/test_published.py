"""The live version of a layer is asked of the registry at most once in two seconds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.published import PublishedVersions


class Registry:
    def __init__(self) -> None:
        self.asked = 0
        self.version: str | None = "v1"

    def find(self, layer: str) -> Any:
        self.asked += 1
        return None if layer == "none" else SimpleNamespace(version=self.version)


def test_a_version_is_held_two_seconds_and_then_asked_again() -> None:
    registry, now = Registry(), [0.0]
    versions = PublishedVersions(registry, clock=lambda: now[0])  # type: ignore[arg-type]
    assert [versions.of("city.counties") for _ in range(50)] == ["v1"] * 50
    assert registry.asked == 1
    registry.version, now[0] = "v2", 1.99
    assert versions.of("city.counties") == "v1"
    now[0] = 2.0
    assert versions.of("city.counties") == "v2"
    assert registry.asked == 2


def test_what_is_not_published_is_asked_anew_each_time() -> None:
    registry = Registry()
    versions = PublishedVersions(registry)  # type: ignore[arg-type]
    registry.version = None
    assert versions.of("city.towns") is None
    registry.version = "v1"
    assert versions.of("city.towns") == "v1"
    assert versions.of("none") is None
