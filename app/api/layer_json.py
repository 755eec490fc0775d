"""Layers and versions as JSON, the same for the API and for `--json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from layers.contracts import Layer, Version


def layer_json(layer: Layer) -> dict[str, Any]:
    """One layer; `version` is the id of the live version or null."""
    return {
        "id": layer.id,
        "title": layer.title,
        "topic": layer.topic,
        "owner": layer.owner,
        "source": layer.source,
        "classification": layer.classification.value,
        "cadence": layer.cadence,
        "style": dict(layer.style),
        "key": layer.key,
        "version": layer.version,
        "demo": layer.demo,
        "created_at": layer.created_at.isoformat(),
    }


def version_json(version: Version) -> dict[str, Any]:
    """One version; `bounds` is [west, south, east, north] or null."""
    bounds = version.bounds
    published = version.published_at
    return asdict(version) | {
        "state": version.state.value,
        "bounds": bounds and [bounds.west, bounds.south, bounds.east, bounds.north],
        "crs": dict(version.crs),
        "attributes": list(version.attributes),
        "created_at": version.created_at.isoformat(),
        "published_at": published and published.isoformat(),
    }
