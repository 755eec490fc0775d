"""What is marked as a state secret is refused, what only sounds like it is not."""

from __future__ import annotations

import pandas as pd
import pytest

from layers.errors import UnreadableFile
from layers.intake.secrecy import refuse_secrets

HARMLESS = [
    "保密局宿舍", "秘密花园小区", "市国家保密局", "商业秘密保护基地", "非密", "密级:公开", "非秘密",
    "个人秘密信箱", "紧密型医联体", "韶府发〔2026〕3号", "国保发〔2020〕1号", "保密〔2020〕1号",
    "加密〔2020〕1号", "严守党和国家秘密宣传栏", "密云路", "绝密飞行剧本馆",
]  # fmt: skip
MARKED = [
    "秘密★10年", "机密★", "绝密★长期", "秘密 ★ 1年", "秘密", "【机密】", "(秘密)", "绝密级",
    "密级:机密", "韶密〔2026〕3号", "粤密发[2025]12号", "某图(秘密★5年)",
]  # fmt: skip


@pytest.mark.parametrize("value", MARKED)
def test_a_marked_value_is_refused_in_any_column(value: str) -> None:
    with pytest.raises(UnreadableFile, match="非涉密系统"):
        refuse_secrets("a.csv", pd.DataFrame({"备注": ["甲", value]}))


@pytest.mark.parametrize("value", HARMLESS)
def test_a_value_that_only_sounds_like_it_passes(value: str) -> None:
    refuse_secrets("a.csv", pd.DataFrame({"名称": ["甲", value], "数": [1, 2]}))


@pytest.mark.parametrize(
    "name",
    ["机密-管网.csv", "绝密.zip", "秘密.xlsx", "管网图(秘密).zip", "秘密级管网.shp", "秘密资料.csv",
     "管网_秘密★5年.csv"],
)  # fmt: skip
def test_a_marked_name_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFile, match="文件名"):
        refuse_secrets(name)


@pytest.mark.parametrize(
    "name", ["秘密花园小区.csv", "保密局宿舍.shp", "商业秘密保护基地.xlsx", "紧密型.csv"]
)
def test_a_name_that_only_sounds_like_it_passes(name: str) -> None:
    refuse_secrets(name)


@pytest.mark.parametrize("title", ["韶关市管网图(秘密)", "机密文件清单", "秘密★5年", "密级:秘密"])
def test_a_marked_title_above_the_table_is_refused(title: str) -> None:
    with pytest.raises(UnreadableFile, match="标题行"):
        refuse_secrets("a.xlsx", titles=["韶关市", title])


def test_a_title_without_a_mark_passes() -> None:
    refuse_secrets("a.xlsx", titles=["韶关市商业秘密保护基地一览表", "秘密花园小区"])


def test_a_marked_header_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="表头"):
        refuse_secrets("a.csv", pd.DataFrame({"机密★20年": [1]}))


@pytest.mark.parametrize("level", ["机密★", "属机密", "秘密级10年"])
def test_the_column_of_levels_is_read_strictly(level: str) -> None:
    with pytest.raises(UnreadableFile, match="“密级”列"):
        refuse_secrets("a.csv", pd.DataFrame({"密级": ["公开", level]}))


def test_a_column_of_levels_without_secrets_passes() -> None:
    refuse_secrets("a.csv", pd.DataFrame({"密级": ["公开", "内部", "非密", "非秘密", None]}))
