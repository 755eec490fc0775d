"""`tonglan topics` and `tonglan indicators` from outside: exit status, words, files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Tonglan = Callable[..., subprocess.CompletedProcess[str]]
HEAD = "indicator,region,period,value\n"


@pytest.fixture
def tonglan(tmp_path: Path, module_database_url: str, valkey_url: str) -> Tonglan:
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "{tmp_path / "home"}"\n[engines]\n'
        f'postgres_url = "{module_database_url}"\nvalkey_url = "{valkey_url}"\n'
    )

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *map(str, arguments), "--config", str(config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


def test_a_new_topic_is_found_after_it_was_checked(tonglan: Tonglan, tmp_path: Path) -> None:
    place = ("--into", tmp_path / "home" / "topics")
    assert tonglan("topics", "new", "traffic", "--title", "交通运行", *place).returncode == 0
    folder = tmp_path / "home" / "topics" / "traffic"
    checked = tonglan("topics", "check", folder)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "交通运行" in checked.stdout
    listed = json.loads(tonglan("topics", "list", "--json").stdout)
    assert "traffic" in [one["id"] for one in listed["items"]]


def test_a_wrong_manifest_is_refused_on_stderr_with_the_fix(
    tonglan: Tonglan, tmp_path: Path
) -> None:
    tonglan("topics", "new", "traffic", "--into", tmp_path)
    file = tmp_path / "traffic" / "topic.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"1mo"', '"ten"', 1), encoding="utf-8")
    refused = tonglan("topics", "check", tmp_path / "traffic", "--json")
    assert refused.returncode == 1
    said = "traffic/topic.toml:[[indicators]] 第 1 项 frequency:'ten' 不是时长"
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    answer = json.loads(refused.stdout)
    assert answer["ok"] is False
    assert said in answer["problems"][0]


def test_a_folder_that_is_no_topic_is_refused(tonglan: Tonglan, tmp_path: Path) -> None:
    refused = tonglan("topics", "check", tmp_path / "nothing")
    assert refused.returncode == 1
    assert "没有这个文件" in refused.stderr


def test_indicators_are_listed_with_their_definitions(tonglan: Tonglan) -> None:
    listed = json.loads(tonglan("indicators", "list", "--topic", "economy", "--json").stdout)
    gdp = next(one for one in listed["items"] if one["id"] == "economy.gdp")
    assert (gdp["unit"], gdp["topic"], gdp["owner_name"]) == ("亿元", "economy", "市统计局")


@pytest.mark.parametrize("name", ["values.csv", "values.jsonl"])
def test_what_was_imported_is_exported_and_imported_again_unchanged(
    tonglan: Tonglan, tmp_path: Path, name: str
) -> None:
    given = tmp_path / "in.csv"
    rows = "economy.gdp,440203,2019年前三季度,123.456\neconomy.gdp,440204,2019-09,\n"
    given.write_bytes((HEAD + rows).encode("gbk"))
    assert tonglan("indicators", "import", given).returncode == 0
    out = tmp_path / name
    span = ("--indicator", "economy.gdp", "--from", "2019-01-01", "--to", "2020-01-01")
    assert tonglan("indicators", "export", out, *span).returncode == 0
    assert "123.456" in out.read_text(encoding="utf-8-sig")
    again = json.loads(tonglan("indicators", "import", out, "--json").stdout)
    assert again == {"accepted": 2, "changed": 0}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEAD}economy.gdp,440203,2018-09,12亿\n", "第 1 条 value"),
        (f"{HEAD}economy.gdp,999999,2018-09,1\n", "第 1 条 region"),
        ("a,b\n1,2\n", "首行要有"),
        (HEAD, "没有数据行"),
        ("", "首行要有"),
    ],
)
def test_a_wrong_file_is_refused_and_leaves_nothing(
    tonglan: Tonglan, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(content, encoding="utf-8")
    refused = tonglan("indicators", "import", file)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    left = tonglan("indicators", "export", "--from", "2018-01-01", "--to", "2019-01-01")
    assert len(left.stdout.splitlines()) == 1


def test_a_file_that_is_not_there_is_refused(tonglan: Tonglan, tmp_path: Path) -> None:
    refused = tonglan("indicators", "import", tmp_path / "none.csv")
    assert refused.returncode == 1
    assert "读不到" in refused.stderr


def test_definitions_go_out_as_toml_and_come_back_compared_then_published(
    tonglan: Tonglan, tmp_path: Path
) -> None:
    file = tmp_path / "gdp.toml"
    assert tonglan("indicators", "export", file, "--indicator", "economy.gdp").returncode == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('spark = "bar"', 'spark = "line"'), encoding="utf-8")
    done = json.loads(tonglan("indicators", "import", file, "--reason", "统一", "--json").stdout)
    assert [one["sentence"] for one in done["items"]] == ["小图样式 柱 → 折线"]
    assert done["published"] == [2]
    file.write_text(text.replace('"1q"', '"often"'), encoding="utf-8")
    refused = tonglan("indicators", "import", file, "--reason", "试错")
    assert refused.returncode == 1
    assert "不是时长" in refused.stdout
