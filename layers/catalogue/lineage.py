"""Where a layer's live version comes from, and what is computed from it, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layers.catalogue.contracts import LiveVersion


def lineage(
    live: LiveVersion | None, *, by: str = "", indicators: Sequence[tuple[str, str]] = ()
) -> list[dict[str, Any]]:
    """The file, how it was read, the version it became, what that replaced, what depends on it.

    Each step has `step`, `title`, `detail` and `at` for people, and its own facts. `by` is the
    uploader's name where it is known; `indicators` are (id, title).
    """
    steps = [] if live is None else [_file(live, by or live.created_by), _read(live), _live(live)]
    if indicators:
        steps.append(
            {
                "step": "used",
                "title": f"用于计算 {len(indicators)} 个指标",
                "detail": "、".join(title for _, title in indicators),
                "at": None,
                "indicators": [{"id": one, "title": title} for one, title in indicators],
            }
        )
    return steps


def _file(live: LiveVersion, by: str) -> dict[str, Any]:
    return {
        "step": "file",
        "title": live.original_name,
        "detail": f"{by} 上传" if by else "",
        "at": live.created_at.isoformat(),
        "sha256": live.original_sha256,
        "by": live.created_by,
    }


def _read(live: LiveVersion) -> dict[str, Any]:
    decided = live.crs.get("decided")
    said = [live.format, live.encoding, decided and f"坐标系 {decided}"]
    return {
        "step": "read",
        "title": f"读入 {live.features:,} 个要素",
        "detail": " · ".join(one for one in said if one),
        "at": None,
        "format": live.format,
        "encoding": live.encoding,
        "crs": decided,
        "declared": live.crs.get("declared"),
    }


def _live(live: LiveVersion) -> dict[str, Any]:
    before = f"替换第 {live.replaced} 版" if live.replaced is not None else "首次发布"
    return {
        "step": "published",
        "title": f"发布为第 {live.number} 版",
        "detail": f"{before},共 {live.versions} 个版本",
        "at": None if live.published_at is None else live.published_at.isoformat(),
        "version": live.id,
        "number": live.number,
        "replaced": live.replaced,
    }
