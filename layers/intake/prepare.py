"""An upload read, checked and placed: everything a version needs except its number."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from layers.contracts import CrsDecision, Problem
from layers.crs.decide import decide
from layers.crs.outline import Outline
from layers.crs.references import References
from layers.errors import BadCoordinates, UnreadableFile
from layers.intake.attributes import tidy
from layers.intake.place import Placed, place
from layers.intake.secrecy import refuse_secrets, refuse_secrets_in
from layers.readers import Reading, ReadOptions, Upload, read
from layers.readers.tally import Tally


@dataclass(frozen=True, slots=True)
class Prepared:
    """Features in EPSG:4326 with plain attributes, and how they came to be.

    `quicklook` is the small picture (PNG) of a raster, None for all else.
    """

    frame: gpd.GeoDataFrame
    rows: np.ndarray
    kind: str
    format: str
    encoding: str | None
    crs: CrsDecision
    problems: tuple[Problem, ...]
    quicklook: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A file that was read but whose coordinate system only a person can name."""

    reading: Reading
    crs: CrsDecision


def read_upload(upload: Upload, options: ReadOptions | str) -> Reading:
    """The content of the upload; raises UnreadableFile, also for what names a secrecy level."""
    refuse_secrets(upload.name)
    reading = read(upload, options)
    refuse_secrets_in(upload, reading)
    return reading


def prepare(
    upload: Upload,
    reading: Reading,
    crs: str,
    outline: Outline | None,
    *,
    references: References | None = None,
    parameters: str | None = None,
) -> Prepared | Unanswered:
    """The features on the earth, or the question that stands in the way."""
    geometries = reading.frame.geometry.to_numpy()
    try:
        decision = decide(
            geometries,
            wanted=crs,
            declared=reading.declared,
            outline=outline,
            references=references,
            parameters=parameters,
        )
    except BadCoordinates as wrong:
        raise BadCoordinates(f"{upload.name}:{wrong}") from wrong
    if decision.decided is None:
        return Unanswered(reading, decision)
    tally = Tally()
    placed = place(geometries, reading.rows, decision.decided, tally, upload.name)
    frame = reading.frame.iloc[placed.kept].set_geometry(placed.geometries).reset_index(drop=True)
    return Prepared(
        frame=tidy(frame).set_crs("EPSG:4326"),
        rows=reading.rows[placed.kept],
        kind=placed.kind,
        format=reading.format,
        encoding=reading.encoding,
        crs=decision,
        problems=(*reading.problems, *tally.problems()),
    )


def prepare_frame(frame: gpd.GeoDataFrame, *, empty: str | None = None) -> Prepared:
    """The features of a frame that the program made itself, in EPSG:4326.

    `empty` is the kind of a frame that may hold nothing; without it, nothing is refused.
    """
    if frame.crs is None or frame.crs.to_epsg() not in {4326, 4490}:
        raise UnreadableFile("生成的图层必须是 EPSG:4326 坐标系;请先转换")
    rows = np.arange(1, len(frame) + 1)
    tally = Tally()
    geometries = frame.geometry.to_numpy()
    if empty is not None and not len(frame):
        placed = Placed(geometries, np.zeros(0, np.intp), empty)
    else:
        placed = place(geometries, rows, "EPSG:4326", tally, "生成的图层")
    kept = frame.iloc[placed.kept].set_geometry(placed.geometries).reset_index(drop=True)
    decision = CrsDecision("EPSG:4326", "EPSG:4326", 1.0, (), ("由程序生成",))
    return Prepared(
        tidy(kept).set_crs("EPSG:4326", allow_override=True),
        rows[placed.kept],
        placed.kind,
        "generated",
        "UTF-8",
        decision,
        tally.problems(),
    )
