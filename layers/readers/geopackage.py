"""GeoPackage with one layer of features."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.tally import Tally

_DAMAGED = "文件可能没有下载完整;请用 QGIS 打开检查后重新导出"


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of the only layer with geometry; the encoding does not matter (UTF-8 always)."""
    path = _named(upload)
    try:
        # GDAL's remarks (measures dropped, odd field types) are not the reader's.
        with warnings.catch_warnings(action="ignore"):
            layer = _only_layer(upload, path)
            declared = pyogrio.read_info(path, layer=layer, force_feature_count=False)["crs"]
            frame = pyogrio.read_dataframe(path, layer=layer, use_arrow=True, fid_as_index=True)
    except NotImplementedError:
        refuse(upload, "含有曲线几何", "请先在 QGIS 中转为折线(“分段化曲线”)再导出")
    except (DataSourceError, DataLayerError, FeatureError, ValueError, OSError) as wrong:
        refuse(upload, f"GeoPackage 读不出({wrong})", _DAMAGED)
    finally:
        path.unlink(missing_ok=True)
    if not len(frame):
        refuse(upload, f"图层“{layer}”没有要素", "请确认导出时选中了要素")
    return assemble(
        upload,
        pd.DataFrame(frame.drop(columns="geometry")),
        frame.geometry.to_numpy(),
        np.asarray(frame.index, dtype=np.int64),
        Tally(),
        edits=options.edits,
        format="GeoPackage",
        encoding="UTF-8",
        declared=declared,
    )


def _named(upload: Upload) -> Path:
    """The upload under a name that ends in .gpkg: GDAL warns of any other ending."""
    path = upload.path.with_name(f"{upload.path.name}.gpkg")
    path.symlink_to(upload.path.resolve())
    return path


def _only_layer(upload: Upload, path: Path) -> str:
    layers = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
    if not layers:
        refuse(upload, "里面没有空间图层", "请确认导出的是带几何的图层")
    if len(layers) > 1:
        names = "、".join(layers[:8])
        refuse(upload, f"里面有 {len(layers)} 个图层({names})", "请把要用的图层单独导出后再导入")
    return layers[0]
