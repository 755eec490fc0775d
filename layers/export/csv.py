"""CSV that Excel opens: with a mark before UTF-8, and nothing in it that runs."""

from __future__ import annotations

from pathlib import Path

from layers.export.job import ExportJob
from layers.export.table import as_table


def write(job: ExportJob, path: Path) -> tuple[str, ...]:
    """Points with two coordinate columns (named after their offset, if any), others as WKT."""
    as_table(job).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return ()
