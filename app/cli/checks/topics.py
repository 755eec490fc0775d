"""The topics: which installed ones are not used because something is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checks.finding import Check
from app.config import Config
from app.installing import shipped_ids, topics_of
from topics.kit.errors import BadManifest


def check_topics(config: Config) -> Iterator[Check]:
    """Findings on the topics; an installed one that is wrong is a warning, not a stop."""
    try:
        catalogue = topics_of(config)
    except BadManifest as wrong:
        yield Check("专题", "bad", str(wrong).splitlines()[0], "请按所写的位置修改后重新启动")
        return
    installed = [one for one in catalogue.topics if one.id not in shipped_ids()]
    named = f",另安装 {'、'.join(one.id for one in installed)}" if installed else ""
    shipped = len(catalogue.topics) - len(installed)
    yield Check("专题", "ok", f"随程序 {shipped} 个{named}")
    for one in catalogue.left_out:
        fix = f"改好后重新安装,或 tonglan topics rollback {one.topic}、remove {one.topic}"
        yield Check("专题", "warn", f"没有启用 {one.topic}:{one.problems[0]}", fix)
