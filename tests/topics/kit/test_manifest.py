"""What a topic.toml is refused for, and how the refusal helps."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from topics.kit.catalogue import Catalogue
from topics.kit.errors import BadManifest, UnknownIndicator
from topics.kit.manifest import Manifest, load_manifest
from topics.kit.manifest_docs import PAGE, page
from topics.kit.packages.draft import example
from topics.kit.packages.scaffold import write_topic

GOOD = """
[topic]
id = "water"
title = "智慧水务"
owner = "swj"

[[layers]]
id = "water.sections"
title = "断面"
source = "市生态环境局"

[[indicators]]
id = "water.level"
title = "水位"
definition = "站点水位"
unit = "m"
frequency = "10m"
period_kind = "时点"
levels = ["city"]
owner = "swj"
source = "水文站"
freshness = "1h"

[[indicators]]
id = "water.leak"
title = "漏损率"
definition = "供水管网漏损率"
unit = "%"
frequency = "1mo"
period_kind = "当月"
levels = ["city", "county"]
direction = "lower"
owner = "swj"
source = "月报"
freshness = "45d"
thresholds = { warn = 9, bad = 10 }
target = { value = 9, year = 2026, document = "计划", kind = "预期性", effective = 2026-02-01 }
comparison = { label = "环比", against = "previous", as = "points" }

[[refreshers]]
id = "water.level_now"
kind = "http"
source = "water_levels"
schedule = "15s"
map = { region_code = "440200", period = "time", values = { z = "water.level" } }

[[refreshers]]
id = "water.leak_report"
kind = "python"
schedule = "5 8 * * *"
function = "report:leak"
indicators = ["water.leak"]

[[alerts]]
id = "water.high"
when = "water.level"
hold = "10m"
levels = { "黄" = 53.0, "红" = 54.5 }

[[panels]]
title = "智慧水务"
kind = "kpi"
place = "overview"
indicators = ["water.level", "water.leak"]
"""
CODE = '''"""Reports."""


def leak(ctx):
    """The leakage of the month."""
    return iter(())
'''


def topic(parent: Path, text: str = GOOD, name: str = "water") -> Path:
    folder = parent / "topics" / name
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(text, encoding="utf-8")
    (folder / "report.py").write_text(CODE, encoding="utf-8")
    return folder


def test_rules_that_inhibit_each_other_or_one_that_is_nowhere_are_refused(tmp_path: Path) -> None:
    more = """
[[alerts]]
id = "water.other"
when = "water.level"
levels = { "黄" = 53.0, "红" = 55.0 }
inhibits = ["%s"]
"""
    first = GOOD.replace('hold = "10m"', 'inhibits = ["water.other"]')
    topic(tmp_path / "circle", first + more % "water.high")
    with pytest.raises(BadManifest, match=r"互相压住\(water\.\w+ → water\.\w+ → water\.\w+\)"):
        Catalogue.load([tmp_path / "circle" / "topics"])
    topic(tmp_path / "nowhere", GOOD + more % "grid.x")
    with pytest.raises(BadManifest, match=r"water\.other 的 inhibits:没有规则 'grid\.x'"):
        Catalogue.load([tmp_path / "nowhere" / "topics"])


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in GOOD
    return topic(tmp_path, GOOD.replace(old, new, 1))


def refusal(folder: Path) -> list[str]:
    with pytest.raises(BadManifest) as caught:
        load_manifest(folder)
    return str(caught.value).splitlines()


def test_a_good_manifest_is_read_with_its_types(tmp_path: Path) -> None:
    manifest = load_manifest(topic(tmp_path))
    level, leak = manifest.indicators
    assert level.frequency == timedelta(minutes=10)
    assert leak.comparison is not None
    assert leak.comparison.shown_as == "points"
    assert [one.value for one in leak.target] == [9]
    assert manifest.refreshers[0].interval == timedelta(seconds=15)
    assert (manifest.refreshers[1].interval, manifest.refreshers[1].cron) == (None, "5 8 * * *")
    assert manifest.refreshers[0].produces == ("water.level",)


def test_a_target_holds_from_the_day_it_takes_effect(tmp_path: Path) -> None:
    leak = load_manifest(topic(tmp_path)).indicators[1]
    assert leak.target_on(date(2026, 1, 31)) is None
    assert leak.target_on(date(2026, 2, 1)) == leak.target[0]


CASES = [
    (
        'frequency = "1mo"',
        'frequency = "ten"',
        "[[indicators]] 第 2 项 frequency:'ten' 不是时长;写成 30s、10m、1h、7d",
    ),
    ('title = "断面"', 'titel = "断面"', "[[layers]] 第 1 项:不认识的键 'titel';是不是 title?"),
    ('title = "断面"', "", "[[layers]] 第 1 项:缺少 title;名称"),
    (
        'period_kind = "当月"',
        'period_kind = "月"',
        "[[indicators]] 第 2 项 period_kind:'月' 不在可选值",
    ),
    ("warn = 9, bad = 10", "warn = 9, bda = 10", "thresholds:不认识的键 'bda';是不是 bad?"),
    ("warn = 9, bad = 10", "warn = 11, bad = 10", "warn 不能大于 bad"),
    ("warn = 9, bad", "warn = nan, bad", "[[indicators]] 第 2 项 thresholds.warn:应是有限的数"),
    ('unit = "m"', "unit = 3", "[[indicators]] 第 1 项 unit:应是文字,现在是 3"),
    ('id = "water.level"', 'id = "level"', "[[indicators]] 第 1 项 id:'level' 写法不对"),
    (
        'schedule = "15s"',
        'schedule = "* * * *"',
        "[[refreshers]] 第 1 项 schedule:'* * * *' 不是运行计划",
    ),
    ('schedule = "5 8 * * *"', 'schedule = "5 25 * * *"', "'5 25 * * *' 不是运行计划"),
    ('source = "water_levels"', "", '[[refreshers]] 第 1 项:kind = "http" 还要写 source'),
    ('schedule = "15s"', 'schedule = "15s"\nglob = "../*.log"', "glob:只能指来源文件夹之内的文件"),
    ('schedule = "15s"', 'schedule = "15s"\nglob = "/etc/*"', "去掉 .. 和开头的 /,如 *.csv"),
    ('schedule = "15s"', 'schedule = "15s"\nglob = "a/../../*"', "glob:只能指来源文件夹之内"),
    ('schedule = "15s"', 'schedule = "15s"\nglob = "**.csv"', "glob:不是文件名样式"),
    ('{ "黄" = 53.0', '{ "黃" = 53.0', "[[alerts]] 第 1 项 levels.黃:'黃' 不在可选值之内"),
    ("[topic]", "[topics]", "不认识的键 'topics';是不是 topic?"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES, ids=[one[1] or one[0] for one in CASES])
def test_a_wrong_key_or_value_is_named_with_file_table_row_and_fix(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    lines = refusal(changed(tmp_path, old, new))
    assert any(said in one for one in lines), lines
    assert all(one.startswith("topics/water/topic.toml:") for one in lines)


REFERENCES = [
    ('id = "water"', 'id = "waters"', "[topic] id:'waters' 与文件夹名 'water' 不同"),
    (
        '"water.level", "water.leak"]',
        '"water.levle"]',
        "'water.levle' 没有声明;是不是 water.level?",
    ),
    ('z = "water.level"', 'z = "water.depth"', "[[refreshers]] 第 1 项 map:指标 'water.depth'"),
    ('when = "water.level"', 'when = "water.x > 3"', "[[alerts]] 第 1 项 when:指标 'water.x'"),
    (
        '"report:leak"',
        '"report:lost"',
        "'report:lost' 里的函数不存在;在 report.py 里写 def lost(ctx)",
    ),
    ('"report:leak"', '"nothing:leak"', "'nothing:leak' 里的模块不存在"),
    ('id = "water.leak"', 'id = "water.level"', "[[indicators]] 第 1、2 项 id:'water.level' 重复"),
    ('id = "water.sections"', 'id = "grid.sections"', "要以专题编号开头;写成 water.sections"),
    (
        'hold = "10m"',
        'inhibits = ["water.hihg"]',
        "[[alerts]] 第 1 项 inhibits:没有规则 'water.hihg';是不是 water.high?",
    ),
    ('hold = "10m"', 'inhibits = ["water.high"]', "inhibits:water.high 不能压住自己"),
]


@pytest.mark.parametrize(("old", "new", "said"), REFERENCES, ids=[one[1] for one in REFERENCES])
def test_a_contradiction_between_tables_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    lines = refusal(changed(tmp_path, old, new))
    assert any(said in one for one in lines), lines


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"10m"', '"ten"', 1).replace('unit = "%"', "")
    assert len(refusal(topic(tmp_path, text))) == 2


def test_a_function_without_docstring_is_refused(tmp_path: Path) -> None:
    folder = topic(tmp_path)
    (folder / "report.py").write_text("def leak(ctx):\n    return 1\n", encoding="utf-8")
    assert "没有说明" in refusal(folder)[0]


def test_checking_runs_no_code_of_the_topic(tmp_path: Path) -> None:
    folder = topic(tmp_path)
    (folder / "report.py").write_text("raise SystemExit\n" + CODE, encoding="utf-8")
    assert load_manifest(folder).id == "water"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[topic\n", "不是有效的 TOML"),
        ("标题".encode("gbk"), "不是 UTF-8"),
        (b"", "缺少 topic"),
        ("黄 = 1".encode(), "中文的键和值都要加引号"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused_in_words(
    tmp_path: Path, content: bytes, said: str
) -> None:
    folder = topic(tmp_path)
    (folder / "topic.toml").write_bytes(content)
    assert said in refusal(folder)[0]


def test_a_folder_without_topic_toml_is_refused(tmp_path: Path) -> None:
    assert "没有这个文件" in refusal(tmp_path)[0]


def test_a_new_topic_passes_the_check_and_is_not_written_twice(tmp_path: Path) -> None:
    draft = example("traffic", '交通"运行"', "fgj", (("440200", "韶关市"),))
    folder = write_topic(tmp_path, draft)
    assert load_manifest(folder).title == '交通"运行"'
    with pytest.raises(BadManifest, match="已经有了"):
        write_topic(tmp_path, draft)


def test_the_catalogue_may_name_indicators_across_topics(tmp_path: Path) -> None:
    topic(tmp_path)
    other = GOOD.replace("water", "grid").replace('when = "grid.level"', 'when = "water.level"')
    topic(tmp_path, other, "grid")
    catalogue = Catalogue.load([tmp_path / "topics"])
    assert [one.id for one in catalogue.topics] == ["grid", "water"]
    assert catalogue.topic_of("water.leak").id == "water"
    assert [one.id for one in catalogue.refreshers_of("water.leak")] == ["water.leak_report"]


def test_an_unknown_indicator_is_refused_with_the_way_to_the_list(tmp_path: Path) -> None:
    topic(tmp_path)
    with pytest.raises(UnknownIndicator, match="tonglan indicators list"):
        Catalogue.load([tmp_path / "topics"]).indicator("water.nothing")


def test_two_topics_may_not_claim_one_id(tmp_path: Path) -> None:
    folder = topic(tmp_path)
    manifest: Manifest = load_manifest(folder)
    with pytest.raises(BadManifest, match="两个专题"):
        Catalogue([manifest, manifest])


def test_an_installed_topic_runs_python_only_when_allowed_by_name(tmp_path: Path) -> None:
    topic(tmp_path)
    with pytest.raises(BadManifest, match="allow_python"):
        Catalogue.load([tmp_path / "topics"]).function("water", "report:leak")
    allowed = Catalogue.load([tmp_path / "topics"], ["water"])
    assert list(allowed.function("water", "report:leak")(None)) == []


def test_the_published_page_says_what_the_schema_demands() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "运行 python -m topics.kit.manifest_docs"


def test_no_key_of_the_page_goes_without_explanation() -> None:
    rows = re.findall(r"^\| `\w+` \|.*$", page(), flags=re.MULTILINE)
    assert len(rows) > 70
    assert not [one for one in rows if one.split(" | ")[3].strip() == ""]


def test_a_growth_is_as_secret_as_its_level(tmp_path: Path) -> None:
    growth = """
[[indicators]]
id = "water.growth"
title = "增速"
definition = "公布值"
unit = "%"
frequency = "1mo"
period_kind = "累计"
levels = ["city"]
owner = "swj"
source = "月报"
freshness = "45d"
classification = "公开"

[[indicators]]
id = "water.amount"
title = "总量"
definition = "公布值"
unit = "万吨"
frequency = "1mo"
period_kind = "累计"
levels = ["city"]
owner = "swj"
source = "月报"
freshness = "45d"
classification = "敏感"
comparison = { label = "同比", published = "water.growth" }
"""
    folder = tmp_path / "water"
    folder.mkdir()
    head = '[topic]\nid = "water"\ntitle = "水务"\nowner = "swj"\n'
    (folder / "topic.toml").write_text(head + growth, encoding="utf-8")
    with pytest.raises(BadManifest, match="classification 不同;改成一致"):
        load_manifest(folder)
    (folder / "topic.toml").write_text(head + growth.replace("敏感", "公开"), encoding="utf-8")
    assert load_manifest(folder).id == "water"
