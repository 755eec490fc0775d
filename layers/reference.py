"""The trusted outline, rivers and roads of the city, set by its people, used as evidence.

They are assets of the city, kept apart from the layers: no layer and no demo geometry ever counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from layers.crs.outline import Outline
from layers.crs.references import Lines, References
from layers.errors import NeedsAnswer, UnreadableFile
from layers.intake.attributes import key_texts
from layers.intake.prepare import Prepared, Unanswered, prepare, read_upload
from layers.readers import Upload
from layers.stores.files import LayerFiles, Workspace, disk
from layers.stores.postgres_outlines import OutlineRecord, PostgresOutlines

_CODES = ("code", "adcode", "行政区划代码", "区划代码", "代码", "gb", "pac", "xzqdm", "id")
_NAMES = ("name", "名称", "xzqmc", "县(市、区)", "县区", "qh")


LINES = {"rivers": "河流", "roads": "道路"}


class OutlineReference:
    """Sets and gives the trusted outline, rivers and roads."""

    def __init__(self, store: PostgresOutlines, files: LayerFiles) -> None:
        """Use `store` for who and when, `files` for the shapes."""
        self._store = store
        self._files = files
        self._cached: dict[str, tuple[str, Outline | Lines]] = {}

    def record(self, kind: str = "outline") -> OutlineRecord | None:
        """Who trusted which file, and when; None when none of the kind was set."""
        return self._store.current(kind)

    def outline(self) -> Outline | None:
        """The trusted outline; None when none was set."""
        found = self._known("outline", _load)
        return found if isinstance(found, Outline) else None

    def references(self) -> References:
        """The trusted rivers and roads, as far as they were set."""
        rivers, roads = (self._known(kind, _load_lines) for kind in LINES)
        return References(
            rivers=rivers if isinstance(rivers, Lines) else None,
            roads=roads if isinstance(roads, Lines) else None,
        )

    def set_outline(self, file: Path, crs: str, by: str, *, encoding: str = "auto") -> Outline:
        """Trust `file` (counties with six-digit codes) from now on.

        Raises NeedsAnswer when `crs` is auto and the file does not prove its system: the outline
        is what everything else is measured by, so it is never guessed.
        """
        with self._files.workspace(file) as work:
            prepared = _prepared(work, file, crs, encoding, None)
            counties = _counties(prepared, file.name)
            target = self._keep(work, "outline", counties, file, prepared, by)
        return _load(target)

    def set_lines(
        self, kind: str, file: Path, crs: str, by: str, *, encoding: str = "auto"
    ) -> Lines:
        """Trust the rivers or roads in `file` from now on; raises as `set_outline` does.

        With a trusted outline `crs` may be auto where the file proves its system, and a file with
        nothing in the city is refused.
        """
        outline = self.outline()
        with self._files.workspace(file) as work:
            prepared = _prepared(work, file, crs, encoding, outline)
            lines = _lines(prepared, LINES[kind], file.name)
            if outline is not None and not outline.inside(shapely.get_coordinates(lines.geometry)):
                raise UnreadableFile(
                    f"{file.name}:没有一条{LINES[kind]}在可信界线内;请核对文件和 --crs"
                )
            target = self._keep(work, kind, lines, file, prepared, by)
        return _load_lines(target)

    def _known(self, kind: str, load: Callable[[Path], Outline | Lines]) -> Outline | Lines | None:
        record = self.record(kind)
        if record is None:
            return None
        cached = self._cached.get(kind)
        if cached is None or cached[0] != record.file:
            cached = (record.file, load(self._files.reference(record.file)))
            self._cached[kind] = cached
        return cached[1]

    def _keep(
        self,
        work: Workspace,
        kind: str,
        frame: gpd.GeoDataFrame,
        file: Path,
        prepared: Prepared,
        by: str,
    ) -> Path:
        """Store the shapes and the original, then say that they count."""
        system = prepared.crs.decided or ""
        mark = hashlib.sha256(system.encode()).hexdigest()[:8]
        name = f"{kind}-{work.sha256[:16]}-{mark}.parquet"
        target = self._files.reference(name)
        with disk():
            target.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(work.folder / "reference.parquet", index=False)
            (work.folder / "reference.parquet").replace(target)
        self._files.keep_original(work)
        self._store.add(
            sha256=work.sha256,
            file=name,
            original_name=file.name,
            crs=system,
            counties=len(frame),
            by=by,
            kind=kind,
        )
        return target


def _prepared(
    work: Workspace, file: Path, crs: str, encoding: str, outline: Outline | None
) -> Prepared:
    upload = Upload(work.upload, file.name)
    prepared = prepare(upload, read_upload(upload, encoding), crs, outline)
    if isinstance(prepared, Unanswered):
        raise NeedsAnswer(
            f"{file.name}:基准资料的坐标系不能猜;请用 --crs 指明(EPSG:编号、gcj02 或 bd09)"
        )
    return prepared


def _lines(prepared: Prepared, what: str, name: str) -> gpd.GeoDataFrame:
    """The lines, and the banks of what is drawn as areas."""
    if prepared.kind == "point":
        raise UnreadableFile(f"{name}:{what}应是线(或面);请提供线数据")
    shapes = prepared.frame.geometry.to_numpy()
    lines = shapely.boundary(shapes) if prepared.kind == "polygon" else shapes
    return gpd.GeoDataFrame(geometry=lines[~shapely.is_empty(lines)], crs="EPSG:4326")


def _counties(prepared: Prepared, name: str) -> gpd.GeoDataFrame:
    if prepared.kind != "polygon":
        raise UnreadableFile(f"{name}:界线应是县(市、区)的面;请提供面数据")
    frame = prepared.frame
    codes = _codes(frame)
    if codes is None:
        raise UnreadableFile(f"{name}:没有一列是六位行政区划代码;请补上 code 列,每县一个代码")
    titles = _column(frame, _NAMES)
    names = codes if titles is None else frame[titles].astype("string").fillna("")
    return gpd.GeoDataFrame(
        {"code": codes.astype(str), "name": names.astype(str)},
        geometry=frame.geometry,
        crs="EPSG:4326",
    ).dissolve("code", as_index=False)


def _codes(frame: gpd.GeoDataFrame) -> pd.Series | None:
    plain = frame.drop(columns="geometry")
    first = [column for column in plain.columns if str(column).lower() in _CODES]
    for column in [*first, *[other for other in plain.columns if other not in first]]:
        texts = key_texts(plain[column])
        if texts.str.fullmatch(r"\d{6}").fillna(False).all():
            return texts
    return None


def _column(frame: gpd.GeoDataFrame, names: tuple[str, ...]) -> str | None:
    found = [str(column) for column in frame.columns if str(column).lower() in names]
    return found[0] if found else None


def _load(path: Path) -> Outline:
    with disk():
        frame = gpd.read_parquet(path)
    return Outline(tuple(frame["code"]), tuple(frame["name"]), frame.geometry.to_numpy())


def _load_lines(path: Path) -> Lines:
    with disk():
        return Lines(gpd.read_parquet(path).geometry.to_numpy())
