"""Readers that misbehave the way a hostile or broken file makes a library misbehave."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import signal
import socket
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.contracts import Choice, Problem, Question
from layers.errors import BadCoordinates, NeedsAnswer
from layers.readers.contracts import (
    EncodingFound,
    Part,
    RasterInfo,
    Reading,
    ReadOptions,
    Upload,
)

SHAPES = {
    "points": [shapely.Point(113.5, 24.5), shapely.Point(113, -24)],
    "deep points": [shapely.Point(113.5, 24.5, 7), shapely.Point(113, -24, 0)],
    "some deep": [shapely.Point(113.5, 24.5, 7), shapely.Point(113, -24)],
    "polygons": [shapely.box(113, 24, 114, 25), shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])],
    "bow tie": [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), shapely.box(0, 0, 1, 1)],
}


def full(_: Upload, options: ReadOptions) -> Reading:
    """A reading with something of every kind; the part chooses the shapes."""
    frame = gpd.GeoDataFrame(
        {
            "名称": ["甲", None],
            "n": pd.array([1, None], dtype="Int64"),
            "x": [1.5, np.nan],
            "small": np.array([1, 2], dtype="int16"),
            "yes": [True, False],
            "when": pd.to_datetime(["2026-09-30", None]),
            "zoned": pd.to_datetime(["2026-09-30T01:00Z", None], utc=True),
            "odd": pd.Series([{"a": [1, (2,)]}, Decimal("1.10")], dtype="object"),
            "day": pd.Series([dt.date(2026, 9, 30), None], dtype="object"),
            "kind": pd.Categorical(["a", "b"]),
        },
        geometry=np.array(SHAPES[options.part or "points"]),
    )
    return Reading(
        frame=frame,
        rows=np.array([2, 5]),
        format="CSV",
        encoding="GB18030",
        declared=None,
        evidence=("证据",),
        problems=(Problem(3, "日期", "读不懂", "改成 2026-09-30", 4),),
        parts=(Part("a", "甲", "point", 2), Part("b", "乙", "none", None)),
        part=options.part,
        left_out=pd.DataFrame({"_row": [7], "_reason": ["没有坐标"], "v": ["x"]}),
        encoding_found=EncodingFound("GBK", 0.998, ("按 UTF-8 解码失败",), (("Big5", 3, "曲"),)),
        raster=RasterInfo(2, 3, 1, "uint8", None, (0.0, 1.0, 2.0, 3.0), None, ("b",), b"\x89PNG"),
        notes={"n": 1, 5: (np.int64(3), np.nan), "when": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    )


def echo(upload: Upload, options: ReadOptions) -> Reading:
    """What arrived, in the notes."""
    arrived = {
        "name": upload.name,
        "path": str(upload.path),
        "edits": {row: dict(texts) for row, texts in options.edits.items()},
        "columns": dict(options.columns),
        "header_rows": options.header_rows,
        "gazetteer": options.gazetteer and options.gazetteer.to_json(),
        "environ": dict(os.environ),
        "fds": [os.readlink(f"/proc/self/fd/{n}") for n in (0, 1, 2)],
        "more_fds": [str(one.resolve()) for one in Path("/proc/self/fd").iterdir()],
        "cwd": os.getcwd(),
    }
    return replace(full(upload, ReadOptions()), notes=arrived)


def asks(_: Upload, __: ReadOptions) -> Reading:
    options = (Choice("a", "甲"), Choice("b", "乙", "细"))
    raise NeedsAnswer("选哪一个", Question("part", "选", options))


def refuses(_: Upload, __: ReadOptions) -> Reading:
    raise BadCoordinates("坐标不合理;请检查")


def breaks(_: Upload, __: ReadOptions) -> Reading:
    raise KeyError("secret detail")


def hogs(_: Upload, __: ReadOptions) -> Reading:
    raise AssertionError(len(bytearray(1 << 40)))


def loops(_: Upload, __: ReadOptions) -> Reading:
    while True:
        pass


def sleeps(upload: Upload, _: ReadOptions) -> Reading:
    upload.path.with_suffix(".pid").write_text(str(os.getpid()), "ascii")
    while True:
        time.sleep(1)


def segfaults(_: Upload, __: ReadOptions) -> Reading:
    raise AssertionError(ctypes.string_at(0))


def dies(_: Upload, options: ReadOptions) -> Reading:
    os.kill(os.getpid(), signal.Signals[str(options.part)])
    raise AssertionError


def leaves(_: Upload, __: ReadOptions) -> Reading:
    os._exit(7)


def floods(_: Upload, __: ReadOptions) -> Reading:
    with open("flood", "wb") as sink:
        for _n in range(64):
            sink.write(bytes(1 << 20))
    raise AssertionError


def opens(_: Upload, __: ReadOptions) -> Reading:
    raise AssertionError([open("/dev/null") for _ in range(1000)])


def forks(upload: Upload, options: ReadOptions) -> Reading:
    """Leaves a process behind that would go on for ever."""
    if os.fork() == 0:
        sleeps(upload, options)
    while not upload.path.with_suffix(".pid").exists():
        time.sleep(0.01)
    return full(upload, ReadOptions())


def calls(_: Upload, options: ReadOptions) -> Reading:
    """Connects to a port of this machine."""
    socket.create_connection(("127.0.0.1", int(str(options.part))), timeout=2).close()
    raise AssertionError("connected")


def drives(upload: Upload, _: ReadOptions) -> Reading:
    """Tells the drivers of both copies of GDAL."""
    import pyogrio
    import rasterio

    with rasterio.Env() as environment:
        found = {"vector": list(pyogrio.list_drivers()), "raster": list(environment.drivers())}
    return replace(full(upload, ReadOptions()), notes=found)
