"""What an installation changes against the version that is there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topics.kit.definitions.fields import COMPARED, changed, plain
from topics.kit.manifest import Manifest
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_migrations import MigrationSpec
from topics.kit.versions import parse_version

_WORDS = {"definition": "口径", "unit": "单位", "period_kind": "时期种类", "title": "名称"}


def differences(old: Manifest | None, new: Manifest) -> list[str]:
    """One sentence for each thing that changes; the first says which versions."""
    if old is None:
        return [
            f"新装 {new.id}({new.title}){new.topic.version}:指标 {len(new.indicators)} 个,"
            f"来源 {len(new.refreshers)} 个,图层 {len(new.layers)} 个"
        ]
    return [_versions(old, new), *_indicators(old, new), *_others(old, new)]


def due_migrations(new: Manifest) -> tuple[MigrationSpec, ...]:
    """The migrations of a manifest, oldest version first."""
    return tuple(sorted(new.migrations, key=lambda one: parse_version(one.version)))


def _versions(old: Manifest, new: Manifest) -> str:
    a, b = parse_version(old.topic.version), parse_version(new.topic.version)
    how = "升级" if b > a else ("重装" if a == b else "降级")
    return f"{how} {new.id}({new.title}):{old.topic.version} → {new.topic.version}"


def _indicators(old: Manifest, new: Manifest) -> Iterator[str]:
    before = {one.id: one for one in old.indicators}
    after = {one.id: one for one in new.indicators}
    renamed = {one.was: one.indicator for one in new.migrations if one.was}
    for name, spec in after.items():
        if name not in before and name not in renamed.values():
            yield f"增加指标 {name}({spec.title})"
    for name, spec in before.items():
        if name in renamed:
            yield f"改编号 {name} → {renamed[name]}({spec.title}):历史数据随之转到新编号"
        elif name not in after:
            yield f"去掉指标 {name}({spec.title}):数据保留,页面上不再出现"
    yield from _changed(before, after, new)
    yield from _migrated(after, new)


def _changed(
    before: Mapping[str, IndicatorSpec], after: Mapping[str, IndicatorSpec], new: Manifest
) -> Iterator[str]:
    for name in [one for one in after if one in before]:
        fields = changed(plain(before[name]), plain(after[name]))
        if not fields:
            continue
        words = "、".join(_WORDS.get(one, one) for one in fields)
        told = [one for one in new.migrations if one.indicator == name and not one.was]
        note = "(前后不可比)" if not COMPARED.isdisjoint(fields) and not told else ""
        yield f"修改指标 {name}({after[name].title}):{words}{note}"


def _migrated(after: Mapping[str, IndicatorSpec], new: Manifest) -> Iterator[str]:
    for one in new.migrations:
        if one.breaks:
            yield f"口径调整 {one.indicator}:{one.valid_from} 起,{one.reason}"
        if one.unit is not None and one.indicator in after:
            unit = after[one.indicator].unit
            yield f"换算单位 {one.indicator}:{one.unit} → {unit},历史值乘以 {one.factor:g}"


def _others(old: Manifest, new: Manifest) -> Iterator[str]:
    for table, word in (("refreshers", "来源"), ("layers", "图层"), ("reports", "报表")):
        before = {one.id for one in getattr(old, table)}
        after = {one.id for one in getattr(new, table)}
        if after - before:
            yield f"增加{word} {'、'.join(sorted(after - before))}"
        if before - after:
            yield f"去掉{word} {'、'.join(sorted(before - after))}"
