"""What is said about a layer: the request, else what was said before, else a careful default."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from layers.contracts import Classification, ImportRequest, Layer
from layers.errors import BadLayer

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_LONGEST_ID = 80


def check_id(layer: str) -> None:
    """Raise BadLayer for an id that cannot stand in a URL and a folder name."""
    if len(layer) > _LONGEST_ID or not _ID.fullmatch(layer):
        raise BadLayer(
            f"图层编号 {layer} 不可用:以字母开头,只用字母、数字、_、- 和 .,不超过 "
            f"{_LONGEST_ID} 个字符,如 city.counties"
        )


def describe(request: ImportRequest, before: Layer | None) -> Layer:
    """The layer as it will be catalogued; a new one is 内部 unless the request says otherwise.

    Raises BadLayer when demo data would replace real data.
    """
    old = before or _blank(request.layer)
    if request.demo and before is not None and not before.demo:
        raise BadLayer(f"图层 {request.layer} 已有真实数据,示例数据不会覆盖它")
    classification = request.classification or old.classification
    if old.demo and not request.demo and request.classification is None:
        # Real data now stand where demo data were: what was said of the demo does not hold.
        classification = Classification.INTERNAL
    return Layer(
        id=request.layer,
        title=request.title or old.title,
        topic=request.topic or old.topic,
        owner=request.owner or old.owner,
        source=request.source or old.source,
        classification=classification,
        cadence=request.cadence or old.cadence,
        style=old.style if request.style is None else dict(request.style),
        key=request.key or old.key,
        version=old.version,
        created_at=old.created_at,
        demo=request.demo,
        metadata=old.metadata,
    )


def _blank(layer: str) -> Layer:
    return Layer(
        id=layer,
        title=layer,
        topic=layer.split(".")[0] if "." in layer else "",
        owner="",
        source="",
        classification=Classification.INTERNAL,
        cadence="",
        style={},
        key=None,
        version=None,
        created_at=datetime.now(UTC),
    )
