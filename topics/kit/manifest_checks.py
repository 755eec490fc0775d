"""What a manifest's tables must say about each other: ids, references, functions, its folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from topics.kit.alerting.inhibition import circle_of, circle_text
from topics.kit.alerting.rules import problems_of_rule
from topics.kit.contracts import PeriodKind
from topics.kit.errors import BadFormula, BadManifest
from topics.kit.formula.book import FormulaBook, read_formulas
from topics.kit.formula.functions import FUNCTIONS
from topics.kit.formula.own import own_functions
from topics.kit.functions import missing_part, unlike_signature
from topics.kit.manifest_files import problems_of_tables, suggest
from topics.kit.manifest_tables import expression_names
from topics.kit.versions import parse_version

if TYPE_CHECKING:
    from topics.kit.manifest import Manifest

REPORTED = frozenset(
    {PeriodKind.MONTH, PeriodKind.CUMULATIVE, PeriodKind.QUARTER, PeriodKind.END, PeriodKind.YEAR}
)
_SHORTEST = timedelta(days=28)
_Named = tuple[str, str]  # where it is written, what it names


def problems_of(manifest: Manifest, folder: Path, elsewhere: set[str]) -> list[str]:
    """Every contradiction of the manifest, as `[[table]] 第 n 项 key:problem;fix`."""
    return [
        *_folder(manifest, folder),
        *_ids(manifest),
        *_undeclared(manifest, elsewhere),
        *_undeclared_layers(manifest),
        *_unlike_companions(manifest),
        *_functions(manifest, folder),
        *_mixed_reports(manifest),
        *_formulas(manifest),
        *problems_of_tables(manifest, folder),
        *_pages(manifest),
        *_migrations(manifest),
        *_alerts(manifest),
    ]


def _folder(manifest: Manifest, folder: Path) -> Iterator[str]:
    name = folder.resolve().name
    if manifest.id != name:
        yield f"[topic] id:{manifest.id!r} 与文件夹名 {name!r} 不同;改成一样"


def _ids(manifest: Manifest) -> Iterator[str]:
    for table in ("layers", "indicators", "refreshers", "formulas", "alerts", "plans", "reports"):
        rows = getattr(manifest, table)
        for number, row in enumerate(rows, 1):
            if not row.id.startswith(f"{manifest.id}."):
                yield (
                    f"[[{table}]] 第 {number} 项 id:{row.id!r} 要以专题编号开头;"
                    f"写成 {manifest.id}.{row.id.partition('.')[2]}"
                )
        twice = [one for one, count in Counter(row.id for row in rows).items() if count > 1]
        for one in twice:
            numbers = [str(n) for n, row in enumerate(rows, 1) if row.id == one]
            yield f"[[{table}]] 第 {'、'.join(numbers)} 项 id:{one!r} 重复;每个编号只用一次"


def _undeclared(manifest: Manifest, elsewhere: set[str]) -> Iterator[str]:
    declared = {one.id for one in manifest.indicators}
    known = declared | elsewhere
    for where, name in _named_indicators(manifest):
        if name not in known:
            yield f"{where}:指标 {name!r} 没有声明;{suggest(name, known)}"
    for where, name in _produced(manifest):
        if name not in declared:
            yield f"{where}:指标 {name!r} 没有声明;{suggest(name, declared)}"


def _named_indicators(manifest: Manifest) -> Iterator[_Named]:
    for n, indicator in enumerate(manifest.indicators, 1):
        comparison = indicator.comparison
        if comparison and comparison.published:
            yield f"[[indicators]] 第 {n} 项 comparison.published", comparison.published
    for n, panel in enumerate(manifest.panels, 1):
        yield from _each(f"[[panels]] 第 {n} 项 indicators", panel.indicators)
        yield from _each(f"[[panels]] 第 {n} 项 curve", [panel.curve] if panel.curve else [])
    for n, formula in enumerate(manifest.formulas, 1):
        yield from _each(f"[[formulas]] 第 {n} 项 expression", expression_names(formula.expression))
    for n, alert in enumerate(manifest.alerts, 1):
        if alert.kind != "density":
            yield from _each(f"[[alerts]] 第 {n} 项 when", expression_names(alert.when))


def _unlike_companions(manifest: Manifest) -> Iterator[str]:
    """Yield where a growth could be read beside a level that its reader may not see."""
    known = {one.id: one for one in manifest.indicators}
    for n, indicator in enumerate(manifest.indicators, 1):
        published = indicator.comparison.published if indicator.comparison else None
        if published is None:
            continue
        where = f"[[indicators]] 第 {n} 项 comparison.published"
        companion = known.get(published)
        if not published.startswith(f"{manifest.id}."):
            yield f"{where}:{published!r} 不属于本专题;增速与总量应在同一专题"
        elif companion and companion.classification != indicator.classification:
            yield f"{where}:{published!r} 与本指标的 classification 不同;改成一致"


def _produced(manifest: Manifest) -> Iterator[_Named]:
    for n, refresher in enumerate(manifest.refreshers, 1):
        yield from _each(f"[[refreshers]] 第 {n} 项 indicators", refresher.indicators)
        mapped = refresher.map.indicators if refresher.map else ()
        yield from _each(f"[[refreshers]] 第 {n} 项 map", mapped)
        counted = [one.indicator for one in refresher.counts]
        yield from _each(f"[[refreshers]] 第 {n} 项 counts", counted)
    for n, formula in enumerate(manifest.formulas, 1):
        yield f"[[formulas]] 第 {n} 项 id", formula.id
    for n, report in enumerate(manifest.reports, 1):
        yield from _each(f"[[reports]] 第 {n} 项 indicators", report.indicators)


def _mixed_reports(manifest: Manifest) -> Iterator[str]:
    """Yield the forms whose columns do not share one rhythm, or reach levels that columns lack."""
    known = {one.id: one for one in manifest.indicators}
    for n, report in enumerate(manifest.reports, 1):
        columns = [known[one] for one in report.indicators if one in known]
        where = f"[[reports]] 第 {n} 项 indicators"
        if len({(one.period_kind, one.frequency) for one in columns}) > 1:
            yield f"{where}:时期种类或频率不一致;不同的请分成两张报表"
        for one in columns:
            if one.period_kind not in REPORTED or one.frequency < _SHORTEST:
                yield f"{where}:{one.id!r} 不是按月、季、年出数的指标;报表只收这些"
            lacking = [level for level in report.levels if level not in one.levels]
            if lacking:
                yield f"{where}:{one.id!r} 没有 {'、'.join(lacking)} 层级;改 levels 或去掉这个指标"


def _each(where: str, names: Iterable[str]) -> Iterator[_Named]:
    return ((where, name) for name in names)


def _undeclared_layers(manifest: Manifest) -> Iterator[str]:
    declared = {one.id for one in manifest.layers}
    for n, refresher in enumerate(manifest.refreshers, 1):
        name = refresher.layer
        if name and name.startswith(f"{manifest.id}.") and name not in declared:
            where = f"[[refreshers]] 第 {n} 项 layer"
            yield f"{where}:图层 {name!r} 没有声明;{suggest(name, declared)}"


def _functions(manifest: Manifest, folder: Path) -> Iterator[str]:
    refreshers, panels = enumerate(manifest.refreshers, 1), enumerate(manifest.panels, 1)
    named = [(f"[[refreshers]] 第 {n} 项 function", one.function) for n, one in refreshers]
    named += [(f"[[panels]] 第 {n} 项 draw", one.draw) for n, one in panels]
    limited = enumerate(manifest.indicators, 1)
    named += [(f"[[indicators]] 第 {n} 项 limits", one.limits) for n, one in limited]
    own = enumerate(manifest.functions, 1)
    named += [(f"[[functions]] 第 {n} 项 function", one.function) for n, one in own]
    layers = enumerate(manifest.layers, 1)
    named += [(f"[[layers]] 第 {n} 项 made_by", one.made_by) for n, one in layers]
    for where, function in named:
        problem = missing_part(folder, function) if function else None
        if problem:
            yield f"{where}:{problem}"
    yield from _own_functions(manifest, folder)


def _own_functions(manifest: Manifest, folder: Path) -> Iterator[str]:
    names = Counter(one.name for one in manifest.functions)
    for n, one in enumerate(manifest.functions, 1):
        where = f"[[functions]] 第 {n} 项"
        if one.name in FUNCTIONS:
            yield f"{where} name:{one.name!r} 是公式语言已有的函数;换一个名称"
        elif names[one.name] > 1:
            yield f"{where} name:{one.name!r} 重复;每个名称只用一次"
        problem = unlike_signature(folder, one.function, len(one.parameters))
        if problem:
            yield f"{where} parameters:{problem}"


def _formulas(manifest: Manifest) -> Iterator[str]:
    """What can be said without the other topics; the catalogue checks all of them together."""
    specs = {one.id: one for one in manifest.indicators}
    own = own_functions(manifest.id, manifest.functions, _unloaded)
    good = []
    for n, declared in enumerate(manifest.formulas, 1):
        if declared.id not in specs or not specs.keys() >= set(
            expression_names(declared.expression)
        ):
            continue
        found, wrong = read_formulas([declared], specs, own)
        good += found
        yield from (f"[[formulas]] 第 {n} 项 expression:{text}" for _, text in wrong)
    try:
        FormulaBook(good)
    except BadFormula as wrong_together:
        yield f"[[formulas]]:{wrong_together}"


def _unloaded(name: str) -> NoReturn:
    raise BadManifest(f"{name}:核对时不运行 Python")


def _pages(manifest: Manifest) -> Iterator[str]:
    tabs = {one.id for one in manifest.tabs}
    kinds = {one.kind for one in manifest.sites}
    for n, panel in enumerate(manifest.panels, 1):
        where, tab, sites = f"[[panels]] 第 {n} 项", panel.tab, panel.sites
        if tab and tab not in tabs:
            yield f"{where} tab:{tab!r} 没有声明;{suggest(tab, tabs)}"
        if sites and sites not in kinds:
            yield f"{where} sites:{sites!r} 没有声明;{suggest(sites, kinds)}"


def _migrations(manifest: Manifest) -> Iterator[str]:
    """Yield changes of indicators that are not there, or of ids that still are."""
    known = {one.id: one for one in manifest.indicators}
    for n, one in enumerate(manifest.migrations, 1):
        where = f"[[migrations]] 第 {n} 项"
        now = known.get(one.indicator)
        if now is None:
            near = suggest(one.indicator, {*known})
            yield f"{where} indicator:{one.indicator!r} 没有声明;{near}"
        elif one.unit == now.unit:
            yield f"{where} unit:{one.unit!r} 就是现在的单位;写原来的单位,或去掉 unit 和 factor"
        if one.was and one.was in known:
            yield f"{where} was:{one.was!r} 还在 [[indicators]] 里;改了编号就删去旧的"
        if one.was and not one.was.startswith(f"{manifest.id}."):
            yield f"{where} was:{one.was!r} 不属于本专题;只能改本专题的编号"
        if parse_version(one.version) > parse_version(manifest.topic.version):
            yield f"{where} version:{one.version} 比 [topic] version 还新;先改 [topic] version"


def _alerts(manifest: Manifest) -> Iterator[str]:
    """Yield rules whose limits, levels of regions or plan do not fit what they watch."""
    specs = {one.id: one for one in manifest.indicators}
    plans = {one.id for one in manifest.plans}
    for n, one in enumerate(manifest.alerts, 1):
        where = f"[[alerts]] 第 {n} 项"
        if one.plan and one.plan not in plans:
            yield f"{where} plan:{one.plan!r} 没有声明;{suggest(one.plan, plans)}"
        for problem in problems_of_rule(one, specs):
            yield f"{where} {problem}"
    rules = {one.id: one.inhibits for one in manifest.alerts}
    for n, one in enumerate(manifest.alerts, 1):
        for name in one.inhibits:
            own = name.startswith(f"{manifest.id}.")
            if own and name not in rules:  # of other topics: known once all are together
                where = f"[[alerts]] 第 {n} 项 inhibits"
                yield f"{where}:没有规则 {name!r};{suggest(name, set(rules))}"
    if circle := circle_of(rules):
        yield f"[[alerts]] inhibits:{circle_text(circle)}"
