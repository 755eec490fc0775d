"""An answer is believed only where a sound child could have given it."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from layers.readers import Reading, ReadOptions, Upload
from layers.sandbox.passing import ANSWER, BrokenAnswer, read_answer, write_reading
from tests.layers.sandbox.rude_readers import full

EMPTY: dict[str, Any] = {"columns": [], "rows": 0, "geometry": "geometry", "place": 0}


@pytest.fixture
def answered(tmp_path: Path) -> Path:
    write_reading(tmp_path, full(Upload(tmp_path, "a"), ReadOptions()))
    return tmp_path


def _change(folder: Path, **changed: Any) -> None:
    file = folder / ANSWER
    answer = json.loads(file.read_text())
    answer["content"]["features"] |= changed
    file.write_text(json.dumps(answer))


def test_an_answer_left_as_it_is_is_believed(answered: Path) -> None:
    found = read_answer(answered)
    assert isinstance(found, Reading)
    assert len(found.frame) == 2


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        '{"kind": "reading"}',
        '{"kind": "error", "content": {"class": "SystemExit", "text": "x", "question": null}}',
        '{"kind": "error", "content": {"class": "LayerError", "text": 5, "question": null}}',
        json.dumps({"kind": "reading", "content": {"features": EMPTY}}),
        "[" * 200_000,
    ],
    ids=range(8),
)
def test_an_answer_no_sound_child_gives_is_not_believed(tmp_path: Path, answer: str) -> None:
    (tmp_path / ANSWER).write_text(answer)
    with pytest.raises(BrokenAnswer):
        read_answer(tmp_path)


def test_an_answer_behind_a_link_is_not_followed(answered: Path) -> None:
    (answered / ANSWER).rename(answered / "other")
    (answered / ANSWER).symlink_to("other")
    with pytest.raises(BrokenAnswer):
        read_answer(answered)


@pytest.mark.parametrize("how", ["cut", "link", "gone", "noise"])
def test_a_spoilt_table_is_not_believed(answered: Path, how: str) -> None:
    file = answered / "features.arrow"
    raw = bytearray(file.read_bytes())
    match how:
        case "cut":
            file.write_bytes(raw[: len(raw) // 2])
        case "link":
            file.rename(answered / "other")
            file.symlink_to("other")
        case "gone":
            file.unlink()
        case "noise":
            for n in range(200, len(raw), 3):
                raw[n] ^= 0x5A
            file.write_bytes(raw)
    with pytest.raises(BrokenAnswer):
        read_answer(answered)


@pytest.mark.parametrize(
    "changed",
    [
        {"rows": 3},
        {"place": 99},
        {"geometry": "名称"},
        {"columns": [["a", "object"]]},
        {"columns": [["a", "str"], ["a", "str"]]},
        {"columns": [["a", "int64"]]},
        {"columns": [["a", "datetime64[ns]"]]},
        {"columns": [["a", "category"]]},
        {"columns": [["a", "json"]], "rows": 2},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_is_not_believed(answered: Path, changed: Any) -> None:
    _change(answered, **changed)
    with pytest.raises(BrokenAnswer):
        read_answer(answered)


def test_offsets_that_point_outside_are_found(answered: Path) -> None:
    """An Arrow file whose text column claims bytes that are not there."""
    file = answered / "features.arrow"
    raw = file.read_bytes()
    places = [(kind, raw.find(struct.pack(kind, 0, 3, 3))) for kind in ("<3q", "<3i")]
    kind, place = next((kind, place) for kind, place in places if place > 0)
    forged = struct.pack(kind, 0, 3, 1 << 30)
    file.write_bytes(raw[:place] + forged + raw[place + len(forged) :])
    with pytest.raises(BrokenAnswer):
        read_answer(answered)


def test_a_frame_without_rows_comes_back_without_rows(tmp_path: Path) -> None:
    whole = full(Upload(tmp_path, "a"), ReadOptions())
    write_reading(tmp_path, replace(whole, frame=whole.frame.head(0), rows=whole.rows[:0]))
    found = read_answer(tmp_path)
    assert isinstance(found, Reading)
    assert len(found.frame) == len(found.rows) == 0
