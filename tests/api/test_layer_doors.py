"""What is remembered of a layer for a second never refuses what has just been published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from app.api.layer_doors import LayerDoors
from app.errors import Forbidden, NotSignedIn
from app.security.contracts import Grant, Role, Subject
from layers.contracts import Classification, Layer, Version, VersionState
from layers.errors import UnknownLayer

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ID = "0123456789abcdef"
VIEWER = Subject("u1", "张三", frozenset({Grant(Role.VIEWER)}))
LAYER = Layer(
    id="water.outfalls",
    title="入河排污口",
    topic="water",
    owner="swj",
    source="",
    classification=Classification.INTERNAL,
    cadence="",
    style={},
    key="code",
    version=None,
    created_at=NOW,
)
DRAFT = Version(
    id=ID,
    layer=LAYER.id,
    number=1,
    state=VersionState.DRAFT,
    features=1,
    geometry="point",
    bounds=None,
    format="GeoJSON",
    encoding=None,
    crs={},
    original_name="a.geojson",
    original_sha256="",
    attributes=(),
    created_at=NOW,
    created_by="u2",
    published_at=None,
)


class Catalogue:
    """As much of a registry as doors ask."""

    def __init__(self) -> None:
        self.layer: Layer | None = LAYER
        self.version = DRAFT
        self.asked = 0

    def find(self, layer: str) -> Layer | None:
        self.asked += 1
        return self.layer if layer == LAYER.id else None

    def require_version(self, layer: str, version: str) -> Version:
        self.asked += 1
        return self.version


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def doors(catalogue: Catalogue) -> LayerDoors:
    return LayerDoors(cast("Any", catalogue))


def test_a_version_remembered_as_a_draft_is_seen_once_it_is_published(
    doors: LayerDoors, catalogue: Catalogue
) -> None:
    with pytest.raises(UnknownLayer):
        doors.require_version(VIEWER, LAYER, ID)
    catalogue.version = replace(DRAFT, state=VersionState.PUBLISHED, published_at=NOW)
    assert doors.require_version(VIEWER, LAYER, ID).state is VersionState.PUBLISHED


def test_a_layer_remembered_as_unknown_is_found_once_it_is_there(
    doors: LayerDoors, catalogue: Catalogue
) -> None:
    catalogue.layer = None
    with pytest.raises((UnknownLayer, Forbidden, NotSignedIn)):
        doors.require(VIEWER, LAYER.id, "tile")
    catalogue.layer = LAYER
    assert doors.require(VIEWER, LAYER.id, "tile") == LAYER


def test_a_layer_remembered_as_secret_is_read_once_it_is_open(
    doors: LayerDoors, catalogue: Catalogue
) -> None:
    catalogue.layer = replace(LAYER, classification=Classification.HIGHLY_SENSITIVE)
    with pytest.raises(Forbidden):
        doors.require(VIEWER, LAYER.id, "tile")
    catalogue.layer = LAYER
    assert doors.require(VIEWER, LAYER.id, "tile") == LAYER


def test_what_may_be_read_is_asked_for_once(doors: LayerDoors, catalogue: Catalogue) -> None:
    for _ in range(3):
        doors.require(VIEWER, LAYER.id, "tile")
    assert catalogue.asked == 1
