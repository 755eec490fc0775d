"""Made-up layers of the tile benchmark: the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

WEST, SOUTH, EAST, NORTH = 112.8, 23.9, 114.7, 25.5  # Shaoguan
KINDS = [f"类别{k}" for k in range(10)]


def points(count: int) -> gpd.GeoDataFrame:
    """Points around towns, with a name, a kind, a number and a day."""
    rng = np.random.default_rng(1)
    frame = _attributes(rng, count)
    frame["value"] = rng.normal(50, 20, count).round(2)
    frame["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 365, count), "D")
    return gpd.GeoDataFrame(frame, geometry=shapely.points(_spots(rng, count)), crs=4326)


def buildings(count: int) -> gpd.GeoDataFrame:
    """Turned rectangles and L shapes of 8 to 40 m."""
    rng = np.random.default_rng(2)
    outline = np.array([[0, 0], [1, 0], [1, 0.6], [0.5, 0.6], [0.5, 1], [0, 1], [0, 0]])
    angle, size = rng.uniform(0, np.pi, count), rng.uniform(8, 40, count) / 111_000
    turn = np.stack((np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)), axis=1).reshape(
        -1, 2, 2
    )
    rings = np.einsum("nij,kj->nki", turn, outline) * size[:, None, None]
    shapes = shapely.polygons(rings + _spots(rng, count)[:, None, :])
    return gpd.GeoDataFrame(_attributes(rng, count), geometry=shapes, crs=4326)


def cells(count: int) -> gpd.GeoDataFrame:
    """Large polygons of 600 vertices that cover the city."""
    rng = np.random.default_rng(3)
    across = int(np.ceil(np.sqrt(count)))
    at = np.arange(count)
    centre = np.column_stack(
        (
            WEST + (at % across + 0.5) * (EAST - WEST) / across,
            SOUTH + (at // across + 0.5) * (NORTH - SOUTH) / across,
        )
    )
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    rough = rng.normal(0, 0.004, (count, 600)).cumsum(axis=1)
    rough -= np.linspace(0, 1, 600) * rough[:, -1:]  # meet where they began
    reach = (0.6 + np.clip(rough, -0.3, 0.3)) * (EAST - WEST) / across
    ring = np.stack((reach * np.cos(angle), reach * np.sin(angle)), axis=2) + centre[:, None, :]
    shapes = shapely.make_valid(shapely.polygons(ring))
    return gpd.GeoDataFrame(_attributes(rng, count), geometry=shapes, crs=4326)


def lines(count: int) -> gpd.GeoDataFrame:
    """Roads of 60 vertices, 30 m apart."""
    rng = np.random.default_rng(4)
    heading = rng.uniform(0, 2 * np.pi, (count, 1)) + rng.normal(0, 0.25, (count, 60)).cumsum(
        axis=1
    )
    steps = np.stack((np.cos(heading), np.sin(heading)), axis=2) * 30 / 111_000
    courses = steps.cumsum(axis=1) + _spots(rng, count)[:, None, :]
    return gpd.GeoDataFrame(
        _attributes(rng, count), geometry=shapely.linestrings(courses), crs=4326
    )


LAYERS: dict[str, tuple[Callable[[int], gpd.GeoDataFrame], int]] = {
    "points": (points, 1_000_000),
    "buildings": (buildings, 200_000),
    "cells": (cells, 2_000),
    "lines": (lines, 20_000),
}


def _spots(rng: np.random.Generator, count: int) -> np.ndarray:
    """Nine of ten around 60 towns, the others anywhere."""
    towns = rng.uniform((WEST, SOUTH), (EAST, NORTH), (60, 2))
    spots = towns[rng.integers(0, 60, count)] + rng.normal(0, 0.03, (count, 2))
    anywhere = rng.random(count) < 0.1
    spots[anywhere] = rng.uniform((WEST, SOUTH), (EAST, NORTH), (int(anywhere.sum()), 2))
    return spots


def _attributes(rng: np.random.Generator, count: int) -> pd.DataFrame:
    numbers = rng.integers(0, 20_000, count)
    return pd.DataFrame(
        {
            "name": pd.Series(numbers).map(lambda number: f"名称{number}"),
            "kind": pd.Series(rng.integers(0, 10, count)).map(dict(enumerate(KINDS))),
            "level": rng.integers(1, 6, count),
        }
    )
