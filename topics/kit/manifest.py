"""topic.toml as one frozen value. The schema lives here and in the manifest_* files beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from topics.kit.errors import BadManifest
from topics.kit.manifest_alerts import AlertSpec, PlanSpec
from topics.kit.manifest_checks import problems_of
from topics.kit.manifest_each import expanded
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_messages import explain
from topics.kit.manifest_migrations import MigrationSpec
from topics.kit.manifest_model import Table, told
from topics.kit.manifest_panels import PanelSpec, TabSpec
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.manifest_reports import ReportSpec
from topics.kit.manifest_tables import (
    CaseSpec,
    DataTableSpec,
    FormulaSpec,
    FunctionSpec,
    LayerSpec,
    SiteSpec,
    TopicSpec,
    expression_names,
)

MANIFEST_NAME = "topic.toml"


class Manifest(Table):
    """Everything a topic declares."""

    topic: TopicSpec = told(..., "专题")
    layers: tuple[LayerSpec, ...] = told((), "图层")
    sites: tuple[SiteSpec, ...] = told((), "点位:断面、站点、厂、网格")
    tables: tuple[DataTableSpec, ...] = told((), "本市可以换成自己的规则表和名录")
    indicators: tuple[IndicatorSpec, ...] = told((), "指标")
    refreshers: tuple[RefresherSpec, ...] = told((), "数据来源与刷新")
    functions: tuple[FunctionSpec, ...] = told((), "公式里用的专业函数(Python)")
    formulas: tuple[FormulaSpec, ...] = told((), "由公式算出的指标")
    alerts: tuple[AlertSpec, ...] = told((), "监测告警的规则")
    plans: tuple[PlanSpec, ...] = told((), "告警的处置预案")
    cases: tuple[CaseSpec, ...] = told((), "事件分类(后续版本运行)")
    reports: tuple[ReportSpec, ...] = told((), "报数表单")
    tabs: tuple[TabSpec, ...] = told((), "专题页的各部分")
    panels: tuple[PanelSpec, ...] = told((), "页面上的卡片与图")
    migrations: tuple[MigrationSpec, ...] = told((), "换版时改编号、改单位、口径调整的指标")
    _folder: Path = PrivateAttr(default=Path())

    @property
    def id(self) -> str:
        """The topic's id, which is its folder's name."""
        return self.topic.id

    @property
    def title(self) -> str:
        """The topic's Chinese name."""
        return self.topic.title

    @property
    def short(self) -> str:
        """The name in the navigation."""
        return self.topic.short or self.topic.title

    @property
    def owner(self) -> str:
        """The organisation that answers for the topic."""
        return self.topic.owner

    @property
    def demo(self) -> bool:
        """Whether all its data are demo data."""
        return self.topic.demo

    @property
    def folder(self) -> Path:
        """Where topic.toml lies."""
        return self._folder

    def expression_names(self) -> tuple[str, ...]:
        """The indicators that its formulas and alerts name, each once."""
        told = [one.expression for one in self.formulas]
        told += [one.when for one in self.alerts if one.kind != "density"]
        return tuple(dict.fromkeys(name for one in told for name in expression_names(one)))

    def panel(self, place: str, kind: str) -> PanelSpec | None:
        """The first panel of that place and kind, if any."""
        fitting = (one for one in self.panels if one.place == place and one.kind == kind)
        return next(fitting, None)


def load_manifest(folder: Path, *, elsewhere: Iterable[str] = ()) -> Manifest:
    """The checked manifest of a topic folder; BadManifest lists every problem, one a line.

    `elsewhere` are the indicators of other topics that this one may name.
    """
    path = folder / MANIFEST_NAME
    shown = _shown(path)
    raw = _parse(path, shown)
    try:
        manifest = Manifest.model_validate(raw)
    except ValidationError as wrong:
        raise BadManifest("\n".join(explain(wrong, Manifest, raw, shown))) from wrong
    # Where it really lies: what is installed later must not mix with what was read now.
    manifest._folder = folder.resolve() if folder.is_symlink() else folder
    problems = problems_of(manifest, folder, set(elsewhere))
    if problems:
        raise BadManifest("\n".join(f"{shown}:{one}" for one in problems))
    return manifest


def declared_indicators(folder: Path) -> tuple[str, ...]:
    """The ids its [[indicators]] give, unchecked; empty when the file cannot be read."""
    path = folder / MANIFEST_NAME
    try:
        rows = _parse(path, _shown(path)).get("indicators", [])
    except BadManifest:
        return ()
    rows = rows if isinstance(rows, list) else []
    return tuple(str(one["id"]) for one in rows if isinstance(one, dict) and "id" in one)


def _parse(path: Path, shown: str) -> dict[str, Any]:
    try:
        return expanded(_read(path.read_text(encoding="utf-8-sig")), path.parent, shown)
    except FileNotFoundError as wrong:
        raise BadManifest(f"{shown}:没有这个文件;专题文件夹里要有 {MANIFEST_NAME}") from wrong
    except OSError as wrong:
        raise BadManifest(f"{shown}:读不到({wrong.strerror});请检查路径和权限") from wrong
    except UnicodeDecodeError as wrong:
        raise BadManifest(f"{shown}:不是 UTF-8 文字;请另存为 UTF-8 编码") from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise BadManifest(f"{shown}:不是有效的 TOML({wrong});{_toml_fix(wrong)}") from wrong


@lru_cache(maxsize=32)
def _read(text: str) -> dict[str, Any]:
    """What a manifest says; read twice, first for the ids it declares; nobody changes it."""
    return tomllib.loads(text)


def _toml_fix(wrong: tomllib.TOMLDecodeError) -> str:
    """TOML takes Chinese keys only in quotes, which is what Chinese authors trip over first."""
    if "key part" in str(wrong) or "Invalid statement" in str(wrong):
        return '请按行号修改;中文的键和值都要加引号,如 { "黄" = 75 }'
    return "请按行号修改"


def _shown(path: Path) -> str:
    """The path as people write it: the topic's folder and the one above, never the whole disk."""
    return "/".join(path.resolve().parts[-3:])
