"""plotly.js out of the Plotly package, packed once into app/web/built/plotly-<version>/.

Served by us under that versioned path and loaded only by pages that draw a chart.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import plotly

from app.web import vendor
from app.web.static import Asset, folder_assets

NAME = "plotly.min.js"
_SOURCE = Path(plotly.__file__).parent / "package_data" / NAME


def folder_name() -> str:
    """The version is in the name: browsers keep the file for ever."""
    return f"plotly-{version('plotly')}"


def build_charts(*, force: bool = False) -> Path:
    """The folder with the file and its gzip twin, made unless it is there; whole or not at all."""
    folder = vendor.BUILT / folder_name()
    if (folder / "complete").exists() and not force:
        return folder
    vendor.BUILT.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=vendor.BUILT, prefix=".plotly-"))
    try:
        body = _SOURCE.read_bytes()
        (made / NAME).write_bytes(body)
        (made / f"{NAME}.gz").write_bytes(gzip.compress(body, 9, mtime=0))
        (made / "complete").touch()
        made.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(made, folder)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not (folder / "complete").exists():  # else another process was quicker
            raise
    return folder


def chart_assets() -> dict[str, Asset]:
    """The file under its versioned path; packed in memory where set-up could not write."""
    try:
        return folder_assets(build_charts())
    except OSError:
        return {f"{folder_name()}/{NAME}": Asset.of(_SOURCE.read_bytes(), NAME)}


if __name__ == "__main__":
    build_charts(force=True)
