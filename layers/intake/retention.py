"""Which versions of a layer may be removed: a rule in one place, pure, with its reasons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from layers.contracts import Version, VersionState


@dataclass(frozen=True, slots=True)
class Retention:
    """How long versions stay: published ones for a time and a number, drafts for a time."""

    published_for: timedelta = timedelta(days=365)
    last_published: int = 10
    drafts_for: timedelta = timedelta(days=30)

    def said(self, *, versions: int | None, days: int | None) -> Retention:
        """The rule with what is said of one layer; what it leaves open keeps nothing by itself.

        Where nothing is said the rule stays as it is.
        """
        if versions is None and days is None:
            return self
        return replace(self, published_for=timedelta(days=days or 0), last_published=versions or 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a version may be removed, and why it may or may not, in words."""

    version: str
    removable: bool
    reason: str


def judge(
    versions: Sequence[Version],
    *,
    live: str | None,
    referenced: Collection[str],
    now: datetime,
    rule: Retention = Retention(),
) -> tuple[Verdict, ...]:
    """A verdict for each version of one layer, in their order.

    The live one stays, and what a submission (or anything else) refers to, whatever its age; so
    do the last published ones and those published not longer ago than the rule says. A moment
    exactly at the limit still counts as within it.
    """
    published = [one for one in versions if one.published_at is not None]
    published.sort(key=lambda one: (_when(one), one.number), reverse=True)
    last = {one.id for one in published[: max(0, rule.last_published)]}
    return tuple(_verdict(one, live, referenced, last, now, rule) for one in versions)


def _verdict(
    one: Version,
    live: str | None,
    referenced: Collection[str],
    last: Collection[str],
    now: datetime,
    rule: Retention,
) -> Verdict:
    kept = _kept(one, live, referenced, last, now, rule)
    if kept is not None:
        return Verdict(one.id, False, kept)
    if one.published_at is None:
        return Verdict(one.id, True, f"草稿超过 {rule.drafts_for.days} 天未发布")
    days, last_ones = rule.published_for.days, rule.last_published
    words = [f"发布超过 {days} 天"] if days > 0 else []
    words += [f"不在最近 {last_ones} 个发布版之内"] if last_ones > 0 else []
    return Verdict(one.id, True, ",且".join(words) or "已被替换")


def _kept(
    one: Version,
    live: str | None,
    referenced: Collection[str],
    last: Collection[str],
    now: datetime,
    rule: Retention,
) -> str | None:
    """The first reason to keep a version, None without any."""
    if one.id == live or one.state is VersionState.PUBLISHED:
        return "在线版本"
    if one.id in referenced:
        return "有上传单引用"
    if one.published_at is None:
        young = now - one.created_at <= rule.drafts_for
        return f"草稿未满 {rule.drafts_for.days} 天" if young else None
    if one.id in last:
        return f"最近 {rule.last_published} 个发布版之一"
    if now - one.published_at <= rule.published_for:
        return f"发布未满 {rule.published_for.days} 天"
    return None


def _when(one: Version) -> datetime:
    return one.published_at or one.created_at
