"""GeoPackage."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from layers.export import labels
from layers.export.job import ExportJob


def write(job: ExportJob, path: Path) -> tuple[str, ...]:
    """One layer; GCJ-02 and BD-09 get a definition of their own name, without any code."""
    frame = job.frame.set_crs(labels.system(job.crs))
    pyogrio.write_dataframe(
        frame, path, driver="GPKG", layer="layer", layer_options={"IDENTIFIER": job.title}
    )
    return ()
