from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from app.config import Config, load_config
from app.errors import BadConfig

ROOT = Path(__file__).resolve().parents[2]


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_says_exactly_the_defaults():
    shipped = load_config(ROOT / "config.toml")
    assert dataclasses.replace(shipped, home_path=Path("x")) == Config(home_path=Path("x"))


def test_every_setting_stands_in_the_shipped_file():
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for section in dataclasses.fields(Config):
        kind = section.default_factory
        if dataclasses.is_dataclass(kind):
            assert f"[{section.name}]" in text
            for one in dataclasses.fields(kind):
                assert f"\n{one.name} = " in text, f"{section.name}.{one.name}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[web]\nprot = 1", "web.prot"),
        ("colour = 1", "不认识的配置项 colour"),
        ("[sources.air]\nurll = 'x'", "sources.air.urll"),
        ("[web]\nport = 'x'", "web.port 应是整数"),
        ("[web]\nport = true", "web.port 应是整数"),
        ("web = 3", "web 应是一个小节"),
        ("sources = 3", "[sources.名称]"),
        ("[topics]\nallow_python = 'x'", "topics.allow_python 应是文字列表"),
        ("[web", "不是有效的 TOML"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_full_path(tmp_path, text, said):
    with pytest.raises(BadConfig, match=said.replace("[", r"\[")):
        load_config(_write(tmp_path, text))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(BadConfig, match="读不到配置文件"):
        load_config(tmp_path / "没有.toml")


def test_a_relative_home_lies_beside_the_file_and_an_option_wins(tmp_path):
    path = _write(tmp_path, "home = 'data'")
    assert load_config(path).home_path == tmp_path / "data"
    assert load_config(path, home=tmp_path / "other").home_path == tmp_path / "other"


def test_whole_numbers_serve_where_a_fraction_is_meant(tmp_path):
    config = load_config(_write(tmp_path, "[displays.duty]\nk = 2"))
    assert config.displays["duty"].k == 2.0
