"""What is said of an alert: one sentence, the value and the limit, as every screen shows them."""

from __future__ import annotations

from datetime import date, timedelta

from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.signals import LimitsOf, forecast_limit
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.freshness import elapsed
from topics.kit.words.numbers import Written, write_plain
from topics.kit.words.values import class_name, write_value

_NUMERALS = frozenset("ⅠⅡⅢⅣⅤ")
_AGAINST = {"previous": "上期", "day": "昨日同时", "year": "上年同期"}
_DEFAULT = {
    "threshold": "{place}{name} {value}{class}",
    "change": "{place}{name} {value},较{against} {number}",
    "forecast": "{place}{name} 预计 {within}内超过 {limit},概率 {number}",
    "anomaly": "{place}{name} {value},明显异常(异常分 {number})",
    "no_data": "{place}{name} 已 {number}没有数据",
    "late": "{place}{name} 迟报 {number}",
    "density": "{place} {radius} m 内 {within} {number}:{title}",
    "expression": "{place}{title} {value}",
}


def sentence(
    rule: Rule, place: Region, number: float, value: float | None, day: date, limits: LimitsOf
) -> str:
    """Fact and place in one sentence; `number` is what was compared, `value` what was measured."""
    spec = rule.indicator
    label = class_of(spec, place.code, value, day, limits)
    template = rule.spec.text or _DEFAULT[_kind(rule)]
    wide = label if template is rule.spec.text else f",{label}" if label else ""
    said = template.format_map(
        {
            "place": "全市" if place.level == "city" else place.short_name,
            "name": spec.title if spec else rule.title,
            "title": rule.title,
            "value": value_text(rule, value),
            "limit": _bare_limit(rule),
            "class": wide,
            "number": number_text(rule, number),
            "against": _AGAINST[rule.spec.against],
            "within": elapsed(rule.spec.within),
            "radius": f"{rule.spec.radius:g}",
        }
    )
    return said.strip().removesuffix(",")


def value_text(rule: Rule, value: float | None) -> str:
    """The value with its unit: 2.31 mg/L."""
    spec = rule.indicator
    if spec is None:
        return joined(Written("—" if value is None else write_plain(value, 1), rule.spec.unit))
    return joined(write_value(spec, value, _digits(rule, spec, value)))


def number_text(rule: Rule, number: float) -> str:
    """The compared number with its unit: +12 %, 3 时, 12 件."""
    kind = rule.spec.kind
    if kind in ("no_data", "late"):
        return elapsed(timedelta(hours=number))
    if kind == "forecast":
        return f"{write_plain(number * 100, 0)} %"
    if kind == "anomaly":
        return write_plain(number, 1)
    if kind == "density":
        return f"{number:.0f} 件"
    sign = "+" if number > 0 else ""
    if kind == "change" and rule.spec.measured == "percent":
        return f"{sign}{write_plain(number, 1)} %"
    spec = rule.indicator
    digits = spec.precision if spec else 1
    return joined(Written(f"{sign}{write_plain(number, digits)}", rule.spec.unit or _unit(spec)))


def compared_text(rule: Rule, number: float) -> str:
    """What stands against the limit in a list, where that is not the value itself; else ""."""
    kind, of = rule.spec.kind, rule.spec.of
    if kind == "threshold":
        return "" if of == "value" or not rule.plain else _far(rule, number)
    return "" if kind == "expression" else number_text(rule, number)


def limit_short(rule: Rule, limit: float) -> str:
    """The limit beside `compared_text`: 8 时, +40 %, 12 件; "" where it is a value's limit."""
    kind, of = rule.spec.kind, rule.spec.of
    if kind == "threshold":
        plain = of == "value" or not rule.plain
        return ("条件成立" if rule.conditional else "") if plain else _far(rule, limit)
    if kind == "expression":
        return "条件成立" if rule.conditional else ""
    return number_text(rule, limit)


def _far(rule: Rule, number: float) -> str:
    if rule.spec.of == "class":
        return f"{number:g} 级"
    unit = _unit(rule.indicator)
    return joined(Written(_short(round(number, 2)), "百分点" if unit == "%" else unit))


def limit_text(rule: Rule, level: AlertLevel, limit: float, aim: str = "") -> str:
    """The limit of a level as people read it: >75 µg/m³, 劣于目标类别 2 级以上, 概率 >80 %."""
    kind, of = rule.spec.kind, rule.spec.of
    sign = ">" if rule.worse == "above" else "<"
    if kind == "forecast":
        return f"预计超过 {_bare_limit(rule)} 的概率 >{write_plain(limit * 100, 0)} %"
    if kind in ("no_data", "late"):
        what = "没有数据" if kind == "no_data" else "迟报"
        return f"{what}超过 {elapsed(timedelta(hours=limit))}" if limit else f"{what}"
    if kind == "density":
        span, radius = elapsed(rule.spec.within), f"{rule.spec.radius:g}"
        return f"{radius} m 内 {span} 超过 {limit:g} 件"
    if kind == "anomaly":
        return f"异常分 >{limit:g}"
    if kind == "threshold" and of == "class":
        far = f"劣于目标类别 {limit:g} 级以上" if limit else "劣于目标类别"
        return f"{far}({aim})" if aim else far
    if kind == "threshold" and of == "target":
        unit = "百分点" if _unit(rule.indicator) == "%" else _unit(rule.indicator)
        far = joined(Written(_short(limit), unit))
        return f"劣于目标 {far}以上" if limit else "劣于目标"
    if kind == "change":
        unit = "%" if rule.spec.measured == "percent" else rule.spec.unit or _unit(rule.indicator)
        said = f"较{_AGAINST[rule.spec.against]} {sign}{joined(Written(_short(limit), unit))}"
        return f"{said}{_at_least(rule)}"
    if rule.conditional:
        return rule.title
    spec = rule.indicator
    if spec is not None and spec.shown == "class":
        return f"劣于{class_name(spec, limit)}"
    return f"{sign}{_plain(rule, limit)}"


def _at_least(rule: Rule) -> str:
    if rule.spec.measured != "percent" or not rule.spec.least:
        return ""
    return f",至少 {joined(Written(_short(rule.spec.least), _unit(rule.indicator)))}"


def class_of(
    spec: IndicatorSpec | None, place: str, value: float | None, day: date, limits: LimitsOf
) -> str:
    """The name of the class that a value falls into there: 劣Ⅴ类; "" where there are none."""
    if spec is None or value is None:
        return ""
    found = limits(spec.id, place, day) if spec.limits is not None else None
    band = found.band_of(value) if found is not None else None
    if band is not None:
        numeral = band.label.removeprefix("劣") in _NUMERALS
        return f"{band.label}类" if numeral else band.label
    return class_name(spec, value) if spec.classes and spec.shown != "class" else ""


def joined(written: Written) -> str:
    """Number and unit with their gap."""
    return f"{written.text} {written.unit}".rstrip()


def _digits(rule: Rule, spec: IndicatorSpec, value: float | None) -> int | None:
    """One digit more where rounding would make a value beyond a limit look like the limit."""
    if value is None:
        return None
    alike = any(round(value, spec.precision) == one != value for one in rule.spec.levels.values())
    return spec.precision + 1 if alike else None


def _kind(rule: Rule) -> str:
    if rule.spec.kind in ("threshold", "expression"):
        return "threshold" if rule.plain else "expression"
    return rule.spec.kind


def _unit(spec: IndicatorSpec | None) -> str:
    return spec.unit if spec is not None else ""


def _plain(rule: Rule, limit: float) -> str:
    return joined(Written(_short(limit), rule.spec.unit or _unit(rule.indicator)))


def _short(limit: float) -> str:
    text = f"{limit:.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "\N{MINUS SIGN}")


def _bare_limit(rule: Rule) -> str:
    if rule.spec.kind == "forecast":
        return _plain(rule, forecast_limit(rule))
    return _plain(rule, next(iter(rule.spec.levels.values())))
