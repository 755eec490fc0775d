"""What one reader sees of a layer's fields: all, some covered, some not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from layers.catalogue.contracts import Mask
from layers.catalogue.masks import masked
from layers.compile.where import Filter
from layers.errors import BadFilter
from layers.tiles.values import Scalar


@dataclass(frozen=True, slots=True)
class Sight:
    """The fields a reader may not see as they are, and how each is covered."""

    covered: Mapping[str, Mask] = field(default_factory=dict)

    def open(self, attributes: Iterable[str], wanted: Sequence[str] | None) -> list[str] | None:
        """The attributes shown as they are, among those wanted; None: all there are."""
        if not self.covered:
            return None if wanted is None else list(wanted)
        chosen = attributes if wanted is None else wanted
        return [name for name in chosen if name not in self.covered]

    def require(self, name: str) -> None:
        """Raise BadFilter for a field whose values the reader may not compare, sort or add up."""
        if name in self.covered:
            raise BadFilter(f"属性 {name} 已脱敏,不能用来筛选、排序或统计;请向数据责任单位申请")

    def check(self, where: Filter | None) -> None:
        """Raise BadFilter for a filter that would tell covered values by its answers."""
        for condition in where.conditions if where else ():
            self.require(condition.attribute)

    def record(self, record: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """The values as the reader may see them; what may not be seen at all has no key."""
        if not self.covered:
            return dict(record)
        shown = ((name, masked(value, self._mask(name))) for name, value in record.items())
        return {name: value for name, value in shown if value is not None}

    def token(self) -> str:
        """A text that differs wherever what is seen differs, for cache keys."""
        return ";".join(f"{name}={mask}" for name, mask in sorted(self.covered.items()))

    def _mask(self, name: str) -> Mask:
        return self.covered.get(name, Mask.NONE)


EVERYTHING = Sight()
