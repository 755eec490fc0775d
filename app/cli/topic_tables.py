"""`tonglan topics tables`: which tables are in force here, and which a new city has to bring."""

from __future__ import annotations

import sys

from rich.console import Console

from app.cli.options import ConfigOption, HomeOption, JsonOption, read_config
from app.cli.show import show_json, show_line
from app.installing import city_regions, topics_of
from topics.kit.errors import BadManifest
from topics.kit.own_tables import Standing, standings, unknown_files

_DIGITS = 12


def show_tables(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every table a city may bring, whose is in force with its digest, what is missing."""
    settings = read_config(home, config)
    try:
        catalogue = topics_of(settings)
        found = standings(catalogue, city_regions(settings))
    except BadManifest as wrong:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(wrong), markup=False)
        sys.exit(1)
    unknown = unknown_files(settings.home_path, catalogue)
    if as_json:
        show_json({"items": [_json(one) for one in found], "unknown": unknown, "next": None})
        return
    for one in found:
        show_line(_line(one))
    needed = [one for one in found if one.needed]
    if needed:
        show_line(f"要自带 {len(needed)} 张:随程序的写的是别的城市;照其首行的列写本市的")
    for name in unknown:
        show_line(f"{name}:没有同名的表,没有用到;核对文件名")


def _line(one: Standing) -> str:
    """Whose it is, where the city's own goes, rows, the start of its digest, what it holds."""
    whose = "本市的" if one.is_own else "要自带" if one.needed else "随程序"
    digest = one.digest[:_DIGITS]
    return f"{whose}  {one.table.place:<36} {one.rows:>6,} 行  {digest}  {one.table.title}"


def _json(one: Standing) -> dict[str, object]:
    return {
        "topic": one.table.topic.id,
        "title": one.table.title,
        "place": one.table.place,
        "own": one.is_own,
        "needed": one.needed,
        "rows": one.rows,
        "sha256": one.digest,
    }
