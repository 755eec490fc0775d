"""`topics check`: what is found offline, with words that a topic's owner can act on."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.topics.packages.small_topic import checked, edit, write


def test_a_topic_in_order_is_read_with_its_samples(tmp_path: Path) -> None:
    report = checked(write(tmp_path))
    assert report.problems == ()
    assert [(one.file, one.rows, len(one.values), one.refused) for one in report.samples] == [
        ("samples/tourism.xlsx", 3, 6, 0)
    ]
    assert {one.code for one in report.codes} == {"440200", "440203", "440205"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "间"', 'unit = "间"\nlegal = 3', "应是文字"),
        ('owner = "wgltj"', 'owner = "lyj"', "没有责任单位 'lyj'"),
        ('title = "概况"', 'title = "旅游经济概况表"', "超过 6 个,页面上放不下"),
        ('"440203"', '"440299"', "本市没有区划代码 '440299'"),
        ('file = "spots.csv"', 'file = "none.csv"', "不在专题文件夹里"),
        ('version = "1.0.0"', 'version = "1.0.0"\nrequires = { water = "new" }', "不是版本条件"),
        ('period = "期"', 'period = "月份"', "缺少列 月份"),
    ],
)
def test_a_fault_is_named_with_its_place_and_fix(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = write(tmp_path)
    edit(folder, old, new)
    assert said in "\n".join(checked(folder).problems)


def test_a_formula_whose_units_do_not_fit_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    added = '\n[[formulas]]\nid = "tourism.rooms"\nexpression = "tourism.visitors + 1"\n'
    (folder / "topic.toml").write_text(
        (folder / "topic.toml").read_text(encoding="utf-8") + added, encoding="utf-8"
    )
    assert "单位" in "\n".join(checked(folder).problems)


def test_rows_that_cannot_be_used_are_told_with_their_reason(tmp_path: Path) -> None:
    folder = write(tmp_path)
    file = folder / "samples" / "tourism.xlsx"
    book = load_workbook(file)
    book.active["D2"] = "约三万"
    book.save(file)
    report = checked(folder)
    assert report.ok
    assert any("拒收 1 处——第 1 行:" in one and "约三万" in one for one in report.notes)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tool.exe", b"MZ", "这种文件不能放在专题里"),
        ("api_token.txt", b"x", "像是口令或密钥"),
        ("key.pem", b"x", "像是口令或密钥"),
        ("data.csv", b"a,b\n\0\0", "不是文字文件"),
        ("photo.png", b"GIF89a", "内容不是 png 文件"),
        ("big.csv", b"a" * ((20 << 20) + 1), "超过 20 MB"),
        ("Spots.csv", b"code\n", "只差大小写"),
    ],
)
def test_a_file_that_does_not_belong_there_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    folder = write(tmp_path)
    (folder / name).write_bytes(content)
    assert said in "\n".join(checked(folder).problems)


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "hosts.txt").symlink_to("/etc/hosts")
    (folder / "more").symlink_to("/etc", target_is_directory=True)
    assert len([one for one in checked(folder).problems if "链接不能打包" in one]) == 2


def test_python_is_reported_and_not_run(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "count.py").write_text("raise SystemExit('ran')\n", encoding="utf-8")
    assert any("本专题含 Python:count.py" in one for one in checked(folder).notes)
    assert checked(folder).files.python == ("count.py",)


def test_caches_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "~$tourism.xlsx").write_bytes(b"lock")
    report = checked(folder)
    assert report.ok
    assert set(report.files.left) == {".git/", "__pycache__/", "~$tourism.xlsx"}


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    assert "没有这个文件夹" in checked(tmp_path / "none").problems[0]
