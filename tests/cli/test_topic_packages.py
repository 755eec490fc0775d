"""`tonglan topics` from Excel to another city and back: exit status, words, trail, left-outs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import application
from app.security.people import AuditRecord
from app.stores.postgres import PostgresAudit
from layers.stores.postgres_engine import connect
from tests.topics.packages.small_topic import edit

Tonglan = Callable[..., Result]
REGIONS = """code,name,short_name,level,parent,order,valid_from,valid_to
441600,河源市,河源,city,,0,1988-01-01,
441602,源城区,源城,county,441600,1,1988-01-01,
"""
MAP = "from,to\n440200,441600\n440203,441602\n"


@pytest.fixture
def tonglan(tmp_path: Path, module_database_url: str, valkey_url: str) -> Tonglan:
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "home"\n[engines]\npostgres_url = "{module_database_url}"\n'
        f'valkey_url = "{valkey_url}"\n',
        encoding="utf-8",
    )

    def run(*arguments: object) -> Result:
        words = [*map(str, arguments), "--config", str(config)]
        return CliRunner().invoke(application, words)

    return run


@pytest.fixture
def package(tonglan: Tonglan, tmp_path: Path) -> Path:
    tonglan("topics", "new", "tourism", "--title", "文化旅游", "--into", tmp_path)
    done = tonglan("topics", "pack", tmp_path / "tourism", "--out", tmp_path, "--json")
    return Path(json.loads(done.stdout)["file"])


@pytest.fixture
def heyuan(package: Path, tmp_path: Path) -> Path:
    """The home becomes that of another city, with regions of its own, once the package is made."""
    assert package.exists()
    folder = tmp_path / "home" / "reference"
    folder.mkdir(parents=True)
    (folder / "regions.csv").write_text(REGIONS, encoding="utf-8")
    (tmp_path / "map.csv").write_text(MAP, encoding="utf-8")
    return folder


def trail(url: str) -> list[AuditRecord]:
    engine = connect(url)
    found = PostgresAudit(engine).list(limit=10, action="topic")
    engine.dispose()
    return list(found)


def test_install_upgrade_rollback_and_remove_are_done_and_written_into_the_trail(
    tonglan: Tonglan, package: Path, tmp_path: Path, module_database_url: str
) -> None:
    assert json.loads(tonglan("topics", "install", package, "--yes", "--json").stdout)["ok"]
    edit(tmp_path / "tourism", 'version = "1.0.0"', 'version = "1.1.0"')
    tonglan("topics", "pack", tmp_path / "tourism", "--out", tmp_path)
    newer = tonglan("topics", "install", tmp_path / "tourism-1.1.0.tonglan", "--yes")
    assert "升级 tourism(文化旅游):1.0.0 → 1.1.0" in newer.stdout
    assert "重启 tonglan run 后生效" in newer.stdout
    back = tonglan("topics", "rollback", "tourism", "--yes")
    assert "降级 tourism(文化旅游):1.1.0 → 1.0.0" in back.stdout
    gone = tonglan("topics", "remove", "tourism")
    assert gone.exit_code == 0
    assert "数据保留在库里" in gone.stdout
    listed = json.loads(tonglan("topics", "list", "--json").stdout)["items"]
    assert "tourism" not in [one["id"] for one in listed]
    done = [(one.action, one.object) for one in trail(module_database_url)]
    words = ("remove", "rollback", "install", "install")
    assert done == [(f"topic.{one}", "tourism") for one in words]
    assert all(one.actor.startswith("cli:") for one in trail(module_database_url))


def test_nothing_is_installed_that_nobody_agreed_to(
    tonglan: Tonglan, package: Path, tmp_path: Path
) -> None:
    refused = tonglan("topics", "install", package)
    assert refused.exit_code == 1
    assert "没有安装;确认无误后加 --yes" in refused.stderr
    assert not (tmp_path / "home" / "topics" / "tourism").exists()


@pytest.mark.usefixtures("heyuan")
def test_another_city_is_told_its_unmapped_regions_and_may_leave_them_out(
    tonglan: Tonglan, package: Path, tmp_path: Path
) -> None:
    table = ("--regions", tmp_path / "map.csv", "--yes")
    refused = tonglan("topics", "install", package, *table)
    assert refused.exit_code == 1
    assert "本市没有区划 440205(曲江区),对照表里也没有" in refused.stderr
    done = tonglan("topics", "install", package, *table, "--skip-unmapped", "--json")
    assert done.exit_code == 0, done.stderr
    assert any("略去没有对应的区划" in one for one in json.loads(done.stdout)["changes"])
    read = json.loads(tonglan("topics", "check", tmp_path / "home/topics/tourism", "--json").stdout)
    assert read["regions"] == ["441600", "441602"]
    assert [one["values"] for one in read["samples"]] == [8]


def test_a_bad_installed_topic_stops_no_command_and_doctor_says_what_to_do(
    tonglan: Tonglan, package: Path, tmp_path: Path
) -> None:
    tonglan("topics", "install", package, "--yes")
    bad = tmp_path / "home" / "topics" / "broken"
    bad.mkdir()
    (bad / "topic.toml").write_text("[topic]\nid = 3\n", encoding="utf-8")
    listed = json.loads(tonglan("topics", "list", "--json").stdout)
    assert {"tourism", "water"} <= {one["id"] for one in listed["items"]}
    assert [one["id"] for one in listed["left_out"]] == ["broken"]
    findings = json.loads(tonglan("doctor", "--json").stdout)["items"]
    (told,) = [one for one in findings if one["name"] == "专题" and one["state"] == "warn"]
    assert "没有启用 broken" in told["found"]
    assert "remove broken" in told["fix"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("install", "none.tonglan"), "读不到"),
        (("remove", "water"), "随程序发布,不能移除"),
        (("remove", "nothing"), "没有安装专题 nothing"),
        (("rollback", "nothing"), "没有可退回的版本"),
        (("pack", "nothing"), "没有这个文件夹"),
        (("new", "Bad-Id"), "不能作专题编号"),
        (("new", "kit2", "--excel", "none.xlsx"), "读不到"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    tonglan: Tonglan, arguments: tuple[str, ...], said: str
) -> None:
    refused = tonglan("topics", *arguments)
    assert refused.exit_code == 1
    assert said in f"{refused.stderr}{refused.exception}"
    assert "Traceback" not in refused.output


def test_a_wrong_use_of_a_command_has_another_exit_status(tonglan: Tonglan) -> None:
    assert tonglan("topics", "install").exit_code == 2
