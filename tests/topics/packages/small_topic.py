"""A small topic and two cities: 韶关, where it was made, and 河源, where it goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from topics.kit.contracts import PeriodKind, Region
from topics.kit.organisations import Organisation, Organisations
from topics.kit.packages.check import Report, Surroundings, check_topic
from topics.kit.packages.draft import IndicatorDraft, Line, TopicDraft
from topics.kit.packages.scaffold import write_topic
from topics.kit.regions import RegionTree

BUREAUS = Organisations([Organisation("wgltj", "文化广电旅游体育局", "市文旅局", 1, date.min)])


def city(code: str, name: str, *counties: tuple[str, str]) -> RegionTree:
    """A city and its counties."""
    own = Region(code, name, name, "city", None, 0, date.min)
    return RegionTree(
        [
            own,
            *(
                Region(one, title, title, "county", code, n, date.min)
                for n, (one, title) in enumerate(counties, 1)
            ),
        ]
    )


SHAOGUAN = city("440200", "韶关市", ("440203", "武江区"), ("440205", "曲江区"))
HEYUAN = city("441600", "河源市", ("441602", "源城区"), ("441621", "紫金县"))


def around(regions: RegionTree = SHAOGUAN) -> Surroundings:
    """A home with no other topic."""
    return Surroundings((), regions, BUREAUS)


def write(parent: Path) -> Path:
    """The folder of a topic with a rate that a formula gives, samples and a table of sites."""
    month = PeriodKind.MONTH
    own = (
        IndicatorDraft("tourism.visitors", "接待游客 当月", "过夜游客", "万人次", month, "wgltj"),
        IndicatorDraft("tourism.rooms", "客房数 期末", "星级饭店", "间", PeriodKind.END, "wgltj"),
    )
    lines = tuple(
        Line(code, "", "2026-10", {"接待游客当月": n + 0.5, "客房数期末": 100 * n})
        for n, code in enumerate(("440200", "440203", "440205"), 1)
    )
    folder = write_topic(parent, TopicDraft("tourism", "文化旅游", "wgltj", own, lines))
    (folder / "spots.csv").write_text(
        "code,name,region,lon,lat,grade\nA1,丹霞,440205,113.7,25.0,5A\nA2,南华,440203,113.6,24.6,4A\n",
        encoding="utf-8",
    )
    edit(
        folder,
        "[[refreshers]]\n",
        '[[sites]]\nkind = "景区"\nfile = "spots.csv"\n\n[[refreshers]]\n',
    )
    edit(
        folder,
        'period = "期"\n',
        'period = "期"\nregions = { WJ = "440203", "440205" = "440205" }\n',
    )
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    """Replace a text of the manifest, which must be there."""
    file = folder / "topic.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def checked(folder: Path, regions: RegionTree = SHAOGUAN) -> Report:
    """The report on the folder."""
    return check_topic(folder, around(regions))
