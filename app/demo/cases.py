"""The cases of the demo city: of sixty days, or of a year; a few still open and some late."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

import numpy as np
from shapely.geometry import Point

from app.demo import fractal, places, tables, unit_grids
from app.demo.case_lives import live
from app.errors import BadRequest
from app.services import Services
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.periods import ZONE
from topics.kit.schemes import Category
from topics.kit.stores.postgres_cases import Written

CASES, DAYS = 1_500, 60
YEAR_CASES, YEAR = 50_000, timedelta(days=365)
_BATCH = 2_000
CITY, SOCIAL = "城市管理", "综治"
_SOCIAL_SHARE = 0.06
_SOURCES = ("grid-app", "hotline", "phone", "form", "video", "import")
_SHARES = (0.42, 0.20, 0.15, 0.08, 0.10, 0.05)
_HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 15, 11, 7, 7, 12, 14, 14, 11, 8, 6, 5, 4, 3, 2])
_STREETS = ("沿江路", "建国路", "风度路", "解放路", "工业路", "新华路", "站前路", "人民路")


def cases_seeded(services: Services) -> bool:
    """Whether there are cases."""
    sight = Sight(tuple(services.cases.categories.schemes))
    return bool(services.cases.lists.lines_where(CaseQuery(sight), _never(), 1))


def seed_cases(services: Services, now: datetime, count: int = CASES, days: int = DAYS) -> int:
    """Write the cases in one transaction and return how many; nothing where there are any."""
    return 0 if cases_seeded(services) else add_cases(services, now, count, days)


def seed_year(services: Services, now: datetime, count: int = YEAR_CASES) -> int:
    """Bring the demo cases of the last year to `count` and return how many were added.

    In one transaction: all or none. Asked again, it adds nothing. Raises BadRequest where the city
    is a real one: its cases are never mixed with made-up ones.
    """
    if not services.config.demo.enabled:
        raise BadRequest("只有示例城市可以补示例事件;这里 config.toml 的 demo.enabled 是 false")
    sight = Sight(demo_schemes=tuple(services.cases.categories.schemes))
    known = services.cases.lists.reported_between(sight, now - YEAR, now)
    return add_cases(services, now, count - known, YEAR.days) if known < count else 0


def add_cases(services: Services, now: datetime, count: int, days: int) -> int:
    """Write so many more cases of the last `days`, a batch at a time in one transaction."""
    store = services.cases.store
    rng = fractal.generator("cases", count, days)
    moments = _moments(rng, now, count, days)
    # Taken first and for good: whoever reports meanwhile gets the numbers behind.
    first = _reserved(services, moments)
    with store.writing() as transaction:
        lives = _lives(services, now, moments, first, rng)
        while batch := list(islice(lives, _BATCH)):
            store.load(batch, transaction)
    return count


def _reserved(services: Services, moments: Sequence[datetime]) -> Counter[date]:
    """For each day the number before the first that is now ours."""
    wanted = Counter(one.astimezone(ZONE).date() for one in moments)
    store = services.cases.store
    with store.writing() as transaction:
        return Counter(
            {day: store.reserve(day, many, transaction) - 1 for day, many in wanted.items()}
        )


def _lives(
    services: Services,
    now: datetime,
    moments: Sequence[datetime],
    numbers: Counter[date],
    rng: np.random.Generator,
) -> Iterator[list[Written]]:
    """The steps of one case a moment, numbered behind `numbers`."""
    towns = places.towns_by_weight(rng, len(moments))
    points = places.near(towns, rng)
    kinds = _Kinds.of(services, now)
    for moment, town, point in zip(moments, towns, points, strict=True):
        day = moment.astimezone(ZONE).date()
        numbers[day] += 1
        number = f"{day:%Y-%m%d}-{numbers[day]:04d}"
        report = _report(kinds, moment, town, point, rng)
        case = uuid.UUID(bytes=rng.bytes(16), version=4).hex
        yield live(services.cases, report, case, number, now, rng)


def likely(now: datetime) -> float:
    """How likely a case is reported within ten minutes of this hour, as often as in the past."""
    share = _HOURS[now.astimezone(ZONE).hour] / _HOURS.sum()
    return float(CASES / DAYS * share / 6)


def drawn_report(services: Services, now: datetime, rng: np.random.Generator) -> Report:
    """One more report of the demo city, made now."""
    town = places.towns_by_weight(rng, 1)
    point = places.near(town, rng)[0]
    return _report(_Kinds.of(services, now), now, town[0], point, rng)


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What is reported, and how often."""

    city: Sequence[Category]
    shares: fractal.Points
    social: Sequence[Category]

    @classmethod
    def of(cls, services: Services, now: datetime) -> _Kinds:
        """The categories of the day: a few make up most of the cases."""
        on, schemes = now.astimezone(ZONE).date(), services.cases.categories.schemes
        kinds = schemes[CITY].scheme.minors("事项", on)
        kinds = tuple(one for one in kinds if one.limit or one.major in ("06", "09")) or kinds
        weights = 1.0 / np.arange(1, len(kinds) + 1) ** 0.8
        social = [one for one in schemes[SOCIAL].scheme.minors("综治", on) if one.limit]
        return cls(kinds, weights / weights.sum(), social)

    def draw(self, rng: np.random.Generator) -> tuple[CategoryKey, Category]:
        """One of them."""
        if self.social and rng.random() < _SOCIAL_SHARE:
            found = self.social[int(rng.integers(len(self.social)))]
            return CategoryKey(SOCIAL, found.kind, found.code), found
        found = self.city[int(rng.choice(len(self.city), p=self.shares))]
        return CategoryKey(CITY, found.kind, found.code), found


def _report(
    kinds: _Kinds, moment: datetime, town: tables.PlaceName, point: Point, rng: np.random.Generator
) -> Report:
    key, category = kinds.draw(rng)
    source = str(rng.choice(_SOURCES, p=_SHARES))
    street = (
        f"{town.name}{_STREETS[int(rng.integers(len(_STREETS)))]} {rng.integers(1, 260)} 号附近"
    )
    size = f",约 {rng.integers(1, 30)} 平方米" if category.major == "06" else ""
    called = source in ("hotline", "phone")
    return Report(
        category=key,
        region=town.code,
        text=f"{category.name}{size}",
        at=moment,
        source=source,
        reporter=f"demo:{source}",
        longitude=round(point.x, 6),
        latitude=round(point.y, 6),
        grid=unit_grids.grid_of(point) or None,
        place=street,
        contact=f"139{rng.integers(10_000_000, 99_999_999)}" if called else "",
        data={"demo": True},
    )


def _moments(rng: np.random.Generator, now: datetime, count: int, days: int) -> list[datetime]:
    """Moments of the last days, oldest first: few at night, fewer at weekends."""
    here = now.astimezone(ZONE)
    dates = [here.date() - timedelta(n) for n in range(days)]
    weights = np.array([0.6 if one.weekday() > 4 else 1.0 for one in dates])
    chosen = rng.choice(days, count, p=weights / weights.sum())
    hours = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    minutes = rng.uniform(0, 60, count)
    midnight = datetime.combine(here.date(), datetime.min.time(), ZONE)
    found = [
        midnight - timedelta(days=int(day)) + timedelta(hours=int(hour), minutes=float(minute))
        for day, hour, minute in zip(chosen, hours, minutes, strict=True)
    ]
    # What would be later today happened at the same hour yesterday.
    return sorted(one if one <= now else one - timedelta(days=1) for one in found)


def _never() -> datetime:
    return datetime.max.replace(tzinfo=ZONE)
