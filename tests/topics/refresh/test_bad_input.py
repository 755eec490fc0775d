"""What sources really send by mistake: told clearly, and no stored good value changes."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
import sqlalchemy as sa

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.periods import ZONE
from topics.kit.refresh.http_source import HttpReader
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.refresh.sources import Source
from topics.kit.runs import RunRecord
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_held import PostgresHeld

from .conftest import HERE, Site, emptied

Find = Callable[[str], RefresherSpec]
COUNTIES = [f"4402{n:02}" for n in range(3, 13)]


@cache
def last_hour() -> datetime:
    """The hour that was over when the test first asked."""
    return datetime.now(ZONE).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_hour() -> None:
    last_hour.cache_clear()


def rows(hour: datetime, factor: float = 1, step: float = 0) -> list[dict[str, Any]]:
    """The counties' values of one hour, all different."""
    return [
        {"code": code, "time": hour.isoformat(), "pm25": (20.5 + 3 * n + step) * factor}
        for n, code in enumerate(COUNTIES)
    ]


def said(*parts: list[dict[str, Any]]) -> str:
    return orjson.dumps({"data": {"rows": [one for part in parts for one in part]}}).decode()


@pytest.fixture
def engine(module_engine: sa.Engine) -> sa.Engine:
    return emptied(module_engine)


@pytest.fixture
def good(
    runner: RefreshRunner, site: Site, spec: Find, observations: PostgresObservations
) -> Callable[[str], tuple[RunRecord, bool]]:
    """Store good values of five hours, then let the source say something else.

    Returns the record of that run, and whether all good values stayed.
    """
    hours = [last_hour() - timedelta(hours=n) for n in range(5, 0, -1)]
    site.json(said(*[rows(hour, step=n) for n, hour in enumerate(hours)]))
    assert runner.run(spec("air.http")).kept == 50

    def values() -> list[Observation]:
        found = observations.listed(indicators=["air.pm25_hour"], as_of=None, limit=1000)
        return [one for one in found if one.period.start < last_hour().astimezone(UTC)]

    before = values()

    def then(body: str) -> tuple[RunRecord, bool]:
        site.json(body)
        record = runner.run(spec("air.http"))
        return record, values() == before

    return then


Then = Callable[[str], tuple[RunRecord, bool]]


@pytest.mark.parametrize(("factor", "words"), [(1000, "1,000 倍"), (1e-4, "1/10,000")])
def test_a_changed_unit_holds_the_whole_batch(good: Then, factor: float, words: str) -> None:
    record, same = good(said(rows(last_hour(), factor, step=6)))
    assert not record.ok
    assert words in record.error
    assert "改了单位" in record.error
    assert same


def test_values_that_only_rise_are_no_changed_unit(good: Then) -> None:
    assert good(said(rows(last_hour(), 4)))[0].kept == 10


def test_a_source_shifted_by_eight_hours_back_is_held(good: Then) -> None:
    record, same = good(said(rows(last_hour() - timedelta(hours=9), step=9)))
    assert "早约 8 小时" in record.error
    assert same


def test_a_source_shifted_by_eight_hours_ahead_is_refused(good: Then) -> None:
    early = [rows(last_hour() + timedelta(hours=8 - n), step=6) for n in range(12)]
    record, same = good(said(*early))
    assert "快约 8 小时" in record.error
    assert same


def test_a_single_future_row_is_refused_and_the_others_stored(good: Then) -> None:
    tomorrow = rows(last_hour() + timedelta(days=1))[:1]
    record, same = good(said(rows(last_hour(), step=6), tomorrow))
    assert (record.kept, record.refused, same) == (10, 1, True)
    assert "未来" in record.refusals[0].reason


def test_last_hours_numbers_again_are_stored_as_suspect(
    good: Then, observations: PostgresObservations
) -> None:
    record, same = good(said(rows(last_hour(), step=4)))
    assert (record.ok, record.kept, same) == (True, 10, True)
    assert "疑似重复上期" in record.notes[0]
    latest = observations.latest(as_of=None)
    assert {one.status for one in latest} == {ValueStatus.SUSPECT}
    assert good(said(rows(last_hour(), step=4)))[0].kept == 0  # the same again changes nothing


def test_rows_that_contradict_each_other_are_both_refused(good: Then) -> None:
    twice = rows(last_hour(), step=6)[:1] + rows(last_hour(), step=7)[:1]
    record, same = good(said(twice, rows(last_hour(), step=6)[1:]))
    assert (record.kept, [one.row for one in record.refusals], same) == (9, [1, 2], True)
    assert "不同的值" in record.refusals[0].reason


def test_the_same_row_twice_is_one(good: Then) -> None:
    assert good(said(rows(last_hour(), step=6), rows(last_hour(), step=6)))[0].kept == 10


def test_a_gap_never_replaces_a_known_value(good: Then) -> None:
    blank = [one | {"pm25": "-"} for one in rows(last_hour() - timedelta(hours=1))]
    record, same = good(said(blank))
    assert (record.ok, record.kept, same) == (True, 0, True)
    assert "10 个空缺没有覆盖" in record.notes[0]


def test_marks_for_missing_and_not_monitored_differ(
    good: Then, observations: PostgresObservations
) -> None:
    marks = ["-", "—", "…", "/", "未监测"]
    cells = [one | {"pm25": mark} for one, mark in zip(rows(last_hour()), marks, strict=False)]
    assert good(said(cells))[0].kept == 5
    statuses = [one.status for one in observations.latest(as_of=None)][:5]
    assert statuses == [ValueStatus.MISSING] * 3 + [ValueStatus.NOT_MONITORED] * 2


def test_a_source_may_have_marks_of_its_own(
    runner: RefreshRunner, site: Site, spec: Find, observations: PostgresObservations
) -> None:
    own = spec("air.http")
    assert own.map is not None
    own = own.model_copy(update={"map": own.map.model_copy(update={"gaps": {"-": "未监测"}})})
    site.json(said([rows(last_hour())[0] | {"pm25": "-"}]))
    assert runner.run(own).kept == 1
    assert observations.latest(as_of=None)[0].status is ValueStatus.NOT_MONITORED


def test_nan_in_json_is_a_refused_row_and_no_lost_batch(good: Then) -> None:
    body = said(rows(last_hour(), step=6)).replace("26.5", "NaN")
    record, same = good(body)
    assert (record.kept, record.refused, same) == (9, 1, True)
    assert "有限的数" in record.refusals[0].reason


def test_text_in_numbers_is_read_where_it_is_sure(
    good: Then, observations: PostgresObservations
) -> None:
    cells = ["1,234.5", "３５．２", "35 µg/m³", "12.5%", "1.2万", "1_000"]
    record, _ = good(
        said([a | {"pm25": b} for a, b in zip(rows(last_hour()), cells, strict=False)])
    )
    assert [one.row for one in record.refusals] == [4, 5, 6]
    assert "百分号" in record.refusals[0].reason
    assert [one.value for one in observations.latest(as_of=None)][:3] == [1234.5, 35.2, 35]


def test_a_renamed_column_names_the_old_the_new_and_a_suggestion(good: Then) -> None:
    record, same = good(said(rows(last_hour())).replace('"pm25"', '"pm2_5"'))
    assert "缺少列 pm25" in record.error
    assert "pm25 可能改名为 pm2_5" in record.error
    assert same


def test_a_held_batch_waits_once_however_often_it_comes(
    good: Then, engine: Any, runner: RefreshRunner, spec: Find
) -> None:
    good(said(rows(last_hour(), 1000, step=6)))
    runner.run(spec("air.http"))
    (batch,) = PostgresHeld(engine).of("air.http")
    assert (batch.count, batch.seen, batch.state) == (10, 2, "held")


def test_at_most_five_batches_wait(good: Then, engine: Any) -> None:
    for n in range(7):
        good(said(rows(last_hour(), 1000, step=6 + n)))
    states = [one.state for one in PostgresHeld(engine).of("air.http")]
    assert (states.count("held"), states.count("superseded")) == (5, 2)


def test_a_huge_answer_is_cut_off(site: Site, spec: Find) -> None:
    site.json(" " * (3 << 20))
    with pytest.raises(Exception, match="超过 2 MB,已中断"):
        HttpReader(HERE).read(spec("air.http"), replace(Source(site.url), most_mb=2))


def drop(folder: Path, name: str, body: bytes) -> None:
    (folder / "drop" / name).write_bytes(body)
    os.utime(folder / "drop" / name, (1e9, 1e9))


HEAD = "区划代码,时间,指标,数值\r\n"
LINE = "440203,2026-11-22 11:00,细颗粒物,"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"{HEAD}{LINE}41\r\n440204,2026-11-22", "最后一行只有 2 列"),
        (f'{HEAD}{LINE}41\r\n440204,"2026-11', "引号没有结束"),
        (f"{HEAD}{LINE}1,234.5\r\n", "数字里的逗号"),
        (f"{HEAD}440203,2026-11-22 11:00\r\n{LINE}-\r\n", "只有 2 列"),
        ("<html><body>请登录</body></html>", "网页"),
    ],
)
def test_half_a_file_or_a_page_stores_nothing_wrong(
    runner: RefreshRunner,
    spec: Find,
    tmp_path: Path,
    observations: PostgresObservations,
    body: str,
    words: str,
) -> None:
    drop(tmp_path, "表.csv", body.encode("gbk"))
    record = runner.run(spec("air.files"))
    assert words in record.refusals[0].reason
    assert [one.value for one in observations.latest(as_of=None) if one.value] == []


def test_a_template_with_title_merged_header_and_merged_cells_is_read(
    runner: RefreshRunner, spec: Find, tmp_path: Path, observations: PostgresObservations
) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (
        ["韶关市空气质量月报", "", "", ""],
        ["区划代码", "时间", "监测", ""],
        ["", "", "指标", "数值"],
        ["440203", "2026-11-22 11:00", "细颗粒物", "41.5"],
        ["", "2026-11-22 12:00", "细颗粒物", 42],
    ):
        sheet.append([cell or None for cell in row])
    for merged in ("A1:D1", "A2:A3", "B2:B3", "C2:D2", "A4:A5"):
        sheet.merge_cells(merged)
    kept = io.BytesIO()
    book.save(kept)
    drop(tmp_path, "月报.csv", kept.getvalue())
    own = spec("air.files")
    assert own.map is not None
    names = {"indicator": "监测/指标", "value": "监测/数值"}
    own = own.model_copy(update={"map": own.map.model_copy(update=names)})
    assert runner.run(own).kept == 2
    found = observations.listed(indicators=["air.pm25_hour"], as_of=None, limit=9)
    assert [(one.region, one.value) for one in found] == [("440203", 41.5), ("440203", 42)]
