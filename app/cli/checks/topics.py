"""The topics: which installed ones are not used because something is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checks.finding import Check
from app.config import Config
from app.installing import city_regions, shipped_ids, topics_of
from topics.kit.catalogue import Catalogue
from topics.kit.errors import BadManifest
from topics.kit.own_tables import standings, unknown_files


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
    yield from _tables(config, catalogue)


def _tables(config: Config, catalogue: Catalogue) -> Iterator[Check]:
    """Whose tables are in force, which a city of its own still has to bring, slips in names."""
    found = standings(catalogue, city_regions(config))
    own = [one for one in found if one.is_own]
    if own:
        named = "、".join(f"{one.table.place}({one.digest[:12]})" for one in own)
        yield Check("规则表", "ok", f"本市的 {len(own)} 张在用:{named}")
    needed = [one.table.place for one in found if one.needed]
    if needed:
        yield Check(
            "规则表",
            "warn",
            f"要自带 {len(needed)} 张,没有就没有这些点位:{'、'.join(needed)}",
            "tonglan topics tables 逐张列出;放进运行数据目录后重启",
        )
    for one in unknown_files(config.home_path, catalogue):
        yield Check("规则表", "warn", f"{one} 没有同名的表,没有用到", "核对文件名,或移走")
