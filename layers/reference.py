"""The trusted outline of the city: counties with codes, set by its people, used as evidence.

It is an asset of the city, kept apart from the layers: no layer, and no demo geometry, ever counts.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from layers.crs.outline import Outline
from layers.errors import NeedsAnswer, UnreadableFile
from layers.intake.attributes import key_texts
from layers.intake.prepare import Prepared, Unanswered, prepare, read_upload
from layers.readers import Upload
from layers.stores.files import LayerFiles, disk
from layers.stores.postgres_outlines import OutlineRecord, PostgresOutlines

_CODES = ("code", "adcode", "行政区划代码", "区划代码", "代码", "gb", "pac", "xzqdm", "id")
_NAMES = ("name", "名称", "xzqmc", "县(市、区)", "县区", "qh")


class OutlineReference:
    """Sets and gives the trusted outline."""

    def __init__(self, store: PostgresOutlines, files: LayerFiles) -> None:
        """Use `store` for who and when, `files` for the shapes."""
        self._store = store
        self._files = files
        self._cached: tuple[str, Outline] | None = None

    def record(self) -> OutlineRecord | None:
        """Who trusted which file, and when; None when none was set."""
        return self._store.current()

    def outline(self) -> Outline | None:
        """The trusted outline; None when none was set."""
        record = self.record()
        if record is None:
            return None
        if self._cached is None or self._cached[0] != record.file:
            self._cached = (record.file, _load(self._files.reference(record.file)))
        return self._cached[1]

    def set_outline(self, file: Path, crs: str, by: str, *, encoding: str = "auto") -> Outline:
        """Trust `file` (counties with six-digit codes) from now on.

        Raises NeedsAnswer when `crs` is auto and the file does not prove its system: the outline
        is what everything else is measured by, so it is never guessed.
        """
        with self._files.workspace(file) as work:
            upload = Upload(work.upload, file.name)
            prepared = prepare(upload, read_upload(upload, encoding), crs, None)
            if isinstance(prepared, Unanswered):
                raise NeedsAnswer(
                    f"{file.name}:界线的坐标系不能猜;请用 --crs 指明(EPSG:编号、gcj02 或 bd09)"
                )
            counties = _counties(prepared, file.name)
            system = (prepared.crs.decided or "").replace(":", "")
            name = f"outline-{work.sha256[:16]}-{system}.parquet"
            target = self._files.reference(name)
            with disk():
                target.parent.mkdir(parents=True, exist_ok=True)
                counties.to_parquet(work.folder / "outline.parquet", index=False)
                (work.folder / "outline.parquet").replace(target)
            self._files.keep_original(work)
            self._store.add(
                sha256=work.sha256,
                file=name,
                original_name=file.name,
                crs=prepared.crs.decided or "",
                counties=len(counties),
                by=by,
            )
        return _load(target)


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
