"""Forty people of the demo city and its roster of sixty days. All names are invented."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.people import person_id
from topics.kit.words.clock import SHANGHAI

_SURNAMES = "何黄陈李张刘罗邓谭温赖钟叶丘曾朱欧阳谢冯"
_GIVEN = ("建国", "志强", "丽华", "晓明", "国栋", "秀英", "伟明", "海燕", "文杰", "雪梅")
_LEADERS = 6
_CHIEFS = 8
_UNITS = ("sthjj", "swj", "zjj", "cgj", "swfj", "qxj", "scjgj", "fgj", "zsj", "wgltj", "gdj", "gxj")
_POSTS = ("联络员", "值班员", "分管负责人")
_SEATS = ("指挥席", "联络席")
_DAYS = 30
_HOLE = 12  # so many days ahead nobody is rostered at night: the page shows what a hole looks like


def people() -> list[Person]:
    """The 通讯录 of the demo."""
    named = (
        f"{_SURNAMES[n % len(_SURNAMES)]}{_GIVEN[(n * 7 + n // 20) % 10]}"
        for n in itertools.count()
    )
    leaders = [("yjj", "带班领导(轮值)")] * _LEADERS
    chiefs = [("yjj", "指挥中心值班长")] * _CHIEFS
    rest = [(unit, _POSTS[n % 3]) for n, unit in enumerate((*_UNITS, *_UNITS, "tjj", "swzfw"))]
    return [
        Person(person_id(unit, name), name, unit, post, f"138000{n:05d}", f"d{n}@example.cn")
        for n, ((unit, post), name) in enumerate(
            zip([*leaders, *chiefs, *rest], named, strict=False), 1
        )
    ]


def shifts(crew: Sequence[Person], today: date) -> Iterator[Shift]:
    """Two shifts a day, thirty days back and thirty ahead, with one hole."""
    leaders, chiefs = crew[:_LEADERS], crew[_LEADERS : _LEADERS + _CHIEFS]
    seats = crew[_LEADERS + _CHIEFS :]
    for n in range(-_DAYS, _DAYS):
        day = today + timedelta(days=n)
        for part, (start, hours) in enumerate(((8, 10), (18, 14))):
            if n == _HOLE and part:
                continue
            begins = datetime.combine(day, time(start), SHANGHAI).astimezone(UTC)
            turn = 2 * (n + _DAYS) + part
            yield Shift(
                begins,
                begins + timedelta(hours=hours),
                leaders[(n + _DAYS) % len(leaders)],
                chiefs[turn % len(chiefs)],
                tuple((seat, seats[(turn * 2 + k) % len(seats)]) for k, seat in enumerate(_SEATS)),
            )
