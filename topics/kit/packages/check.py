"""A topic's folder checked without a network, a database, or running any of its code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from topics.kit.alerting.rule_tests import failures
from topics.kit.catalogue import Catalogue
from topics.kit.errors import BadManifest
from topics.kit.installed import RESERVED
from topics.kit.manifest import MANIFEST_NAME, Manifest, load_manifest
from topics.kit.organisations import Organisations
from topics.kit.packages.contents import Contents, contents
from topics.kit.packages.region_codes import CodeUse, codes_used
from topics.kit.packages.samples import FOLDER, SampleRead, read_samples, readers_of
from topics.kit.regions import RegionTree
from topics.kit.sites import read_sites
from topics.kit.worktime.calendar import WorkCalendar

_LONGEST = {"title": 30, "short": 8}
_LONGEST_TAB, _LONGEST_PANEL, _LONGEST_INDICATOR, _LONGEST_DEFINITION = 6, 24, 40, 500
_TOLD = 5  # so many refused rows of a sample are told one by one


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a topic is checked against: other topics, the city's regions, bureaus, workdays."""

    others: Sequence[Manifest]
    regions: RegionTree
    organisations: Organisations
    calendar: WorkCalendar | None = None


_NOTHING = Contents(())


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found. `problems` keep the topic from being packed, `notes` do not."""

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    manifest: Manifest | None = None
    files: Contents = _NOTHING
    samples: tuple[SampleRead, ...] = ()
    codes: tuple[CodeUse, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing has to be changed."""
        return not self.problems


def check_topic(folder: Path, around: Surroundings) -> Report:
    """Everything that can be said of the folder; each problem names the place and the fix."""
    if not folder.is_dir():
        said = f"{folder.name}:没有这个文件夹;写专题文件夹的路径,里面要有 {MANIFEST_NAME}"
        return Report((said,))
    others = [one for one in around.others if one.id != folder.resolve().name]
    elsewhere = {one.id for other in others for one in other.indicators}
    files = contents(folder)
    try:
        manifest = load_manifest(folder, elsewhere=elsewhere)
    except BadManifest as wrong:
        return Report((*str(wrong).splitlines(), *files.problems), files=files)
    around = replace(around, others=others)
    problems = [*files.problems, *_texts(manifest), *_owners(manifest, around.organisations)]
    problems += _together(manifest, around)
    if manifest.id in RESERVED:
        problems.append(f"[topic] id:{manifest.id!r} 是程序自己的名称;换一个编号")
    codes, samples = tuple(codes_used(manifest, folder, files.files)), tuple[SampleRead, ...]()
    tested = 0
    problems += _unknown_codes(codes, around.regions)
    if not problems:
        tree = around.regions.with_sites(read_sites(folder, manifest.sites))
        samples = tuple(read_samples(manifest, folder, files.files, tree))
        every = [*manifest.indicators, *(one for other in others for one in other.indicators)]
        specs = {one.id: one for one in every}
        failed, tested = failures(folder, manifest, specs, tree, around.calendar)
        problems += failed
    problems += [one for sample in samples for one in _unreadable(sample)]
    return Report(
        tuple(dict.fromkeys(problems)),
        (*_notes(manifest, files, samples), *_of_rules(manifest, tested)),
        manifest,
        files,
        samples,
        codes,
    )


def _texts(manifest: Manifest) -> Iterator[str]:
    """Yield names that would not fit where they are shown."""
    for key, most in _LONGEST.items():
        yield from _too_long(f"[topic] {key}", getattr(manifest.topic, key), most)
    for n, tab in enumerate(manifest.tabs, 1):
        yield from _too_long(f"[[tabs]] 第 {n} 项 title", tab.title, _LONGEST_TAB)
    for n, panel in enumerate(manifest.panels, 1):
        yield from _too_long(f"[[panels]] 第 {n} 项 title", panel.title, _LONGEST_PANEL)
    for n, one in enumerate(manifest.indicators, 1):
        yield from _too_long(f"[[indicators]] 第 {n} 项 title", one.title, _LONGEST_INDICATOR)
        where = f"[[indicators]] 第 {n} 项 definition"
        yield from _too_long(where, one.definition, _LONGEST_DEFINITION)


def _too_long(where: str, text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"{where}:{len(text)} 个字,超过 {most} 个,页面上放不下;请写短"


def _owners(manifest: Manifest, organisations: Organisations) -> Iterator[str]:
    named = {"[topic] owner": manifest.topic.owner}
    named |= {
        f"[[indicators]] 第 {n} 项 owner": one.owner for n, one in enumerate(manifest.indicators, 1)
    }
    named |= {
        f"[[reports]] 第 {n} 项 owner": one.owner for n, one in enumerate(manifest.reports, 1)
    }
    named |= {
        f"[[alerts]] 第 {n} 项 route": unit
        for n, one in enumerate(manifest.alerts, 1)
        for unit in one.route
        if organisations.find(unit) is None
    }
    named |= {
        f"[[plans]] 第 {n} 项 lead、support": unit
        for n, plan in enumerate(manifest.plans, 1)
        for unit in (plan.lead, *plan.support)
        if organisations.find(unit) is None
    }
    for where, owner in named.items():
        if organisations.find(owner) is None:
            yield f"{where}:没有责任单位 {owner!r};用 organisations.csv 里的编号,如 fgj"


def _together(manifest: Manifest, around: Surroundings) -> Iterator[str]:
    """Yield what does not go with the other topics: ids, formulas with their units, sites."""
    try:
        Catalogue([*around.others, manifest])
        mine = read_sites(manifest.folder, manifest.sites)
        taken = [one for other in around.others for one in read_sites(other.folder, other.sites)]
        known = [one for one in (*taken, *mine) if around.regions.find(one.parent or "")]
        around.regions.with_sites(known)
    except BadManifest as wrong:
        yield from str(wrong).splitlines()


def _unknown_codes(codes: Sequence[CodeUse], regions: RegionTree) -> Iterator[str]:
    for one in codes:
        if regions.find(one.code) is None:
            yield (
                f"{one.where}:本市没有区划代码 {one.code!r};"
                "改用本市的代码,安装到别的城市时用 --regions 对照表"
            )


def _unreadable(sample: SampleRead) -> Iterator[str]:
    if sample.problem:
        yield f"{sample.file}({sample.refresher}):{sample.problem}"
    elif sample.rows and not sample.values:
        first = f";{_refusal(sample)[0]}" if sample.refusals else ""
        yield f"{sample.file}({sample.refresher}):{sample.rows} 行全部拒收{first}"
    elif not sample.rows:
        yield f"{sample.file}({sample.refresher}):没有数据行;放一两期样例数据"


def _refusal(sample: SampleRead) -> list[str]:
    return [
        (f"第 {one.row} 行:" if one.row else "") + one.reason for one in sample.refusals[:_TOLD]
    ]


def _notes(manifest: Manifest, files: Contents, samples: Sequence[SampleRead]) -> Iterator[str]:
    if files.python:
        yield (
            f"本专题含 Python:{'、'.join(files.python)};安装后要在 config.toml 的 "
            f'[topics] allow_python 中列出 "{manifest.id}" 才会运行'
        )
    yield from _of_samples(manifest, files, samples)
    yield from _unbrought(manifest)
    if not any(panel.place == "topic" for panel in manifest.panels):
        yield '没有专题页的卡片;加 [[panels]] place = "topic",专题页才有内容'
    if not any(one.startswith("tests/") for one in files.files):
        yield "没有 tests/;至少写一个把样例数据读进来的测试"


def _of_samples(
    manifest: Manifest, files: Contents, samples: Sequence[SampleRead]
) -> Iterator[str]:
    for sample in samples:
        if sample.refused and sample.values:
            kept = f"采用 {len(sample.values)} 个值,拒收 {sample.refused} 处"
            yield f"{sample.file}:{kept}——{';'.join(_refusal(sample))}"
    listed = [one for one in files.files if one.startswith(f"{FOLDER}/")]
    if not listed:
        yield f"没有样例数据;在 {FOLDER}/ 里放一两期,检查时会按来源试读"
    for file in listed:
        if not readers_of(manifest, file):
            yield f"{file}:没有来源会读它;核对 [[refreshers]] 的 glob,或删去"


def _of_rules(manifest: Manifest, tested: int) -> Iterator[str]:
    if tested:
        yield f"告警规则测试 {tested} 个,全部通过" if tested > 1 else "告警规则测试 1 个,通过"
    elif manifest.alerts:
        yield "告警规则没有测试;在 tests/ 里放一个 TOML,写 [[alert_tests]]"


def _unbrought(manifest: Manifest) -> Iterator[str]:
    brought = {one for spec in manifest.refreshers for one in spec.produces}
    brought |= {one.id for one in manifest.formulas}
    brought |= {one for report in manifest.reports for one in report.indicators}
    for one in manifest.indicators:
        if one.id not in brought:
            yield f"指标 {one.id}({one.title})没有来源、公式或报表;只能从命令行导入"
