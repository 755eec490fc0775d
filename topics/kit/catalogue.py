"""All topics of the program, found by scanning folders for topic.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from topics.kit import tables_in_force
from topics.kit.alerting.inhibition import circle_of, circle_text
from topics.kit.contracts import Region
from topics.kit.errors import BadFormula, BadManifest, UnknownIndicator
from topics.kit.formula.book import FormulaBook, read_formulas
from topics.kit.formula.formula import Formula
from topics.kit.formula.own import own_functions
from topics.kit.functions import load_function
from topics.kit.manifest import MANIFEST_NAME, Manifest, declared_indicators, load_manifest
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.manifest_reports import ReportSpec
from topics.kit.sites import read_sites

SHIPPED = tables_in_force.SHIPPED

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An installed topic that is not used because something is wrong with it."""

    topic: str
    problems: tuple[str, ...]


class Catalogue:
    """What the topics declare. Immutable: a changed manifest needs a new catalogue."""

    def __init__(
        self,
        topics: Iterable[Manifest],
        allow_python: Iterable[str] = (),
        left_out: Iterable[LeftOut] = (),
    ) -> None:
        """Take the manifests in their order; BadManifest when two claim the same id."""
        self.left_out = tuple(left_out)
        self.topics: tuple[Manifest, ...] = tuple(
            sorted(topics, key=lambda one: (one.topic.order, one.id))
        )
        self._topics = _by_id((one.id, one) for one in self.topics)
        self._indicators = _by_id((i.id, i) for one in self.topics for i in one.indicators)
        self._refreshers = _by_id((r.id, r) for one in self.topics for r in one.refreshers)
        self.counted = frozenset(
            count.indicator for refresher in self._refreshers.values() for count in refresher.counts
        )
        self._computed = frozenset(f.id for one in self.topics for f in one.formulas)
        self._reports = _by_id((r.id, r) for one in self.topics for r in one.reports)
        self._allowed = frozenset(allow_python)
        self.sites: tuple[Region, ...] = tuple(
            site for one in self.topics for site in read_sites(one.folder, one.sites)
        )
        self.formulas = _formulas(self.topics, self._indicators, self.function)
        _tied(self.topics)

    @property
    def allowed(self) -> frozenset[str]:
        """The installed topics whose Python the operator allowed."""
        return self._allowed

    @classmethod
    def load(cls, paths: Sequence[Path], allow_python: Iterable[str] = ()) -> Catalogue:
        """Every topic found in `paths` (a missing folder is skipped); BadManifest lists all faults.

        Topics shipped with the program may run Python; others only when named in `allow_python`.
        """
        return cls(_load_all(topic_folders(paths)), allow_python)

    def topic(self, topic_id: str) -> Manifest | None:
        """The manifest of a topic, None when there is none."""
        return self._topics.get(topic_id)

    def indicators(self) -> tuple[IndicatorSpec, ...]:
        """Every indicator, in the order of topics and manifests."""
        return tuple(self._indicators.values())

    def find(self, indicator_id: str) -> IndicatorSpec | None:
        """The indicator, None when no manifest declares it."""
        return self._indicators.get(indicator_id)

    def indicator(self, indicator_id: str) -> IndicatorSpec:
        """The indicator; UnknownIndicator when no manifest declares it."""
        found = self._indicators.get(indicator_id)
        if found is None:
            raise UnknownIndicator(
                f"没有指标 {indicator_id!r};用 tonglan indicators list 查看全部指标编号"
            )
        return found

    def refreshers(self) -> tuple[RefresherSpec, ...]:
        """Every refresher, in the order of topics and manifests."""
        return tuple(self._refreshers.values())

    def refresher(self, refresher_id: str) -> RefresherSpec | None:
        """The refresher, None when no manifest declares it."""
        return self._refreshers.get(refresher_id)

    def refreshers_of(self, indicator_id: str) -> tuple[RefresherSpec, ...]:
        """The refreshers that bring an indicator; empty when it is only pushed or reported."""
        return tuple(one for one in self.refreshers() if indicator_id in one.produces)

    def is_computed(self, indicator_id: str) -> bool:
        """Whether a formula of some topic gives the indicator's values."""
        return indicator_id in self._computed

    def reports(self) -> tuple[ReportSpec, ...]:
        """Every form, in the order of topics and manifests."""
        return tuple(self._reports.values())

    def report(self, report_id: str) -> ReportSpec | None:
        """The form, None when no manifest declares it."""
        return self._reports.get(report_id)

    def topic_of(self, declared_id: str) -> Manifest:
        """The manifest that a declared id belongs to; UnknownIndicator when there is none."""
        found = self._topics.get(declared_id.partition(".")[0])
        if found is None:
            raise UnknownIndicator(
                f"{declared_id!r} 不属于任何专题;用 tonglan topics list 查看专题"
            )
        return found

    def may_run_python(self, topic_id: str) -> bool:
        """Whether the topic's own Python may run: shipped, or allowed by name in config.toml."""
        manifest = self._topics.get(topic_id)
        if manifest is None:
            return False
        return topic_id in self._allowed or manifest.folder.resolve().parent == SHIPPED

    def function(self, topic_id: str, name: str) -> Callable[..., Any]:
        """The function `module:function` of a topic; BadManifest when absent or not allowed."""
        manifest = self._topics.get(topic_id)
        if manifest is None or not self.may_run_python(topic_id):
            raise BadManifest(
                f"专题 {topic_id} 的 Python 未被允许运行;"
                f'确认可信后在 config.toml 的 [topics] allow_python 中加入 "{topic_id}"'
            )
        return load_function(topic_id, manifest.folder, name)


def topic_folders(paths: Iterable[Path]) -> list[Path]:
    """The topic folders under `paths`, sorted by name within each; hidden ones are no topics."""
    return [
        file.parent
        for path in paths
        if path.is_dir()
        for file in sorted(path.glob(f"*/{MANIFEST_NAME}"))
        if not file.parent.name.startswith(".")
    ]


def _load_all(folders: Iterable[Path]) -> list[Manifest]:
    """Manifests may name each other's indicators, so those are collected before the check."""
    folders = list(folders)
    declared = frozenset(one for folder in folders for one in declared_indicators(folder))
    manifests, problems = [], []
    for folder in folders:
        try:
            manifests.append(load_manifest(folder, elsewhere=declared))
        except BadManifest as wrong:
            problems.append(str(wrong))
    if problems:
        raise BadManifest("\n".join(problems))
    return manifests


def _formulas(
    topics: Iterable[Manifest],
    specs: Mapping[str, IndicatorSpec],
    function: Callable[[str, str], Callable[..., Any]],
) -> FormulaBook:
    """The formulas of all topics together; BadManifest names each that cannot be computed."""
    good: list[Formula] = []
    problems: list[str] = []
    for one in topics:
        own = own_functions(one.id, one.functions, partial(function, one.id), one.folder)
        found, wrong = read_formulas(one.formulas, specs, own)
        good += found
        problems += [f"{one.id}/{MANIFEST_NAME}:[[formulas]] 第 {n} 项 {w}" for n, w in wrong]
    if problems:
        raise BadManifest("\n".join(problems))
    try:
        return FormulaBook(good)
    except BadFormula as wrong_together:
        raise BadManifest(str(wrong_together)) from wrong_together


def _tied(topics: Iterable[Manifest]) -> None:
    """Raise BadManifest where a rule inhibits one that is nowhere, or rules inhibit each other."""
    rules = {alert.id: alert.inhibits for one in topics for alert in one.alerts}
    unknown = [
        f"{rule.partition('.')[0]}/{MANIFEST_NAME}:{rule} 的 inhibits:没有规则 {name!r};请核对编号"
        for rule, others in rules.items()
        for name in others
        if name not in rules
    ]
    if unknown:
        raise BadManifest("\n".join(unknown))
    if circle := circle_of(rules):
        raise BadManifest(f"[[alerts]] inhibits:{circle_text(circle)}")


def _by_id(pairs: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for one, value in pairs:
        if one in found:
            raise BadManifest(f"编号 {one!r} 在两个专题里都有;改掉其中一个,或卸载其中一个专题")
        found[one] = value
    return MappingProxyType(found)
