"""Units as the statistics use them (亿元, 万m³, mg/L, 件, %), with algebra to refuse nonsense.

A unit is a dimension and a scale. A unit that is not in the table is a dimension of its own, so
件 and 户 never add up, and a topic may use units that nobody foresaw.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from topics.kit.errors import BadFormula

Powers = tuple[tuple[str, int], ...]  # of dimensions, sorted

_NAMED: dict[str, tuple[str, float]] = {
    "元": ("元", 1),
    "美元": ("美元", 1),
    "m": ("长度", 1),
    "米": ("长度", 1),
    "km": ("长度", 1e3),
    "公里": ("长度", 1e3),
    "cm": ("长度", 1e-2),
    "mm": ("长度", 1e-3),
    "t": ("质量", 1e3),
    "吨": ("质量", 1e3),
    "kg": ("质量", 1),
    "千克": ("质量", 1),
    "g": ("质量", 1e-3),
    "mg": ("质量", 1e-6),
    "µg": ("质量", 1e-9),
    "μg": ("质量", 1e-9),
    "s": ("时间", 1),
    "秒": ("时间", 1),
    "min": ("时间", 60),
    "分钟": ("时间", 60),
    "h": ("时间", 3600),
    "小时": ("时间", 3600),
    "d": ("时间", 86400),
    "天": ("时间", 86400),
    "kW": ("功率", 1e3),
    "千瓦": ("功率", 1e3),
    "MW": ("功率", 1e6),
    "kWh": ("能量", 3.6e6),
    "千瓦时": ("能量", 3.6e6),
    "MPa": ("压强", 1e6),
    "kPa": ("压强", 1e3),
    "Pa": ("压强", 1),
}
_DERIVED: dict[str, tuple[Powers, float]] = {
    "m²": ((("长度", 2),), 1),
    "㎡": ((("长度", 2),), 1),
    "平方米": ((("长度", 2),), 1),
    "km²": ((("长度", 2),), 1e6),
    "平方公里": ((("长度", 2),), 1e6),
    "公顷": ((("长度", 2),), 1e4),
    "亩": ((("长度", 2),), 10000 / 15),
    "m³": ((("长度", 3),), 1),
    "立方米": ((("长度", 3),), 1),
    "L": ((("长度", 3),), 1e-3),
    "%": ((), 1e-2),
    "百分点": ((), 1e-2),
    "‰": ((), 1e-3),
    "": ((), 1),
    "倍": ((), 1),
    "分": ((), 1),
    "名": ((), 1),
    "位": ((), 1),
}
_PREFIXES = MappingProxyType(
    {"百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8, "万亿": 1e12}
)
RATES = frozenset({"%", "‰", "百分点"})
"""Units of rates: they neither add up over regions nor grow in percent."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A dimension and the scales that its number may have.

    A factor of ten in a formula may be part of the quantity or convert the unit, so both scales
    stay possible until the declared unit decides. `text` is how it is written, for messages.
    """

    powers: Powers
    scales: tuple[float, ...]
    text: str

    @property
    def plain(self) -> bool:
        """Whether it has no dimension (a ratio, a rate, a score)."""
        return not self.powers

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """The unit of a product, or with sign −1 of a quotient."""
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        kept = tuple(sorted((name, power) for name, power in powers.items() if power))
        scales = {a * b**sign for a in self.scales for b in other.scales}
        mark = "×" if sign > 0 else "/"
        return Unit(kept, _few(scales), f"{self.text or '1'}{mark}{other.text or '1'}")

    def scaled(self, factor: float) -> Unit:
        """The unit after its number was multiplied by a plain number."""
        if factor == 0:
            return self
        return Unit(
            self.powers, _few({*self.scales, *(s / abs(factor) for s in self.scales)}), self.text
        )

    def like(self, other: Unit) -> Unit | None:
        """The unit that both have, None when they cannot be added or compared."""
        if self.powers != other.powers:
            return None
        common = {one for one in self.scales if any(_close(one, each) for each in other.scales)}
        return Unit(self.powers, _few(common), self.text) if common else None


ANY = Unit((), (), "数")
"""The unit of a plain number: it takes that of a ratio it is added to, never a dimension."""


def unit_of(text: str) -> Unit:
    """The unit that `text` writes, e.g. "亿元", "万m³", "户/万人"."""
    first, *others = text.strip().split("/")
    found = _single(first)
    for one in others:
        found = found.times(_single(one), -1)
    return Unit(found.powers, found.scales, text)


def same_unit(left: Unit, right: Unit, what: str) -> Unit:
    """The unit of a sum, difference or comparison; BadFormula when the two are unlike."""
    if left is ANY or right is ANY:
        other = right if left is ANY else left
        if other is ANY or other.plain:
            return other
        raise BadFormula(f"{what}:{other.text} 不能与没有单位的数相加减;去掉这个数,或改用指标")
    found = left.like(right)
    if found is None and left.powers == right.powers:
        raise BadFormula(
            f"{what}:{left.text} 与 {right.text} 大小不同;先换算成同一单位(如乘或除以 10000)"
        )
    if found is None:
        raise BadFormula(f"{what}:{left.text} 与 {right.text} 不是同一种量,不能相加减或比较")
    return found


def fits(found: Unit, declared: Unit) -> bool:
    """Whether a formula's unit may be the one declared; a score or a place fits any ratio."""
    if found is ANY:
        return declared.plain
    return found.like(declared) is not None


def _single(text: str) -> Unit:
    text = text.strip()
    for prefix in ("", *sorted(_PREFIXES, key=len, reverse=True)):
        rest = text.removeprefix(prefix)
        known = _known(rest) if text.startswith(prefix) else None
        if known is not None:
            powers, scale = known
            return Unit(powers, (scale * _PREFIXES.get(prefix, 1),), text)
    for prefix in sorted(_PREFIXES, key=len, reverse=True):
        if text.startswith(prefix) and len(text) > len(prefix):
            return Unit(((text.removeprefix(prefix), 1),), (_PREFIXES[prefix],), text)
    return Unit(((text, 1),), (1.0,), text)


def _known(text: str) -> tuple[Powers, float] | None:
    if text in _NAMED:
        dimension, scale = _NAMED[text]
        return ((dimension, 1),), scale
    return _DERIVED.get(text)


def _few(scales: set[float]) -> tuple[float, ...]:
    """The scales in order; a formula with many factors of ten keeps the sixteen nearest to 1."""
    return tuple(sorted(scales, key=lambda one: (abs(one - 1), one))[:16])


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))
