"""The work folder of a submission: what reading and checking made, ready to be shown and built.

Nothing in it is precious: it is made again from the original and the answers whenever it is gone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd

from layers.stores.files import LayerFiles, disk

ROW, HELD, REASONS, REASON = "_row", "_held", "_reasons", "_reason"
_FEATURES, _LEFT_OUT, _NOTES = "features.parquet", "left_out.parquet", "notes.json"
_ISSUES, _CANDIDATES, _QUICKLOOK = "issues.npz", ".candidates.json", ".quicklook.png"


@dataclass(frozen=True, slots=True)
class Work:
    """The features of an upload as checked and fixed, and those set aside.

    `frame` has the columns `_row` (its row in the file), `_held` (kept out of the version) and
    `_reasons` (issue ids, one a line) beside its attributes. `left_out` has `_row` and `_reason`.
    `issues` names the rows of each issue.
    """

    frame: gpd.GeoDataFrame
    left_out: pd.DataFrame
    issues: Mapping[str, np.ndarray]
    notes: Mapping[str, Any]


class WorkFolders:
    """Keeps the work of submissions under the home; one state of each."""

    def __init__(self, files: LayerFiles) -> None:
        """Keep them beside the layers' other files."""
        self._files = files

    def find(self, submission: str, state: str) -> Work | None:
        """The work on the submission in this state of its answers; None when it must be redone."""
        folder = self._files.work(submission) / state
        if not (folder / _NOTES).exists():
            return None
        try:
            return Work(
                frame=gpd.read_parquet(folder / _FEATURES),
                left_out=pd.read_parquet(folder / _LEFT_OUT),
                issues=_load_issues(folder / _ISSUES),
                notes=json.loads((folder / _NOTES).read_text(encoding="utf-8")),
            )
        except (OSError, ValueError):
            return None  # swept or half removed meanwhile

    def keep(self, submission: str, state: str, work: Work) -> None:
        """Write the work in one rename; what was kept of other states goes."""
        with self._files.workspace(None) as space, disk():
            made = space.folder / "work"
            made.mkdir()
            work.frame.to_parquet(made / _FEATURES, index=False)
            _texts(work.left_out).to_parquet(made / _LEFT_OUT, index=False)
            _save_issues(made / _ISSUES, work.issues)
            (made / _NOTES).write_text(json.dumps(dict(work.notes)), encoding="utf-8")
            target = self._files.work(submission) / state
            target.parent.mkdir(parents=True, exist_ok=True)
            for other in target.parent.iterdir():
                if not other.name.startswith(state):
                    other.unlink() if other.is_file() else shutil.rmtree(other, ignore_errors=True)
            shutil.rmtree(target, ignore_errors=True)
            made.rename(target)

    def keep_candidates(self, submission: str, state: str, drawn: Mapping[str, Any]) -> None:
        """Write the drawing of the coordinate candidates."""
        folder = self._files.work(submission)
        with disk():
            folder.mkdir(parents=True, exist_ok=True)
            made = folder / f"{state}.part"
            made.write_bytes(orjson.dumps(dict(drawn), option=orjson.OPT_SERIALIZE_NUMPY))
            made.replace(folder / f"{state}{_CANDIDATES}")

    def candidates(self, submission: str, state: str) -> dict[str, Any] | None:
        """The drawing of the coordinate candidates, or None when it must be drawn again."""
        try:
            text = (self._files.work(submission) / f"{state}{_CANDIDATES}").read_bytes()
        except OSError:
            return None
        drawn: dict[str, Any] = orjson.loads(text)
        return drawn

    def keep_quicklook(self, submission: str, state: str, picture: bytes) -> None:
        """Write the small picture of a raster."""
        folder = self._files.work(submission)
        with disk():
            folder.mkdir(parents=True, exist_ok=True)
            made = folder / f"{state}{_QUICKLOOK}.part"
            made.write_bytes(picture)
            made.replace(folder / f"{state}{_QUICKLOOK}")

    def quicklook(self, submission: str, state: str) -> bytes | None:
        """The small picture of a raster, or None when it must be made again."""
        try:
            return (self._files.work(submission) / f"{state}{_QUICKLOOK}").read_bytes()
        except OSError:
            return None

    def drop(self, submission: str) -> None:
        """Remove what was kept for the submission."""
        shutil.rmtree(self._files.work(submission), ignore_errors=True)


def work_frame(
    frame: gpd.GeoDataFrame, rows: np.ndarray, held: np.ndarray, reasons: np.ndarray
) -> gpd.GeoDataFrame:
    """The features with their row numbers, whether each is held back, and why."""
    marked = frame.copy(deep=False)
    marked[ROW], marked[HELD], marked[REASONS] = rows, held, reasons
    return marked


def _save_issues(path: Path, issues: Mapping[str, np.ndarray]) -> None:
    arrays: dict[str, Any] = {f"rows{at}": each for at, each in enumerate(issues.values())}
    np.savez(path, names=np.array(list(issues), dtype=str), **arrays)


def _load_issues(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return {str(name): stored[f"rows{number}"] for number, name in enumerate(stored["names"])}


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows set aside are shown, never computed with: their values as text."""
    columns = {
        str(name): frame[name] if name == ROW else frame[name].astype("string") for name in frame
    }
    return pd.DataFrame(columns)
