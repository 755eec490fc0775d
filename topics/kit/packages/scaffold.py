"""A draft written as a topic's folder: topic.toml, an Excel template, samples, a test, a README."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from layers.export.formulas import harmless
from topics.kit.errors import BadManifest
from topics.kit.manifest import MANIFEST_NAME
from topics.kit.packages.draft import NAME, PERIOD, REGION, RHYTHM, IndicatorDraft, Line, TopicDraft
from topics.kit.packages.samples import FOLDER

_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
_HEAD = PatternFill("solid", fgColor="EEF1F4")
_OVERVIEW, _ROWS, _WIDTH = 5, 8, 18

_TEST = '''\
"""{title}:样例数据能读进来。用 tonglan topics check 也会试读。"""

from __future__ import annotations

import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]


def test_every_column_of_the_map_is_an_indicator_of_the_topic() -> None:
    told = tomllib.loads((FOLDER / "topic.toml").read_text(encoding="utf-8"))
    known = {{one["id"] for one in told["indicators"]}}
    for one in told["refreshers"]:
        assert set(one["map"]["values"].values()) <= known
'''
_README = """\
# {title}({id})

- `topic.toml` 清单:指标口径、来源、页面
- `template.xlsx` 下发给填报单位的空表
- `samples/` 样例数据,检查时试读
- 数据放进运行数据目录的 `incoming/{id}/`(Excel 文件),五分钟内读入

改好后:`tonglan topics check 本文件夹`,再 `tonglan topics pack 本文件夹`。
"""


def write_topic(parent: Path, draft: TopicDraft) -> Path:
    """Make the folder of a new topic and return it; BadManifest when the id or place is taken."""
    if not _ID.fullmatch(draft.id):
        said = f"{draft.id!r} 不能作专题编号;用小写字母开头的字母、数字、下划线,如 traffic"
        raise BadManifest(said)
    folder = parent / draft.id
    try:
        folder.mkdir(parents=True)
        (folder / FOLDER).mkdir()
        (folder / "tests").mkdir()
        (folder / MANIFEST_NAME).write_text(manifest_text(draft), encoding="utf-8")
        (folder / "README.md").write_text(
            _README.format(id=draft.id, title=draft.title), encoding="utf-8"
        )
        test = folder / "tests" / f"test_{draft.id}.py"
        test.write_text(_TEST.format(title=draft.title.replace('"', "")), encoding="utf-8")
        blank = [Line(code, name, "", {}) for code, name in draft.regions]
        _workbook(folder / "template.xlsx", draft.indicators, blank)
        if draft.lines:
            _workbook(folder / FOLDER / f"{draft.id}.xlsx", draft.indicators, draft.lines)
    except FileExistsError as wrong:
        raise BadManifest(f"{folder} 已经有了;换一个编号,或直接修改它的 {MANIFEST_NAME}") from wrong
    except OSError as wrong:
        raise BadManifest(f"{folder}:不能建立({wrong.strerror});请检查权限") from wrong
    return folder


def manifest_text(draft: TopicDraft) -> str:
    """The topic.toml of a draft."""
    parts = [_topic(draft), *(_indicator(one) for one in draft.indicators), _refresher(draft)]
    return "\n".join([*parts, _panels(draft)])


def _topic(draft: TopicDraft) -> str:
    return f"""\
# 专题清单;全部写法见 docs/topic-manifest.md,改好后运行 tonglan topics check 本文件夹
[topic]
id = {_text(draft.id)}                     # 与文件夹同名
title = {_text(draft.title)}
owner = {_text(draft.owner)}                   # 责任单位编号,见 data/reference/organisations.csv
version = "1.0.0"
"""


def _indicator(one: IndicatorDraft) -> str:
    frequency, freshness = RHYTHM[one.kind]
    lines = [
        "[[indicators]]",
        f"id = {_text(one.id)}",
        f"title = {_text(one.title)}",
        f"definition = {_text(one.definition)}",
        f"unit = {_text(one.unit)}",
        f"precision = {one.precision}",
        f'frequency = "{frequency}"',
        f'period_kind = "{one.kind.value}"',
        f"levels = {_list(one.levels)}",
        f'direction = "{one.direction}"',
        f"owner = {_text(one.owner)}",
        f"source = {_text(one.source)}",
        f'freshness = "{freshness}"',
        f'classification = "{one.classification}"',
    ]
    if one.warn is not None and one.bad is not None:
        lines.append(f"thresholds = {{ warn = {one.warn:g}, bad = {one.bad:g} }}")
    return "\n".join(lines) + "\n"


def _refresher(draft: TopicDraft) -> str:
    values = "\n".join(f"{_text(one.column)} = {_text(one.id)}" for one in draft.indicators)
    return f"""\
[[refreshers]]
id = "{draft.id}.excel"
kind = "file"                   # Excel 放进运行数据目录的 incoming/{draft.id}/
source = {_text(draft.id)}
schedule = "5m"
glob = "*.xlsx"
format = "excel"
[refreshers.map]
region = "{REGION}"             # 一律按代码对应,不按名称
period = "{PERIOD}"
[refreshers.map.values]
{values}
"""


def _panels(draft: TopicDraft) -> str:
    ids = [one.id for one in draft.indicators]
    counties = [one.id for one in draft.indicators if "county" in one.levels]
    parts = [
        _panel(draft.title, "kpi", ids[:_OVERVIEW], place="overview"),
        '[[tabs]]\nid = "main"\ntitle = "概况"\n',
        _panel("主要指标", "kpi", ids[:_ROWS], tab="main"),
        _panel("走势", "trend", ids[:1], tab="main"),
    ]
    if counties:
        parts.append(_panel("县(市、区)排名", "ranking", counties[:1], tab="main", area="right"))
        listed = counties[:_ROWS]
        parts.append(_panel("分县(市、区)", "table", listed, tab="main", area="right"))
    return "\n".join(parts)


def _panel(
    title: str,
    kind: str,
    indicators: list[str],
    *,
    place: str = "topic",
    tab: str = "",
    area: str = "",
) -> str:
    lines = ["[[panels]]", f"title = {_text(title)}", f'kind = "{kind}"', f'place = "{place}"']
    lines += [f'{key} = "{value}"' for key, value in (("tab", tab), ("area", area)) if value]
    return "\n".join([*lines, f"indicators = {_list(indicators)}"]) + "\n"


def _workbook(path: Path, indicators: Iterable[IndicatorDraft], lines: Iterable[Line]) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "数据"
    columns = [one.column for one in indicators]
    sheet.append([REGION, NAME, PERIOD, *columns])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(cell.column)].width = _WIDTH
    for line in lines:
        values = [line.cells.get(one) for one in columns]
        texts = (line.region, harmless(line.name), line.period)
        sheet.append([*texts, *(harmless(one) if isinstance(one, str) else one for one in values)])
    sheet.freeze_panes = "D2"
    book.save(path)


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_text(one) for one in texts) + "]"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
