"""`tonglan import`, `layers` and `reference` from outside: exit status, JSON, words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "admin" / "datav_gcj02" / "440200_full.json"
KEYS = {
    "outcome",
    "layer",
    "version",
    "features",
    "format",
    "encoding",
    "crs",
    "problems",
    "message",
}
CRS_KEYS = {"decided", "declared", "confidence", "candidates", "evidence"}
Tonglan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tonglan(tmp_path: Path, database_url: str, valkey_url: str) -> Tonglan:
    """Run one command on a home of its own."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "{tmp_path / "home"}"\n[engines]\n'
        f'postgres_url = "{database_url}"\nvalkey_url = "{valkey_url}"\n'
    )

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *map(str, arguments), "--config", str(config)]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=120
        )

    return run


@pytest.fixture
def stations(tmp_path: Path) -> Path:
    path = tmp_path / "站点.csv"
    path.write_bytes("编码,名称,经度,纬度\nS1,甲,113.6,24.8\nS2,乙,113.7,24.9\n".encode("gbk"))
    return path


def test_an_import_answers_with_every_key_and_status_0(tonglan: Tonglan, stations: Path) -> None:
    done = tonglan(
        "import", stations, "--layer", "test.a", "--crs", "EPSG:4490", "--publish", "--json"
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == KEYS
    assert set(answer["crs"]) == CRS_KEYS
    assert (answer["outcome"], answer["features"], answer["encoding"]) == (
        "published",
        2,
        "GB18030",
    )


def test_a_question_is_status_1_with_the_reason_on_stderr(tonglan: Tonglan, stations: Path) -> None:
    done = tonglan("import", stations, "--layer", "test.a", "--json")
    assert done.returncode == 1
    assert set(json.loads(done.stdout)) == KEYS
    assert json.loads(done.stdout)["outcome"] == "needs_answer"
    assert "没有可信界线" in done.stderr


def test_questions_about_a_workbook_are_answered_on_the_command_line(
    tonglan: Tonglan, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("二")):
        for row in [("编码", "甲", "乙"), ("S1", 113.6, 24.8), ("S2", 113.7, 24.9)]:
            sheet.append(row)
    file = tmp_path / "站点.xlsx"
    book.save(file)
    asked = tonglan("import", file, "--layer", "test.a", "--crs", "EPSG:4490")
    assert asked.returncode == 1
    assert "用 --part 指明" in asked.stderr
    answers = ("--part", "二", "--column", "lon=甲", "--column", "lat=乙", "--header-rows", 1)
    done = tonglan("import", file, "--layer", "test.a", "--crs", "EPSG:4490", *answers, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["features"] == 2
    for wrong in (("--column", "lon"), ("--purpose", "map")):
        assert tonglan("import", file, "--layer", "test.a", *wrong).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("没有.csv", "--layer", "test.a"), "打不开"),
        (("站点.csv", "--layer", "../坏"), "以字母开头"),
        (("站点.csv", "--layer", "test.a", "--crs", "EPSG:1"), "坐标系"),
    ],
)
def test_a_refusal_is_status_1_in_chinese_without_a_traceback(
    tonglan: Tonglan, stations: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = tonglan("import", stations.parent / arguments[0], *arguments[1:], "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["outcome"] == "refused"
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_status_2(tonglan: Tonglan, stations: Path) -> None:
    assert tonglan("import", stations).returncode == 2


def test_layers_are_listed_shown_compared_rolled_back_and_exported(
    tonglan: Tonglan, stations: Path, tmp_path: Path
) -> None:
    common = ("--layer", "test.a", "--crs", "EPSG:4490", "--key", "编码", "--publish")
    assert tonglan("import", stations, *common).returncode == 0
    stations.write_text("编码,名称,经度,纬度\nS1,丙,113.6,24.8\n", encoding="utf-8")
    assert tonglan("import", stations, *common).returncode == 0
    listed = json.loads(tonglan("layers", "list", "--json").stdout)
    assert [one["id"] for one in listed["items"]] == ["test.a"]
    compared = json.loads(tonglan("layers", "diff", "test.a", "1", "2", "--json").stdout)
    assert compared == {"added": [], "removed": ["S2"], "changed": {"S1": ["名称"]}}
    assert json.loads(tonglan("layers", "rollback", "test.a", "--json").stdout)["number"] == 1
    shown = json.loads(tonglan("layers", "show", "test.a", "--json").stdout)
    assert shown["version"] == shown["versions"][1]["id"]
    out = tmp_path / "out.geojson"
    assert tonglan("layers", "export", "test.a", out).returncode == 0
    assert len(json.loads(out.read_text(encoding="utf-8"))["features"]) == 2


def test_an_unknown_layer_is_status_1(tonglan: Tonglan) -> None:
    done = tonglan("layers", "show", "no.such")
    assert (done.returncode, done.stdout) == (1, "")
    assert "没有图层 no.such" in done.stderr


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="旁边没有 shared/data/admin/datav_gcj02")
def test_once_the_outline_is_set_the_real_counties_need_no_question(tonglan: Tonglan) -> None:
    set_ = tonglan("reference", "set", "outline", SHARED, "--crs", "gcj02", "--json")
    assert set_.returncode == 0, set_.stderr
    assert len(json.loads(set_.stdout)["counties"]) == 10
    assert json.loads(tonglan("reference", "show", "outline", "--json").stdout)["crs"] == "gcj02"
    done = tonglan("import", SHARED, "--layer", "real.counties", "--publish", "--json")
    assert json.loads(done.stdout)["crs"]["decided"] == "gcj02"


def test_trusted_rivers_are_set_and_shown_beside_the_outline(
    tonglan: Tonglan, tmp_path: Path
) -> None:
    line = {"type": "LineString", "coordinates": [[113.2, 24.2], [113.8, 24.8]]}
    rivers = tmp_path / "河流.geojson"
    rivers.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": line}))
    guessed = tonglan("reference", "set", "rivers", rivers)
    assert guessed.returncode == 1
    assert "--crs" in guessed.stderr
    done = tonglan("reference", "set", "rivers", rivers, "--crs", "EPSG:4490")
    assert done.returncode == 0, done.stderr
    assert "可信河流:1 条" in done.stdout
    shown = json.loads(tonglan("reference", "show", "--json").stdout)
    assert [shown[one]["set"] for one in ("outline", "rivers", "roads")] == [False, True, False]


def test_seven_parameters_are_taken_with_their_system_and_refused_without(
    tonglan: Tonglan, tmp_path: Path
) -> None:
    file = tmp_path / "桩.csv"
    file.write_text("code,x,y,wkt\nA,1,1,POINT (38459317.5 2745164.9)\n", encoding="utf-8")
    shift = "-15.4,-12.1,8.9,1.2,-0.8,0.6,4.1,position_vector"
    asked = ("import", file, "--layer", "test.stones", "--json", "--parameters")
    alone = tonglan(*asked, shift)
    assert alone.returncode == 1
    assert "哪个坐标系" in json.loads(alone.stdout)["message"]
    bare = tonglan(*asked, "1,2,3", "--crs", "EPSG:2362")
    assert "应为八项" in json.loads(bare.stdout)["message"]
    done = tonglan(*asked, shift, "--crs", "EPSG:2362")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["crs"]["decided"] == f"EPSG:2362+seven({shift})"
