"""Real 311 requests of New York as a year of cases of the demo city.

The file is the open table "311 Service Requests" as downloaded (US dates; New York's clock is taken
as ours). Its span is stretched over a year; how long a request stayed open is kept. Kinds follow
data/demo/nyc311_categories.csv, places are moved linearly into a box at a county seat
(nyc311_boroughs.csv). Every row becomes a case or is named with the reason.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from app.demo import tables
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.history import Turn, walk
from topics.kit.cases.imports import Imported
from topics.kit.cases.intake.moments import BadMoment, read_moment
from topics.kit.cases.intake.rows import Refused
from topics.kit.cases.machine import Order, Person
from topics.kit.cases.service import Cases
from topics.kit.cases.transitions import DESK, Post
from topics.kit.errors import BadCaseTable
from topics.kit.periods import ZONE
from topics.kit.stores.postgres_cases import Written

YEAR = timedelta(days=365)
_NEW_CODES = datetime(2026, 7, 1, tzinfo=ZONE)  # GB/T 47678.5-2026 in force
_BOX = 0.03  # degrees to each side of a county seat
_NEEDED = ("Unique Key", "Created Date", "Closed Date", "Complaint Type", "Descriptor", "Borough")
_SOURCE, _PREFIX = "hotline", "nyc311:"
_DESK = Person("demo:reviewer", DESK)
_UNIT = "cgj"
_OPENED = (timedelta(minutes=4), timedelta(minutes=11), timedelta(minutes=23))
_SIGNED, _BEGUN, _CHECKED = timedelta(minutes=55), timedelta(minutes=80), timedelta(minutes=20)
_SOONEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Request:
    """One row of the table; `closed` is None while it is open."""

    row: int
    key: str
    created: datetime
    closed: datetime | None
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A request and the report that it becomes."""

    request: Request
    report: Report


def plan(content: bytes, *, until: datetime) -> tuple[list[Planned], list[Refused]]:
    """The requests as reports of the year before `until`, and the rows that become none."""
    requests, refused = _requests(content, until)
    kinds, boroughs = _kinds(), _boroughs()
    first = min((one.created for one in requests), default=until)
    last = max((one.created for one in requests), default=until)
    stretch = YEAR / max(last - first, timedelta(hours=1))
    planned = []
    for one in requests:
        report = _report(one, until - YEAR + (one.created - first) * stretch, kinds, boroughs)
        if isinstance(report, Refused):
            refused.append(report)
        else:
            planned.append(Planned(one, report))
    return planned, sorted(refused, key=lambda one: one.row)


def replay(cases: Cases, content: bytes, *, until: datetime) -> Imported:
    """Store the requests as cases of the year before `until`; those known already are left."""
    planned, refused = plan(content, until=until)
    made: list[str] = []
    steps: list[Sequence[Written]] = []
    with cases.store.writing() as transaction:
        for one in planned:
            report = one.report
            assert report.reference is not None
            if cases.store.reported(report.source, report.reference) is not None:
                continue
            day = report.at.astimezone(ZONE).date()
            number = f"{day:%Y-%m%d}-{cases.store.number(day, transaction):04d}"
            turns = _turns(cases, report, one.request, until)
            steps.append(walk(uuid.uuid4().hex, number, report, turns, cases.clocks, cases.lands))
            made.append(number)
        cases.store.load(steps, transaction)
    return Imported(len(made), len(planned) - len(made), tuple(refused), tuple(made))


def _requests(content: bytes, now: datetime) -> tuple[list[Request], list[Refused]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        missing = [one for one in _NEEDED if one not in (reader.fieldnames or ())]
    except UnicodeDecodeError as wrong:
        raise BadCaseTable("不是 UTF-8 的 CSV;请用下载的原文件") from wrong
    if missing:
        raise BadCaseTable(f"缺少列:{'、'.join(missing)};请用 311 Service Requests 的原文件")
    found: list[Request] = []
    refused: list[Refused] = []
    seen: set[str] = set()
    for row, cells in enumerate(reader, 2):
        key = (cells["Unique Key"] or "").strip()
        if not key or key in seen:
            refused.append(Refused(row, "Unique Key", f"编号 {key!r} 为空或重复", "每行一个编号"))
            continue
        seen.add(key)
        try:
            created = read_moment(cells["Created Date"] or "", now=now, month_first=True)
            ended = (cells["Closed Date"] or "").strip()
            closed = read_moment(ended, now=now, month_first=True) if ended else None
        except BadMoment as wrong:
            said = f"{cells['Created Date']!r} / {cells['Closed Date']!r}:{wrong}"
            refused.append(Refused(row, "Created Date", said, "写成 3/14/2025 1:20"))
            continue
        if closed is not None and closed < created:
            refused.append(
                Refused(row, "Closed Date", "办结早于上报", "核对两个时间;不确定的去掉办结时间")
            )
            continue
        found.append(Request(row, key, created, closed, cells))
    return found, refused


def _report(
    one: Request,
    at: datetime,
    kinds: Mapping[tuple[str, str], Mapping[str, str]],
    boroughs: Mapping[str, Mapping[str, str]],
) -> Report | Refused:
    complaint, descriptor = one.cells["Complaint Type"], one.cells["Descriptor"]
    kind = kinds.get((complaint, descriptor)) or kinds.get((complaint, "*"))
    if kind is None:
        remedy = "在 nyc311_categories.csv 里补一行"
        return Refused(one.row, "Complaint Type", f"{complaint!r} 没有对应的类别", remedy)
    borough = boroughs.get(one.cells["Borough"])
    if borough is None:
        remedy = "在 nyc311_boroughs.csv 里补一行,或去掉这一行"
        return Refused(one.row, "Borough", f"{one.cells['Borough']!r} 没有对应的县", remedy)
    new = at >= _NEW_CODES
    category = CategoryKey(
        "城市管理",
        kind["kind"] if new else kind["before_kind"],
        kind["code"] if new else kind["before_code"],
    )
    place = _moved(one.cells, borough)
    return Report(
        category=category,
        region=borough["region"],
        text=f"{kind['meaning']}({complaint}:{descriptor})",
        at=at,
        source=_SOURCE,
        reporter="demo:clerk",
        reference=_PREFIX + one.key,
        longitude=place[0] if place else None,
        latitude=place[1] if place else None,
        place=(one.cells.get("Incident Address") or "")[:100],
        data={"demo": True, "origin": "NYC 311"},
    )


def _moved(cells: Mapping[str, str], borough: Mapping[str, str]) -> tuple[float, float] | None:
    """The place within the box of its county; None where the request has none, or one far off."""
    try:
        lon, lat = float(cells.get("Longitude") or ""), float(cells.get("Latitude") or "")
    except ValueError:
        return None
    west, south, east, north = (float(borough[one]) for one in ("west", "south", "east", "north"))
    right, up = (lon - west) / (east - west), (lat - south) / (north - south)
    if not (0 <= right <= 1 and 0 <= up <= 1):
        return None
    seat = _seats()[borough["region"]]
    return (
        round(seat.longitude + (2 * right - 1) * _BOX, 6),
        round(seat.latitude + (2 * up - 1) * _BOX, 6),
    )


def _turns(cases: Cases, report: Report, one: Request, until: datetime) -> Iterator[Turn]:
    """The desk takes it in at once; the unit answers when the request was closed."""
    unit = cases.suggest(report).unit or _UNIT
    handler = Person("demo:clerk", frozenset({Post.HANDLER}), unit=unit)
    accepted, filed, dispatched = (report.at + after for after in _OPENED)
    turns = [
        Turn(accepted, Order("受理"), _DESK),
        Turn(filed, Order("立案", confirmed=True), _DESK),
        Turn(dispatched, Order("派遣", unit=unit), _DESK),
        Turn(report.at + _SIGNED, Order("签收"), handler),
        Turn(report.at + _BEGUN, Order("处置"), handler),
    ]
    if one.closed is not None:
        took = max(one.closed - one.created, _BEGUN + _SOONEST)
        closed = report.at + took
        turns += [
            Turn(closed, Order("反馈", note="已处理"), handler),
            Turn(closed + _CHECKED, Order("核查"), _DESK),
            Turn(closed + 2 * _CHECKED, Order("结案", confirmed=True), _DESK),
        ]
    yield from (turn for turn in turns if turn.at <= until)


def _kinds() -> dict[tuple[str, str], Mapping[str, str]]:
    rows = tables.rows("demo/nyc311_categories.csv")
    return {(row["complaint"], row["descriptor"]): row for row in rows}


def _boroughs() -> dict[str, Mapping[str, str]]:
    return {row["borough"]: row for row in tables.rows("demo/nyc311_boroughs.csv")}


@cache
def _seats() -> dict[str, tables.CountyFacts]:
    return {one.code: one for one in tables.counties()}
