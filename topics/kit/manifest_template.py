"""The topic.toml that a new topic starts with: small, commented, and in order."""

from __future__ import annotations

import json
import re
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.manifest import MANIFEST_NAME

_TEMPLATE = """\
# 专题清单;全部写法见 docs/topic-manifest.md,改好后运行 tonglan topics check 本文件夹
[topic]
id = "{id}"                     # 与文件夹同名
title = {title}
owner = "fgj"                   # 责任单位编号,见 data/reference/organisations.csv
version = "0.1.0"

[[indicators]]
id = "{id}.example"
title = "示例指标"              # 名称写明平均时间,如 PM2.5 小时值
definition = "写清口径:统计什么、怎么算、不含什么"
unit = "件"
precision = 0
frequency = "1d"                # 多久出一期
period_kind = "日"
levels = ["city", "county"]
direction = "none"
owner = "fgj"
source = "业务系统名称"
freshness = "2d"                # 期末之后多久仍算及时
classification = "内部"

[[refreshers]]
id = "{id}.push"
kind = "push"                   # 由业务系统推送到 /api/v1/observations
indicators = ["{id}.example"]

[[panels]]
title = {title}
kind = "kpi"
place = "overview"
indicators = ["{id}.example"]
"""


def write_topic(parent: Path, topic: str, title: str) -> Path:
    """Make the folder of a new topic and return it; BadManifest when the id or place is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", topic):
        raise BadManifest(f"{topic!r} 不能作专题编号;用小写字母开头的字母、数字、下划线,如 traffic")
    folder = parent / topic
    try:
        folder.mkdir(parents=True)
        text = _TEMPLATE.format(id=topic, title=json.dumps(title, ensure_ascii=False))
        (folder / MANIFEST_NAME).write_text(text, encoding="utf-8")
    except FileExistsError as wrong:
        raise BadManifest(f"{folder} 已经有了;换一个编号,或直接修改它的 {MANIFEST_NAME}") from wrong
    except OSError as wrong:
        raise BadManifest(f"{folder}:不能建立({wrong.strerror});请检查权限") from wrong
    return folder
