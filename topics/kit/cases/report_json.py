"""A report as the first step of its case keeps it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from topics.kit.cases.contracts import CategoryKey, Report


def report_json(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "category": str(report.category),
        "region": report.region,
        "text": report.text,
        "at": report.at.isoformat(),
        "source": report.source,
        "reporter": report.reporter,
        "reference": report.reference,
        "longitude": report.longitude,
        "latitude": report.latitude,
        "grid": report.grid,
        "place": report.place,
        "contact": report.contact,
        "drill": report.drill,
        "data": dict(report.data),
    }


def read_report(kept: Mapping[str, Any]) -> Report:
    """The report of the plain values."""
    values = dict(kept)
    scheme, kind, code = values.pop("category").split("/")
    return Report(
        category=CategoryKey(scheme, kind, code),
        at=datetime.fromisoformat(values.pop("at")),
        **values,
    )
