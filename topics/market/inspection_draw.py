"""双随机: a draw of objects and inspectors that anybody can repeat and nobody can steer.

Who is drawn follows from SHA-256 of the task, the recorded seed and the object's code alone, so a
draw is replayed with pencil, paper and a hash tool; the frame's digest shows that no object was
added or left out afterwards and no share changed. Rules: general practice of 双随机一公开
(unverified, so the shares by class are the caller's).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

from topics.kit.errors import TopicError

CLASSES = ("A", "B", "C", "D")  # credit risk, low to high


class BadDraw(TopicError):
    """The draw cannot be held as asked; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object of the register (检查对象名录库); `district` and `risk` place it in a stratum."""

    code: str
    district: str
    risk: str


@dataclass(frozen=True, slots=True)
class Inspector:
    """One person of the register (执法人员名录库) and the objects to keep away from (回避)."""

    code: str
    avoids: AbstractSet[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn object with its inspectors, in drawn order."""

    object: Object
    inspectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """The result with all that is needed to repeat and to check it."""

    task: str
    seed: str
    frame_digest: str
    drawn: tuple[Drawn, ...]


def draw(
    task: str,
    seed: str,
    objects: Sequence[Object],
    inspectors: Sequence[Inspector],
    shares: Mapping[str, float],
    *,
    team: int = 2,
) -> Draw:
    """Draw ⌈N·share⌉ objects of every district and class, and `team` inspectors for each.

    Without replacement; inspectors with the fewest objects so far come first, then by the hash, so
    that work is spread evenly. The order of the input does not matter. Raises BadDraw.
    """
    _check(task, seed, objects, inspectors, shares, team)
    chosen = [
        one
        for stratum in _strata(objects)
        for one in _first(stratum, task, seed, shares[stratum[0].risk])
    ]
    load = dict.fromkeys((one.code for one in inspectors), 0)
    drawn = []
    for one in chosen:
        people = _team(one, inspectors, load, task, seed, team)
        for code in people:
            load[code] += 1
        drawn.append(Drawn(one, people))
    digest = frame_digest(objects, inspectors, shares, team)
    return Draw(task, seed, digest, tuple(drawn))


def frame_digest(
    objects: Iterable[Object],
    inspectors: Iterable[Inspector],
    shares: Mapping[str, float],
    team: int,
) -> str:
    """SHA-256 over all that decides who is drawn besides task and seed, whatever the order."""
    lines = [f"object\t{one.code}\t{one.district}\t{one.risk}" for one in objects]
    lines += [f"inspector\t{one.code}\t{','.join(sorted(one.avoids))}" for one in inspectors]
    lines += [f"share\t{risk}\t{share!r}" for risk, share in shares.items()]
    lines.append(f"team\t{team}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def rising_shares(drawn: Mapping[str, float]) -> bool:
    """Whether higher risk was inspected at least as often: A ≤ B ≤ C ≤ D (差异化抽查)."""
    known = [drawn[one] for one in CLASSES if one in drawn]
    return all(lower <= higher for lower, higher in pairwise(known))


def _check(
    task: str,
    seed: str,
    objects: Sequence[Object],
    inspectors: Sequence[Inspector],
    shares: Mapping[str, float],
    team: int,
) -> None:
    if not task or not seed:
        raise BadDraw("任务编号和随机种子都要写;种子随任务一起公开,便于复核")
    if team < 2:
        raise BadDraw("每个检查对象至少两名执法人员")
    for kind, codes in (
        ("检查对象", [one.code for one in objects]),
        ("执法人员", [one.code for one in inspectors]),
    ):
        twice = sorted({one for one in codes if codes.count(one) > 1}) if _any_twice(codes) else []
        if twice:
            raise BadDraw(f"{kind}名录里 {twice[0]} 出现了两次;请先去重")
    for one in objects:
        if one.risk not in shares:
            raise BadDraw(f"没有给出 {one.risk} 类对象的抽查比例;请补上")
    for risk, share in shares.items():
        if not 0 <= share <= 1:
            raise BadDraw(f"{risk} 类的抽查比例 {share} 不在 0–1 之间;5% 写成 0.05")


def _any_twice(codes: Sequence[str]) -> bool:
    return len(set(codes)) < len(codes)


def _strata(objects: Iterable[Object]) -> list[list[Object]]:
    found: dict[tuple[str, str], list[Object]] = {}
    for one in objects:
        found.setdefault((one.district, one.risk), []).append(one)
    return [found[key] for key in sorted(found)]


def _first(stratum: list[Object], task: str, seed: str, share: float) -> list[Object]:
    # 0.07 × 100 is 7.000000000000001: a float's dust must not draw an eighth.
    count = math.ceil(len(stratum) * share - 1e-9)
    return sorted(stratum, key=lambda one: _lot(task, seed, "object", one.code))[:count]


def _team(
    one: Object,
    inspectors: Sequence[Inspector],
    load: Mapping[str, int],
    task: str,
    seed: str,
    team: int,
) -> tuple[str, ...]:
    able = [each for each in inspectors if one.code not in each.avoids]
    if len(able) < team:
        raise BadDraw(
            f"{one.code} 可派的执法人员只有 {len(able)} 名(其余须回避),不足 {team} 名;请补充名录"
        )
    able.sort(key=lambda each: (load[each.code], _lot(task, seed, one.code, each.code)))
    return tuple(each.code for each in able[:team])


def _lot(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()
