"""What a person typed in place of a bad cell is what the reading holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from layers.readers import Reading, ReadOptions, Upload, read
from layers.readers.assemble import assemble
from layers.readers.edits import apply_edits, place_of
from layers.readers.tally import Tally

ROWS = np.array([2, 3, 4])


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "名称": ["甲", "乙", "丙"],
            "n": [1, 2, 3],
            "x": [0.5, 1.5, 2.5],
            "ok": [True, False, True],
            "日期": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]),
        }
    )


def edited(**cells: str) -> tuple[pd.DataFrame, Tally]:
    tally = Tally()
    frame, _ = apply_edits(table(), shapely.points(np.ones((3, 2))), ROWS, {3: cells}, tally)
    return frame, tally


def test_every_type_takes_a_new_value_and_keeps_its_type() -> None:
    frame, tally = edited(名称="新", n="7", x="9.25", ok="否", 日期="2026-09-30")
    assert frame.iloc[1].tolist() == ["新", 7, 9.25, False, pd.Timestamp("2026-09-30")]
    assert list(map(str, frame.dtypes)) == list(map(str, table().dtypes))
    assert tally.problems() == ()


def test_every_type_takes_an_empty_cell() -> None:
    frame, _ = edited(名称="", n=" ", x="", ok="", 日期="")
    assert frame.iloc[1].isna().all()
    assert frame.drop(index=1).to_numpy().tolist() == table().drop(index=1).to_numpy().tolist()


def test_a_whole_number_column_takes_a_fraction() -> None:
    assert edited(n="2.5")[0]["n"].tolist() == [1, 2.5, 3]


def test_a_value_that_does_not_fit_changes_nothing_and_is_reported() -> None:
    frame, tally = edited(n="很多", 日期="2026-02-31", 没有="x")
    pd.testing.assert_frame_equal(frame, table())
    assert [one.item for one in tally.problems()] == ["n", "日期", "没有"]


def test_a_row_that_is_not_there_is_reported() -> None:
    tally = Tally()
    apply_edits(table(), shapely.points(np.ones((3, 2))), ROWS, {9: {"n": "1"}}, tally)
    assert tally.problems()[0].row == 9


def test_the_original_frame_stays_as_it_was() -> None:
    before = table()
    apply_edits(before, shapely.points(np.ones((3, 2))), ROWS, {2: {"名称": "新"}}, Tally())
    pd.testing.assert_frame_equal(before, table())


def test_places_are_pairs_or_wkt() -> None:
    assert place_of("113.5, 24.8") == shapely.Point(113.5, 24.8)
    assert place_of("113.5,24.8") == shapely.Point(113.5, 24.8)
    assert place_of("LINESTRING (0 0, 1 1)") == shapely.LineString([(0, 0), (1, 1)])
    assert place_of("武江区") is place_of("POINT EMPTY") is None


def test_an_edit_gives_a_row_without_place_its_place(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[1,2]}},'
        '{"type":"Feature","properties":{"n":2},"geometry":null}]}'
    )
    upload = Upload(path, "a.geojson")
    assert read(upload).left_out is not None
    reading = read(upload, ReadOptions(edits={2: {"几何": "113.6,24.8"}}))
    assert reading.left_out is None
    assert reading.frame.geometry[1] == shapely.Point(113.6, 24.8)


def assembled() -> Reading:
    return assemble(
        Upload(Path("x"), "a"),
        table(),
        np.array([shapely.Point(1, 1), shapely.Point(np.inf, 1), None], dtype=object),
        ROWS,
        Tally(),
        format="x",
        encoding=None,
        declared=None,
    )


def test_rows_without_a_usable_place_are_left_out_with_their_reason() -> None:
    left = assembled().left_out
    assert left is not None
    assert left["_row"].tolist() == [3, 4]
    assert left["名称"].tolist() == ["乙", "丙"]
    assert left["_reason"].tolist() == ["坐标是 NaN 或无穷大", "几何没有位置"]


def test_no_row_is_lost_between_frame_and_left_out() -> None:
    reading = assembled()
    assert reading.left_out is not None
    assert sorted([*reading.rows, *reading.left_out["_row"]]) == ROWS.tolist()
