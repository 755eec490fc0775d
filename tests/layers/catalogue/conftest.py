"""Compiled layers for the tests of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from layers.compile import CompiledLayer, compile_layer

Compiled = Callable[..., CompiledLayer]


@pytest.fixture
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Compile geometries in degrees with attributes given as keyword lists; ids count from 1."""

    def build(geometries: list[object], **attributes: list[object]) -> CompiledLayer:
        frame = gpd.GeoDataFrame(attributes, geometry=list(geometries), crs=4326)
        folder: Path = tmp_path_factory.mktemp("layer") / "compiled"
        ids = np.arange(1, len(frame) + 1)
        compile_layer(frame, ids, folder, attributes=list(attributes))
        return CompiledLayer.open(folder)

    return build
