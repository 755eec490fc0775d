"""What is said of a value: lamp, comparison, target, class. One wording for card and drawer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec, Target
from topics.kit.period_labels import label
from topics.kit.quality.freshness import Age, Freshness
from topics.kit.words.clock import local, moment_text
from topics.kit.words.deltas import Delta, Measure, difference, say, say_classes
from topics.kit.words.lamps import Lamp, lamp_for
from topics.kit.words.numbers import write_plain
from topics.kit.words.values import class_name, class_place, step_name

_RUNNING = (PeriodKind.INSTANT, PeriodKind.HOUR, PeriodKind.DAY)
_SIGNS = {"lower": "≤", "higher": "≥", "none": ""}

BROKEN = "口径调整,不可比"

Specs = Mapping[str, IndicatorSpec]
Broken = Callable[[str, Period, Period], bool]
"""Whether the definition of an indicator changed between two periods so that they differ."""


class Values(Protocol):
    """The values a judgement looks at besides the one it judges."""

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The newest known value of another indicator; None when nothing came yet."""

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with per its manifest; None while unknown."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison in words and what it was made of.

    `change` is unrounded, in the measure of the words, None where the definition changed in
    between; `before` is the value compared with, None where a published figure says the change
    itself (`published`).
    """

    delta: Delta
    measure: Measure
    change: float | None
    before: Observation | None = None
    published: Observation | None = None


def judged(
    spec: IndicatorSpec, latest: Observation | None, values: Values, specs: Specs
) -> tuple[IndicatorSpec, Observation | None]:
    """The indicator and value whose limits and target light the lamp of `spec`."""
    # A level such as GDP is judged by its published growth when it has no limits of its own.
    published = spec.comparison.published if spec.comparison else None
    if spec.thresholds is None and published is not None and published in specs:
        companion = None if latest is None else values.latest(published, latest.region)
        if latest is not None and companion is not None and _belongs(companion, latest):
            return specs[published], companion
    return spec, latest


def lamp_of(spec: IndicatorSpec, latest: Observation | None) -> Lamp:
    """The lamp of a value by its own limits; without limits a known value is fine.

    A suspect value lights none: it may be a fault of the instrument, neither good nor bad.
    """
    if latest is not None and latest.status is ValueStatus.SUSPECT:
        return Lamp.NONE
    limits = spec.thresholds
    return lamp_for(
        latest.value if latest is not None else None,
        warn=limits.warn if limits else None,
        bad=limits.bad if limits else None,
        higher_is_better=spec.direction == "higher",
    )


def aged_lamp(lamp: Lamp, age: Age) -> Lamp:
    """The lamp as it is shown of a value of that age: an old "fine" is not fine."""
    if age.state is Freshness.DEAD:
        return Lamp.NONE
    return Lamp.WARN if age.state is Freshness.LATE and lamp is Lamp.OK else lamp


def compared(
    spec: IndicatorSpec,
    latest: Observation | None,
    values: Values,
    specs: Specs,
    lamp: Lamp,
    broken: Broken | None = None,
) -> Compared | None:
    """The comparison the manifest asks for; None where there is nothing to compare with.

    Across a change of definition that `broken` knows of, the comparison is withheld and says so.
    """
    comparison = spec.comparison
    if comparison is None or latest is None or latest.value is None:
        return None
    if comparison.published is not None:
        return _published(comparison.label, comparison.published, latest, values, specs, lamp)
    before = values.reference(spec, latest)
    if before is None or before.value is None:
        return None
    measure = Measure(comparison.shown_as)
    if broken is not None and broken(spec.id, before.period, latest.period):
        return Compared(Delta(comparison.label, "", BROKEN), measure, None, before=before)
    if spec.shown == "class":
        return _of_classes(spec, latest, before, lamp)
    change = difference(latest.value, before.value, measure)
    if change is None:
        return None
    delta = say(
        change,
        label=comparison.label,
        measure=measure,
        precision=spec.precision,
        lamp=lamp,
        direction=spec.direction,
    )
    return Compared(delta, measure, change, before=before)


def _of_classes(
    spec: IndicatorSpec, latest: Observation, before: Observation, lamp: Lamp
) -> Compared | None:
    assert spec.comparison is not None
    now, then = class_place(spec, latest.value), class_place(spec, before.value)
    if now is None or then is None:
        return None
    delta = say_classes(
        now - then,
        label=spec.comparison.label,
        step=step_name(spec),
        lamp=lamp,
        direction=spec.direction,
    )
    return Compared(delta, Measure.CLASSES, float(now - then), before=before)


def target_text(spec: IndicatorSpec, now: datetime) -> str:
    """The target in force, or last year's named as such until the new one takes effect."""
    target = spec.target_on(local(now).date())
    if target is None:
        return ""
    return f"{target_name(target, now)} {target_value(spec, target)}"


def target_name(target: Target, now: datetime) -> str:
    """What the target is called at `now`: 目标, 上年目标, or by its year: 2024 年目标."""
    ago = local(now).year - target.year
    return "目标" if ago <= 0 else "上年目标" if ago == 1 else f"{target.year} 年目标"


def target_value(spec: IndicatorSpec, target: Target) -> str:
    """The target's number with the sign of its direction: ≤9.0%."""
    if spec.shown == "class":
        return f"{_SIGNS[spec.direction]}{class_name(spec, target.value)}"
    value = write_plain(target.value, spec.precision)
    return f"{_SIGNS[spec.direction]}{value}{'%' if spec.unit == '%' else ''}"


def class_label(spec: IndicatorSpec, latest: Observation | None) -> str:
    """The name of the class a value falls into (优, 良 …); empty where there are no classes."""
    if latest is None or latest.value is None:
        return ""
    place = class_place(spec, latest.value)
    return "" if place is None else spec.classes[place].label


def period_text(latest: Observation, now: datetime) -> str:
    """The period as it stands on the row: a moment by the clock, else its official name."""
    if latest.period.kind is PeriodKind.INSTANT:
        return moment_text(latest.period.start, now)
    return label(latest.period, now=now)


def _published(
    name: str, indicator: str, latest: Observation, values: Values, specs: Specs, lamp: Lamp
) -> Compared | None:
    growth = values.latest(indicator, latest.region)
    if growth is None or growth.value is None or not _belongs(growth, latest):
        return None
    delta = say(
        growth.value,
        label=name,
        measure=Measure.PERCENT,
        precision=1,
        lamp=lamp,
        direction=specs[indicator].direction if indicator in specs else "none",
    )
    return Compared(delta, Measure.PERCENT, growth.value, published=growth)


def _belongs(growth: Observation, level: Observation) -> bool:
    # A released figure goes with the growth released for the same period only. Beside a day still
    # running stands the growth up to yesterday; the comparison's label (本月同比) says of what.
    return growth.period == level.period or level.period.kind in _RUNNING
