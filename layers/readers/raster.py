"""GeoTIFF, COG and NetCDF: kept as they are, described, and shown small; drawn by a later engine.

A raster becomes a layer of one feature, the area it covers. Its header is judged before any pixel
is read. Nothing but the file itself is opened: no side files, no links to other files, no network.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.readers.assemble import assemble
from layers.readers.contracts import Part, RasterInfo, Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.gdal import laid_out
from layers.readers.netcdf import cf_problems, refuse_links
from layers.readers.tally import Tally

if TYPE_CHECKING:  # rasterio carries a GDAL of its own: loaded only where a raster is read
    from rasterio.io import DatasetReader

RASTERS = frozenset({"GeoTIFF", "NetCDF"})  # what a reading of a raster calls its format
LATER = "栅格:原件已留存,图层引擎随后提供"
_MOST_PIXELS = 20_000_000_000  # of one band: a whole province at half a metre
_MOST_BANDS = 10_000
_MOST_BLOCK = 512 * 2**20  # bytes that a single block may unpack to
_BOMB_BYTES, _BOMB_RATIO = 256 * 2**20, 1000  # unpacks to more than this, so many times its size
_READABLE = 400_000_000  # pixels to run through for a quick-look of a file without overviews
_SIDE = 512
_EDGE = 16  # points along each side of the footprint: straight in its projection, not in degrees
_DAMAGED = "文件可能没有下载完整;请用 QGIS 打开检查后重新导出"
_OPTIONS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # no .aux.xml, .ovr, .tfw beside the file
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": 128,  # MB
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/",  # a name no address can have: the network is off
    "GDAL_NUM_THREADS": 1,
}


def read(upload: Upload, options: ReadOptions) -> Reading:
    """The raster's area and description; raises UnreadableFile for bombs and unplaced ones.

    Of a NetCDF with several variables `options.part` names the one to show, else it is the first;
    all stay in the file.
    """
    netcdf = _is_netcdf(upload.path)
    if netcdf:
        refuse_links(upload)
    with laid_out(upload, ".nc" if netcdf else ".tif") as path, _opened(upload, path) as first:
        names = _variables(first)
        if not names:
            return _described(upload, options, first, ())
        part = options.part if options.part in names else next(iter(names))
        with _opened(upload, path, names[part]) as dataset:
            return _described(upload, options, dataset, tuple(names), part)


def quicklook(dataset: DatasetReader) -> bytes | None:
    """A PNG of at most 512 pixels: 2 to 98 % of the values stretched, no-data transparent.

    None where too much would have to be read for it.
    """
    if not dataset.overviews(1) and dataset.width * dataset.height > _READABLE:
        return None
    scale = min(1.0, _SIDE / max(dataset.width, dataset.height))
    size = max(1, round(dataset.height * scale)), max(1, round(dataset.width * scale))
    bands = [1, 2, 3] if dataset.count >= 3 and _alike(dataset) else [1]
    pixels = dataset.read(bands, out_shape=(len(bands), *size), masked=True)
    values = np.ma.getdata(pixels)
    values = np.abs(values) if np.iscomplexobj(values) else values
    seen = ~np.ma.getmaskarray(pixels) & np.isfinite(values)
    stretched = [_stretched(one, there) for one, there in zip(values, seen, strict=True)]
    return _png(np.stack([*stretched, np.where(seen.any(axis=0), 255, 0).astype(np.uint8)]))


@contextmanager
def _opened(upload: Upload, path: Path, variable: str | None = None) -> Iterator[DatasetReader]:
    import rasterio
    from rasterio.errors import RasterioError

    driver = "netCDF" if path.suffix == ".nc" else "GTiff"
    name = f"netcdf:{path}:{variable}" if variable else str(path)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            rasterio.Env(**_OPTIONS),
            rasterio.open(name, driver=driver) as dataset,
        ):
            yield dataset
    except (RasterioError, MemoryError) as wrong:
        refuse(upload, f"栅格读不出({type(wrong).__name__})", _DAMAGED)


def _described(
    upload: Upload,
    options: ReadOptions,
    dataset: DatasetReader,
    variables: tuple[str, ...],
    part: str | None = None,
) -> Reading:
    _refuse_bombs(upload, dataset)
    footprint, declared = _placed(upload, dataset)
    picture = quicklook(dataset)
    about = _info(dataset, declared, picture)
    netcdf = dataset.driver == "netCDF"
    size = f"{about.width:,} × {about.height:,} 像元,{about.bands} 个波段,{about.dtype}"
    evidence = [LATER, size]
    if variables:
        evidence.append(f"含 {len(variables)} 个变量({'、'.join(variables[:8])}),这里显示 {part}")
    if picture is None:
        evidence.append("没有金字塔且像元太多,暂无快视图;可用 gdaladdo 建金字塔或转为 COG")
    tally = Tally()
    for item, problem, remedy in cf_problems(dataset) if netcdf else ():
        tally.add(None, item, problem, remedy)
    reading = assemble(
        upload,
        _attributes(upload, about),
        np.array([footprint], dtype=object),
        np.array([1]),
        tally,
        edits=options.edits,
        format="NetCDF" if netcdf else "GeoTIFF",
        encoding=None,
        declared=declared,
        evidence=tuple(evidence),
        parts=tuple(Part(one, one, "none", None) for one in variables),
        part=part,
        raster=about,
        notes={"raster": LATER},
    )
    return reading


def _refuse_bombs(upload: Upload, dataset: DatasetReader) -> None:
    """Judge by the header alone, before a pixel is read."""
    pixels, bands = dataset.width * dataset.height, dataset.count
    each = max((np.dtype(_numpy(one)).itemsize for one in dataset.dtypes), default=1)
    if bands == 0:
        refuse(upload, "没有可读的波段或变量", "请导出含有栅格数据的文件")
    if pixels > _MOST_PIXELS or bands > _MOST_BANDS:
        size = f"{dataset.width:,} × {dataset.height:,} 像元、{bands:,} 个波段"
        refuse(upload, f"文件头声称有 {size},超出上限", "请裁切成几幅后再导入")
    high, wide = dataset.block_shapes[0]
    together = bands if str(dataset.interleaving or "").lower().endswith("pixel") else 1
    if high * wide * each * together > _MOST_BLOCK:
        refuse(upload, "一个数据块解开就超过 512 MB", "请转成分块的 GeoTIFF 或 COG 后再导入")
    unpacked, packed = pixels * bands * each, upload.path.stat().st_size
    if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * packed:
        refuse(
            upload,
            f"文件只有 {packed:,} 字节,却声称解开后有 {unpacked:,} 字节",
            "请核对来源;若确实几乎全空,请裁切后再导入",
        )


def _placed(upload: Upload, dataset: DatasetReader) -> tuple[shapely.Geometry, str | None]:
    """The covered area in the raster's own coordinates, and the system it names."""
    from rasterio.transform import from_gcps

    transform, crs = dataset.transform, dataset.crs
    points, of_points = dataset.gcps
    if transform.is_identity and len(points) >= 3:
        transform, crs = from_gcps(points), of_points
    if transform.is_identity:
        refuse(
            upload,
            "没有地理参考(坐标原点和像元大小),或是只有二维经纬度的曲线网格",
            "请先在 QGIS 中配准或重采样为规则网格,再导出 GeoTIFF",
        )
    along = np.linspace(0.0, 1.0, _EDGE, endpoint=False)
    none, full = np.zeros(_EDGE), np.ones(_EDGE)
    columns = np.concatenate([along, full, 1 - along, none]) * dataset.width
    rows = np.concatenate([none, along, full, 1 - along]) * dataset.height
    x = transform.a * columns + transform.b * rows + transform.c
    y = transform.d * columns + transform.e * rows + transform.f
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        refuse(upload, "地理参考里有无穷大或 NaN", "请重新配准后再导出")
    epsg = crs.to_epsg() if crs else None
    declared = f"EPSG:{epsg}" if epsg else (str(crs.to_wkt()) if crs else None)
    return shapely.Polygon(np.column_stack([x, y])), declared


def _info(dataset: DatasetReader, declared: str | None, picture: bytes | None) -> RasterInfo:
    bounds = dataset.bounds
    names = tuple(name or f"波段 {at}" for at, name in enumerate(dataset.descriptions, start=1))
    nodata = dataset.nodata
    return RasterInfo(
        width=dataset.width,
        height=dataset.height,
        bands=dataset.count,
        dtype=str(dataset.dtypes[0]),
        crs=declared,
        bounds=(bounds.left, bounds.bottom, bounds.right, bounds.top),
        nodata=None if nodata is None or not np.isfinite(nodata) else float(nodata),
        band_names=names[:64],
        quicklook=picture,
    )


def _attributes(upload: Upload, about: RasterInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "名称": [upload.name],
            "宽(像元)": [about.width],
            "高(像元)": [about.height],
            "波段数": [about.bands],
            "像元类型": [about.dtype],
            "无效值": [about.nodata],
        }
    )


def _variables(dataset: DatasetReader) -> dict[str, str]:
    """The variables of a NetCDF that holds several, by name."""
    last = [str(one).rsplit(":", 1)[-1] for one in dataset.subdatasets]
    return {name: name for name in last} if dataset.driver == "netCDF" else {}


def _is_netcdf(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(4)[:3] in {b"CDF", b"\x89HD"}


def _alike(dataset: DatasetReader) -> bool:
    return len(set(dataset.dtypes[:3])) == 1


def _numpy(dtype: str) -> Any:
    return {"complex_int16": "complex64"}.get(dtype, dtype)


def _stretched(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    known = values[seen].astype(np.float64)
    if not len(known):
        return np.zeros(values.shape, dtype=np.uint8)
    low, high = np.percentile(known, (2, 98))
    if high <= low:
        return np.where(seen, 128, 0).astype(np.uint8)
    filled = np.where(seen, values, low).astype(np.float64)
    grey: np.ndarray = np.clip((filled - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    return grey


def _png(layers: np.ndarray) -> bytes:
    from rasterio.io import MemoryFile

    count, height, width = layers.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="PNG", count=count, height=height, width=width, dtype="uint8"
        ) as target:
            target.write(layers)
        return bytes(memory.read())
