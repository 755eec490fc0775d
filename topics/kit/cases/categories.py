"""All category schemes of the city by name, as the topics' manifests declare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from layers.contracts import Classification
from topics.kit.cases.contracts import CategoryKey
from topics.kit.errors import UnknownCategory
from topics.kit.manifest import Manifest
from topics.kit.manifest_tables import CaseSpec
from topics.kit.periods import ZONE
from topics.kit.schemes import Category, Limit, Scheme, read_scheme
from topics.kit.tables_in_force import topic_table

_KIND = "事项"  # of categories that a manifest writes by name only


@dataclass(frozen=True, slots=True)
class NamedScheme:
    """A scheme with what decides about its cases."""

    name: str
    topic: str
    lead: str
    classification: Classification
    demo: bool
    scheme: Scheme


class CaseCategories:
    """Finds categories by key and day. Immutable."""

    def __init__(self, schemes: Iterable[NamedScheme]) -> None:
        """Take the schemes, in the order in which people choose among them."""
        self.schemes = {one.name: one for one in schemes}

    @classmethod
    def of(cls, topics: Iterable[Manifest]) -> CaseCategories:
        """The schemes of [[cases]] of all topics; BadManifest when a table is wrong."""
        return cls(_named(topic, spec) for topic in topics for spec in topic.cases)

    def majors(self) -> tuple[str, ...]:
        """Every 方案/种类/大类 of all times, each once."""
        return tuple(
            dict.fromkeys(
                f"{named.name}/{one.kind}/{one.code[:2]}"
                for named in self.schemes.values()
                for one in named.scheme
            )
        )

    def scheme(self, name: str) -> NamedScheme:
        """The scheme of that name; UnknownCategory names those there are."""
        found = self.schemes.get(name)
        if found is None:
            have = "、".join(self.schemes) or "没有"
            raise UnknownCategory(f"没有分类方案 {name[:40]!r};现有:{have}")
        return found

    def find(self, key: CategoryKey, at: datetime) -> Category | None:
        """The category in force at that moment; None when there is none."""
        named = self.schemes.get(key.scheme)
        return None if named is None else named.scheme.find(key.kind, key.code, _day(at))

    def require(self, key: CategoryKey, at: datetime) -> Category:
        """The category in force at that moment; UnknownCategory says what there is instead."""
        return self.scheme(key.scheme).scheme.require(key.kind, key.code, _day(at))

    def major(self, key: CategoryKey, at: datetime) -> Category | None:
        """The 大类 of a 小类."""
        return self.find(CategoryKey(key.scheme, key.kind, key.code[:2]), at)

    def on(self, day: date) -> Iterator[tuple[NamedScheme, Category]]:
        """Every 小类 in force on the day (大类 too where a scheme has no 小类 of it)."""
        for named in self.schemes.values():
            held = [one for one in named.scheme if one.holds_on(day)]
            parents = {(one.kind, one.major) for one in held if one.major}
            for one in held:
                if one.major or (one.kind, one.code) not in parents:
                    yield named, one


def read_key(text: object) -> CategoryKey:
    """The key that "城市管理/事项/02003" names; UnknownCategory shows how to write it."""
    parts = text.split("/") if isinstance(text, str) else []
    if len(parts) != 3 or not all(part.strip() for part in parts):
        raise UnknownCategory(
            f"类别 {str(text)[:60]!r} 读不懂;写成 方案/种类/代码,如 城市管理/事项/02003"
        )
    return CategoryKey(*(part.strip() for part in parts))


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def _named(topic: Manifest, spec: CaseSpec) -> NamedScheme:
    lead = spec.lead or topic.topic.owner
    if spec.file is not None:
        scheme = read_scheme(spec.scheme, topic_table(topic.folder, spec.file))
    else:
        scheme = Scheme(spec.scheme, list(_by_name(topic, spec, lead)))
    return NamedScheme(spec.scheme, topic.id, lead, spec.classification, topic.topic.demo, scheme)


def _by_name(topic: Manifest, spec: CaseSpec, lead: str) -> Iterator[Category]:
    """Categories that have no codes of their own: numbered in their order."""
    for number, name in enumerate(spec.categories, 1):
        limit = spec.limits.get(name)
        hours = None if limit is None else Limit(limit.total_seconds() / 3600, "小时")
        yield Category(
            topic.topic.title, _KIND, f"{number:02d}", name, "", lead, "", "", hours,
            date.min, None, f"{topic.topic.title}专题清单", "",
        )  # fmt: skip
