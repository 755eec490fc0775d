"""Runs against a real web server, real files and a real database."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from topics.kit.errors import SourceRefused, SourceTimeout
from topics.kit.manifest_refreshers import RefresherSpec, RowMap
from topics.kit.refresh.http_source import HttpReader
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.refresh.sources import Source, source_book
from topics.kit.runs import Claim
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.postgres_source import PostgresReader

from .conftest import HERE, Site

Find = Callable[[str], RefresherSpec]
GOOD = '{"data":{"rows":[{"code":"440203","time":"2026-11-22 11:00","pm25":"35"}]}}'


def _values(observations: PostgresObservations) -> list[float | None]:
    return [one.value for one in observations.latest(as_of=None)]


def test_a_json_answer_becomes_observations(
    runner: RefreshRunner, site: Site, spec: Find, observations: PostgresObservations
) -> None:
    site.json(GOOD)
    record = runner.run(spec("air.http"))
    assert (record.ok, record.read, record.kept, record.error) == (True, 1, 1, "")
    (stored,) = observations.latest(as_of=None)
    assert stored.period.start == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert (stored.region, stored.value, stored.unit, stored.run) == (
        ("440203", 35, "µg/m³", record.id)
    )


def test_bad_rows_are_told_with_number_and_reason_and_good_ones_stored(
    runner: RefreshRunner, site: Site, spec: Find, observations: PostgresObservations
) -> None:
    site.json(
        '{"data":{"rows":[{"code":"999999","time":"2026-11-22 11:00","pm25":1},'
        '{"code":"440203","time":"昨天","pm25":1},'
        '{"code":"440203","time":"2026-11-22 11:00","pm25":"35微克"},'
        '{"code":"440200","time":"2026-11-22 11:00","pm25":"-"}]}}'
    )
    record = runner.run(spec("air.http"))
    assert [one.row for one in record.refusals] == [1, 2, 3]
    assert "999999" in record.refusals[0].reason
    assert "35微克" in record.refusals[2].reason
    assert _values(observations) == [None]


@pytest.mark.parametrize(
    ("status", "kind", "body", "said"),
    [
        (200, "text/html", b"<html>login</html>", "网页"),
        (200, "application/json", b"  <!DOCTYPE html>", "网页"),
        (200, "application/json", b"{", "不是 JSON"),
        (200, "application/json", b'{"data":{}}', "没有 data.rows"),
        (200, "application/json", b'{"data":{"rows":[{"a":1}]}}', "缺少列 code、time、pm25"),
        (503, "application/json", b"{}", "HTTP 503"),
        (401, "application/json", b"{}", "令牌"),
    ],
)
def test_what_is_no_data_is_refused_and_the_last_good_value_stays(
    runner: RefreshRunner,
    site: Site,
    spec: Find,
    observations: PostgresObservations,
    status: int,
    kind: str,
    body: bytes,
    said: str,
) -> None:
    site.json(GOOD)
    runner.run(spec("air.http"))
    site.answers["/hourly"] = (status, {"Content-Type": kind}, body)
    record = runner.run(spec("air.http"))
    assert not record.ok
    assert said in record.error
    assert _values(observations) == [35]


def test_a_source_that_does_not_answer_in_time_is_named(
    runner: RefreshRunner, site: Site, spec: Find
) -> None:
    site.slow = True
    record = runner.run(spec("air.http"))
    assert "web:1 秒内没有回答" in record.error


def test_an_unchanged_answer_is_not_read_again(
    runner: RefreshRunner, site: Site, spec: Find
) -> None:
    site.json(GOOD, ETag='"1"')
    first, second = runner.run(spec("air.http")), runner.run(spec("air.http"))
    assert (first.read, second.read, second.ok) == (1, 0, True)


def test_a_redirect_to_another_host_is_refused_and_one_at_home_followed(
    runner: RefreshRunner, site: Site, spec: Find
) -> None:
    site.json(GOOD, "/moved")
    site.answers["/hourly"] = (302, {"Location": "/moved"}, b"")
    assert runner.run(spec("air.http")).ok
    site.answers["/hourly"] = (302, {"Location": "http://127.0.0.2:1/moved"}, b"")
    assert "另一台主机" in runner.run(spec("air.http")).error


@pytest.mark.parametrize("path", ["@127.0.0.2/hourly", ".example/hourly", "1/hourly"])
def test_a_path_cannot_send_the_token_to_another_host(
    runner: RefreshRunner, site: Site, spec: Find, path: str
) -> None:
    record = runner.run(spec("air.http").model_copy(update={"path": path}))
    assert (record.ok, site.asked) == (False, [])
    assert "path 要以 / 开头" in record.error or "读不懂" in record.error


def test_the_token_is_read_from_its_file(site: Site, spec: Find, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("s3cret\n")
    site.json(GOOD)
    HttpReader(HERE).read(spec("air.http"), Source(site.url, secret_file=str(secret)))
    assert site.asked[0]["Authorization"] == "Bearer s3cret"
    with pytest.raises(SourceRefused, match="口令文件"):
        HttpReader(HERE).read(spec("air.http"), Source(site.url, secret_file=str(tmp_path / "no")))


def test_a_source_nobody_registered_is_named_with_the_fix(
    runner: RefreshRunner, spec: Find
) -> None:
    missing = spec("air.http").model_copy(update={"source": "nowhere"})
    assert "[sources.nowhere]" in runner.run(missing).error


def test_a_failure_is_logged_once_and_the_recovery_once(
    runner: RefreshRunner, site: Site, spec: Find, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="topics.kit.refresh.runner"):
        for _ in range(3):
            runner.run(spec("air.http"))
        site.json(GOOD)
        for _ in range(2):
            runner.run(spec("air.http"))
    assert [one.message[:4] for one in caplog.records] == ["取数失败", "取数恢复"]


def test_a_failing_source_is_asked_again_within_the_run(
    runner: RefreshRunner, site: Site, spec: Find
) -> None:
    runner.run(spec("air.http").model_copy(update={"retry": 1}))
    assert len(site.asked) == 2


def test_a_run_that_was_overtaken_stores_nothing(
    runner: RefreshRunner,
    site: Site,
    spec: Find,
    runs: PostgresRuns,
    observations: PostgresObservations,
) -> None:
    site.json(GOOD)
    now = datetime.now(UTC)
    mine = Claim("air.http", now, runs.next_fence())
    assert runs.claim(mine)
    runs.claim(Claim("air.http", now + timedelta(seconds=1), runs.next_fence()))
    record = runner.run(spec("air.http"), cause="schedule", claim=mine)
    assert "接手" in record.error
    assert _values(observations) == []


def test_a_topics_own_function_gets_rows_and_gives_values(
    runner: RefreshRunner, site: Site, spec: Find, observations: PostgresObservations
) -> None:
    site.json(GOOD.replace('"35"', "35"))
    assert runner.run(spec("air.own")).error == ""
    assert _values(observations) == [36]


def test_a_fault_of_a_topics_own_function_is_its_refreshers_failure(
    runner: RefreshRunner, site: Site, spec: Find
) -> None:
    site.json(GOOD)  # text plus one
    assert "TypeError" in runner.run(spec("air.own")).error


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('raise OSError("盘坏了")', "OSError: 盘坏了"),
        ('raise RuntimeError("a\\0b\\ud800")', "RuntimeError: ab?"),
        ("assert False", "AssertionError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("return [1]", "int"),
    ],
)
def test_whatever_a_topics_own_function_raises_ends_its_run_as_failed(
    runner: RefreshRunner, spec: Find, tmp_path: Path, body: str, said: str
) -> None:
    code = f'"""Own."""\n\n\ndef values(ctx):\n    """Break."""\n    {body}\n'
    (tmp_path / "topics" / "air" / "own.py").write_text(code, encoding="utf-8")
    record = runner.run(spec("air.own"))
    assert not record.ok
    assert record.finished is not None
    assert "own:values" in record.error
    assert said in record.error


def test_a_row_of_a_level_the_indicator_is_not_declared_for_is_refused(
    runner: RefreshRunner, site: Site, spec: Find, observations: PostgresObservations
) -> None:
    site.json(
        '{"data":{"rows":[{"code":"440203001","time":"2026-11-22 11:00","pm25":1},'
        '{"code":"440203001","time":"2026-11-22 11:00","pm25":""},'
        '{"code":"440203","time":"2026-11-22 11:00","pm25":35}]}}'
    )
    record = runner.run(spec("air.http"))
    assert [one.row for one in record.refusals] == [1]
    assert "air.pm25_hour 没有“440203001”这一层级的数据" in record.refusals[0].reason
    assert _values(observations) == [35]


def test_a_topics_own_function_may_not_give_values_of_an_undeclared_level(
    runner: RefreshRunner, site: Site, spec: Find
) -> None:
    site.json(GOOD.replace("440203", "440203001").replace('"35"', "35"))
    record = runner.run(spec("air.own"))
    assert (record.kept, record.refused) == (0, 1)
    assert "层级" in record.refusals[0].reason


def _drop(tmp_path: Path, name: str, text: str, age: float = 60) -> None:
    path = tmp_path / "drop" / name
    path.write_bytes(f"区划代码,时间,指标,数值\r\n{text}\r\n".encode("gbk"))
    when = datetime.now(UTC).timestamp() - age
    os.utime(path, (when, when))


def test_gbk_files_are_taken_once_and_the_newest_has_the_last_word(
    runner: RefreshRunner, spec: Find, tmp_path: Path, observations: PostgresObservations
) -> None:
    _drop(tmp_path, "更正.csv", "440203,2026-11-22 11:00,细颗粒物,41", age=10)
    _drop(tmp_path, "原表.csv", "440203,2026-11-22 11:00,细颗粒物,40", age=100)
    assert runner.run(spec("air.files")).read == 2
    assert _values(observations) == [41]
    assert runner.run(spec("air.files")).read == 0


def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(
    runner: RefreshRunner, spec: Find, tmp_path: Path, observations: PostgresObservations
) -> None:
    (tmp_path / "drop" / "坏.csv").write_bytes(b"\0\1\2")
    os.utime(tmp_path / "drop" / "坏.csv", (1, 1))
    _drop(tmp_path, "好.csv", "440203,2026-11-22 11:00,细颗粒物,40")
    record = runner.run(spec("air.files"))
    assert "坏.csv" in record.refusals[0].reason
    assert _values(observations) == [40]


def test_a_file_still_being_written_is_waited_for(
    runner: RefreshRunner, spec: Find, tmp_path: Path
) -> None:
    _drop(tmp_path, "表.csv.part", "440203,2026-11-22 11:00,细颗粒物,40")
    _drop(tmp_path, "新.csv", "440203,2026-11-22 11:00,细颗粒物,40", age=0)
    assert runner.run(spec("air.files")).read == 1


def _query(text: str) -> RefresherSpec:
    row_map = RowMap(region="code", period="time", values={"v": "air.pm25_hour"})
    return RefresherSpec(
        id="air.sql",
        kind="sql",
        source="db",
        schedule="1m",
        timeout="1s",  # type: ignore[arg-type]
        query=text,
        map=row_map,
    )


def test_rows_of_a_query_come_as_mappings(database_url: str) -> None:
    reading = PostgresReader(HERE).read(
        _query("select '440203' as code, now() as time, 12::numeric as v, '%' as p"),
        Source(database_url),
    )
    assert reading.parts[0].rows[0]["code"] == "440203"


def test_a_query_that_writes_is_refused(database_url: str) -> None:
    with pytest.raises(SourceRefused, match="只读"):
        PostgresReader(HERE).read(_query("delete from job returning id"), Source(database_url))


def test_a_query_that_takes_too_long_is_stopped(database_url: str) -> None:
    with pytest.raises(SourceTimeout, match="1 秒"):
        PostgresReader(HERE).read(_query("select pg_sleep(5)"), Source(database_url))


def test_a_wrong_query_is_told_with_the_databases_words(database_url: str) -> None:
    with pytest.raises(SourceRefused, match="nowhere"):
        PostgresReader(HERE).read(_query("select * from nowhere"), Source(database_url))


def test_the_citys_sources_stand_over_the_demos_and_are_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    book = source_book({"web": Source("http://city")}, file)
    assert list(book()) == ["web"]
    file.write_text('{"web": "http://demo", "drop": "/somewhere"}')
    assert (book()["web"].url, book()["drop"].url) == ("http://city", "/somewhere")
