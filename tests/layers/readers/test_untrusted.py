"""Files made to do harm: none opens another file or the network, and each is refused in words."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, Upload, read
from tests.layers.readers.shapes import COUNTY, shapefile, zipped
from tests.layers.readers.test_zipped import pack

Read = Callable[..., Reading]
POINT = b'{"type":"Point","coordinates":[113.6,24.8]}'


class _Listener:
    """A server on this machine that counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        listener = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                listener.visits += 1

        self.server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/a.json"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture(scope="module")
def listener() -> Iterator[_Listener]:
    """Somebody who would notice a call."""
    made = _Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


POINTERS = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>",
    '<?xml version="1.0"?>\n<!-- x --><OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}'
    "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand><SimpleSource><SourceFilename>{}'
    "</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
    '<GDAL_WMS><Service name="WMS"><ServerUrl>{}</ServerUrl></Service></GDAL_WMS>',
    '<!DOCTYPE kml [<!ENTITY x SYSTEM "{}">]><kml><Placemark><name>&x;</name></Placemark></kml>',
    '<!DOCTYPE a SYSTEM "{}"><a/>',
    "<kml><NetworkLink><Link><href>{}</href></Link></NetworkLink></kml>",
    '<gml:a xmlns:gml="http://www.opengis.net/gml" xmlns:x="x" x:href="{}"/>',
    '{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"{}"}}}},'
    '"features":[]}}',
    '{{"type":"gdal_virtual_file","href":"{}"}}',
    "<OGRWFSDataSource><URL>{}</URL></OGRWFSDataSource>",
    '{{"conformsTo":["http://www.opengis.net/spec/ogcapi"],"links":[{{"href":"{}"}}]}}',
)


@pytest.mark.parametrize("pointer", POINTERS)
@pytest.mark.parametrize("suffix", [".vrt", ".kml", ".json", ".xml", ".csv", ".gpkg", ".shp", ""])
def test_nothing_in_a_file_is_called_or_opened(
    read_bytes: Read, listener: _Listener, pointer: str, suffix: str
) -> None:
    for address in (listener.address, f"/vsicurl/{listener.address}", "/etc/passwd"):
        with pytest.raises(UnreadableFile):
            read_bytes(pointer.format(address).encode(), f"a{suffix}")
    assert listener.visits == 0


@pytest.mark.parametrize("pointer", POINTERS[:3])
@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".tab", ".mif", ".fgb", ".parquet", ".kml"])
def test_nothing_in_a_file_in_a_zip_is_called_or_opened(
    read_bytes: Read, listener: _Listener, pointer: str, suffix: str
) -> None:
    content = pointer.format(f"/vsicurl/{listener.address}").encode()
    files = {f"a{ending}": content for ending in (suffix, ".dbf", ".map", ".dat", ".id", ".mid")}
    with pytest.raises(UnreadableFile):
        read_bytes(pack(files), "a.zip")
    assert listener.visits == 0


def test_gdal_itself_may_not_call_anybody(listener: _Listener) -> None:
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_info(f"/vsicurl/{listener.address}")
    assert listener.visits == 0


@pytest.mark.parametrize(
    "name",
    [
        "a!b.json",
        "../../etc/passwd",
        "/vsicurl/http://127.0.0.1/a.json",
        "/vsizip/a.zip/b.json",
        "GPKG:a.json",
        "a\x00b.json",
        "x" * 300 + ".json",
        "县" * 200 + ".json",
        "a\nb.json",
        "-rf",
        "..",
        "",
        "~root/.json",
        "a.json?x=1",
        "http://127.0.0.1/a.json",
    ],
)
def test_a_name_is_only_ever_shown(tmp_path: Path, read_bytes: Read, name: str) -> None:
    assert len(read_bytes(POINT, name).frame) == 1
    pyogrio.write_dataframe(COUNTY, tmp_path / "a.gpkg")
    assert len(read_bytes((tmp_path / "a.gpkg").read_bytes(), name).frame) == 2
    folder = tmp_path / "shapefile"
    folder.mkdir()
    assert len(read_bytes(zipped(shapefile(folder)), name).frame) == 2


def test_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "upload").write_bytes(zipped(shapefile(tmp_path)))
    read(Upload(folder / "upload", "a.zip"))
    (folder / "upload").write_bytes(pack({"a.geojson": b"{"}))
    with pytest.raises(UnreadableFile):
        read(Upload(folder / "upload", "a.zip"))
    assert [one.name for one in folder.iterdir()] == ["upload"]


class Originals:
    """One good file of each kind, as (name, content)."""

    def __init__(self, folder: Path) -> None:
        shapes = folder / "shapes"
        shapes.mkdir()
        pyogrio.write_dataframe(COUNTY, folder / "a.gpkg")
        pyogrio.write_dataframe(COUNTY, folder / "a.fgb")
        COUNTY.to_parquet(folder / "a.parquet")
        point = "<Point><coordinates>1,2</coordinates></Point>"
        kml = f"<kml><Placemark><name>a</name>{point}</Placemark></kml>"
        self.files = [
            ("a.zip", zipped(shapefile(shapes))),
            *((f"a{end}", (folder / f"a{end}").read_bytes()) for end in (".gpkg", ".fgb")),
            ("a.parquet", (folder / "a.parquet").read_bytes()),
            ("a.kml", kml.encode()),
            ("a.json", COUNTY.to_json(to_wgs84=False).encode()),
        ]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Originals:
    """One good file of each kind, written once."""
    return Originals(tmp_path_factory.mktemp("good"))


CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(which=st.integers(0, 5), changes=CHANGES, kept=st.one_of(st.just(1.0), st.floats(0, 1)))
def test_damage_anywhere_is_read_or_refused_in_words(
    good: Originals,
    read_bytes: Read,
    which: int,
    changes: list[tuple[float, int]],
    kept: float,
) -> None:
    name, content = good.files[which]
    damaged = bytearray(content)
    for where, value in changes:
        damaged[int(where * (len(damaged) - 1))] = value
    with suppress(UnreadableFile, NeedsAnswer):
        reading = read_bytes(bytes(damaged[: int(kept * len(damaged))]), name)
        assert len(reading.frame) > 0
        assert not reading.frame.geometry.isna().any()
