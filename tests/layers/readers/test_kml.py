"""KML as phones, Google Earth and ArcGIS write it, and as an attacker would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely

from layers.errors import UnreadableFile
from layers.readers import Reading

Read = Callable[..., Reading]


def kml(body: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', more: str = "") -> bytes:
    spaces = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
    return f"{head}{more}<kml {spaces}><Document>{body}</Document></kml>".encode()


def placemark(inner: str, name: str = "甲") -> str:
    return f"<Placemark><name>{name}</name>{inner}</Placemark>"


POINT = "<Point><coordinates>113.6,24.8,55</coordinates></Point>"


def geometry(read_bytes: Read, inner: str) -> shapely.Geometry:
    return read_bytes(kml(placemark(inner)), "a.kml").frame.geometry[0]


def test_a_placemark_is_a_feature_in_its_folders(read_bytes: Read) -> None:
    folder = (
        f"<Folder><name>河流</name><Folder><name>断面</name>{placemark(POINT)}</Folder></Folder>"
    )
    reading = read_bytes(kml(folder + placemark(POINT, "乙")), "a.kml")
    assert reading.frame["名称"].tolist() == ["甲", "乙"]
    assert reading.frame["文件夹"].tolist()[0] == "河流/断面"
    assert reading.frame.geometry[0] == shapely.Point(113.6, 24.8)
    assert reading.declared == "EPSG:4326"


@pytest.mark.parametrize(
    ("inner", "wkt"),
    [
        (
            "<LineString><coordinates>1,2 3,4\n5,6,7</coordinates></LineString>",
            "LINESTRING (1 2, 3 4, 5 6)",
        ),
        (
            "<LineString><coordinates>1, 2, 0 3, 4, 0</coordinates></LineString>",
            "LINESTRING (1 2, 3 4)",
        ),
        (
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9 0,0</coordinates>"
            "</LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>5,1 6,1 6,2 "
            "5,1</coordinates></LinearRing></innerBoundaryIs></Polygon>",
            "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))",
        ),
        (
            "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4"
            "</coordinates></Point></MultiGeometry>",
            "MULTIPOINT (1 2, 3 4)",
        ),
        (
            "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>"
            "3,4 5,6</coordinates></LineString></MultiGeometry>",
            "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (3 4, 5 6))",
        ),
        (
            "<gx:Track><when>2026-01-01</when><when>2026-01-02</when><gx:coord>1 2 9</gx:coord>"
            "<gx:coord>3 4 9</gx:coord></gx:Track>",
            "LINESTRING (1 2, 3 4)",
        ),
        ("<gx:Track><gx:coord>1 2</gx:coord></gx:Track>", "POINT (1 2)"),
        (
            "<Model><Location><longitude>1</longitude><latitude>2</latitude></Location></Model>",
            "POINT (1 2)",
        ),
    ],
)
def test_every_geometry_is_read(read_bytes: Read, inner: str, wkt: str) -> None:
    assert geometry(read_bytes, inner).equals_exact(shapely.from_wkt(wkt), 0)


def test_a_track_keeps_when_it_began_and_ended(read_bytes: Read) -> None:
    track = (
        "<gx:Track><when>2026-01-01T08:00:00Z</when><when>2026-01-01T09:00:00Z</when>"
        "<gx:coord>1 2</gx:coord><gx:coord>3 4</gx:coord></gx:Track>"
    )
    frame = read_bytes(kml(placemark(track)), "a.kml").frame
    assert frame["开始时间"][0] == "2026-01-01T08:00:00Z"
    assert frame["结束时间"][0] == "2026-01-01T09:00:00Z"


def test_extended_data_become_columns_in_the_types_of_their_schema(read_bytes: Read) -> None:
    body = (
        '<Schema id="s"><SimpleField name="口径" type="int"/>'
        '<SimpleField name="流量" type="double"/></Schema>'
        + placemark(
            '<ExtendedData><Data name="责任单位"><value>市水务局</value></Data><SchemaData>'
            '<SimpleData name="口径">800</SimpleData><SimpleData name="流量">1.5</SimpleData>'
            f"</SchemaData></ExtendedData>{POINT}"
        )
        + placemark(POINT)
    )
    frame = read_bytes(kml(body), "a.kml").frame
    assert frame["责任单位"][0] == "市水务局"
    assert str(frame["口径"].dtype) == "Int64"
    assert frame["口径"].tolist()[0] == 800
    assert frame["流量"][0] == 1.5


def test_a_balloon_with_a_table_becomes_columns(read_bytes: Read) -> None:
    html = (
        "<![CDATA[<html><head><style>td{x:y}</style></head><body><table><tr><td>甲</td></tr><tr><td>"
        "<table><tr><td>镇名</td><td>马坝镇</td></tr><tr id=x><td>面积 </td><td>&lt;5</td></tr>"
        "</table></td></tr></table></body></html>]]>"
    )
    frame = read_bytes(kml(placemark(f"<description>{html}</description>{POINT}")), "a.kml").frame
    assert (frame["镇名"][0], frame["面积"][0]) == ("马坝镇", "<5")
    assert "描述" not in frame


def test_a_balloon_with_text_is_a_description(read_bytes: Read) -> None:
    text = "<description><![CDATA[<b>一段</b><br/>文字]]></description>"
    assert read_bytes(kml(placemark(text + POINT)), "a.kml").frame["描述"][0] == "一段 文字"


def test_placemarks_without_place_or_with_a_broken_one_are_left_out_by_name(
    read_bytes: Read,
) -> None:
    broken = "<Point><coordinates>东经,北纬</coordinates></Point>"
    body = placemark(POINT) + placemark("", "乙") + placemark(broken, "丙")
    left = read_bytes(kml(body), "a.kml").left_out
    assert left is not None
    assert left["名称"].tolist() == ["乙", "丙"]
    assert left["_reason"].tolist() == ["几何没有位置", "几何坐标读不通"]


@pytest.mark.parametrize(
    "coordinates", ["", "113.6", "1,2 3", "a,b c,d", "NaN,24", "Infinity,24", "1;2"]
)
def test_bad_coordinates_never_become_a_place(read_bytes: Read, coordinates: str) -> None:
    bad = f"<LineString><coordinates>{coordinates} 1,1</coordinates></LineString>"
    reading = read_bytes(kml(placemark(POINT) + placemark(bad, "乙")), "a.kml")
    if coordinates:
        assert reading.rows.tolist() == [1]


def test_links_elsewhere_are_told_and_not_followed(read_bytes: Read) -> None:
    link = "<NetworkLink><Link><href>http://x/a.kml</href></Link></NetworkLink>"
    reading = read_bytes(kml(link + placemark(POINT)), "a.kml")
    assert [one.problem for one in reading.problems] == ["链接到别处的数据,未读取"]
    with pytest.raises(UnreadableFile, match=r"没有地标.*NetworkLink"):
        read_bytes(kml(link), "a.kml")


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE kml SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
def test_dtd_entities_and_references_are_refused(read_bytes: Read, dtd: str) -> None:
    with pytest.raises(UnreadableFile, match="含有 DTD、实体或外部引用"):
        read_bytes(kml(placemark(POINT), more=dtd), "a.kml")


def test_a_truncated_file_is_refused_with_the_line(read_bytes: Read) -> None:
    content = kml("\n" + placemark(POINT) + "\n" + placemark(POINT))
    with pytest.raises(UnreadableFile, match="XML 在第 3 行"):
        read_bytes(content[:-40], "a.kml")


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030"])
def test_a_declared_chinese_encoding_is_honoured(read_bytes: Read, declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    content = kml(placemark(POINT, "韶关市"), head=head).decode().encode("gb18030")
    reading = read_bytes(content, "a.kml")
    assert reading.frame["名称"][0] == "韶关市"
    assert any(declared in one for one in reading.evidence)


def test_a_declaration_that_lies_gives_way_to_the_content(read_bytes: Read) -> None:
    content = kml(placemark(POINT, "韶关市武江区西联镇")).decode().encode("gb18030")
    assert read_bytes(content, "a.kml").frame["名称"][0] == "韶关市武江区西联镇"


@pytest.mark.parametrize(
    "space", ["http://earth.google.com/kml/2.1", "http://www.opengis.net/kml/2.2", ""]
)
def test_every_version_is_read(read_bytes: Read, space: str) -> None:
    content = f'<kml xmlns="{space}">{placemark(POINT)}</kml>'.encode()
    assert len(read_bytes(content, "a.kml").frame) == 1


def test_an_absurd_number_of_columns_is_refused(read_bytes: Read) -> None:
    data = "".join(f'<Data name="{n}"><value>1</value></Data>' for n in range(2100))
    with pytest.raises(UnreadableFile, match="属性多于"):
        read_bytes(kml(placemark(f"<ExtendedData>{data}</ExtendedData>{POINT}")), "a.kml")
