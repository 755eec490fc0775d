"""GeoParquet with a box a feature, which readers skip by."""

from __future__ import annotations

from pathlib import Path

from layers.export import labels
from layers.export.job import ExportJob


def write(job: ExportJob, path: Path) -> tuple[str, ...]:
    """GeoParquet 1.1; the coordinate system stands in the file's metadata."""
    frame = job.frame.drop(columns="bbox", errors="ignore").set_crs(labels.system(job.crs))
    frame.to_parquet(path, index=False, write_covering_bbox=True)
    return ()
