"""The formulas of 考核 as data: what is counted over what, when, how it is graded and weighed.

SOURCE of the names: the evaluation tables of GB/T 30428.4 / CJ/T 292 as seen second-hand; weights,
windows and grades are a city's own and stand in data/reference/evaluation_formulas.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.evaluation.quantities import PARTS, WINDOWS
from topics.kit.reference_rows import read_rows

GROUPS = ("region", "unit", "post")
POSTS = ("上报", "受理", "派遣", "处置", "核查")
GRADES = ("优", "良", "中", "差")
SCORE = "score"
_COLUMNS = (
    "key", "title", "scope", "post", "by", "window", "numerator", "denominator", "parameter",
    "better", "weight", "best", "good", "fair", "formula", "note", "source", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formula:
    """One indicator: of the cases in `window`, `numerator` over `denominator`, in hundredths.

    `best`, `good` and `fair` are the limits of 优, 良 and 中: at least, or at most where `lower` is
    better. `by` are the groups it is shown for, `post` the one it judges; the score itself has no
    window.
    """

    key: str
    title: str
    scope: str
    post: str
    by: frozenset[str]
    window: str
    numerator: str
    denominator: str
    parameter: int
    lower: bool
    weight: float
    limits: tuple[float, float, float]
    formula: str
    note: str
    source: str
    status: str

    @property
    def verified(self) -> bool:
        """Whether the row is not marked unverified."""
        return "unverified" not in self.status and "未核实" not in self.status

    def grade(self, value: float) -> str:
        """优, 良, 中 or 差."""
        sign = -1 if self.lower else 1
        for grade, limit in zip(GRADES, self.limits, strict=False):
            if sign * value >= sign * limit:
                return grade
        return GRADES[-1]


@dataclass(frozen=True, slots=True)
class Rules:
    """All formulas in their order, and what each source of reports counts as."""

    formulas: tuple[Formula, ...]
    sources: Mapping[str, str]

    @property
    def score(self) -> Formula:
        """The row of the score: its title, formula and grades."""
        return next(one for one in self.formulas if one.key == SCORE)

    def rates(self, by: str) -> tuple[Formula, ...]:
        """The indicators shown for a group, without the score."""
        return tuple(one for one in self.formulas if by in one.by and one.key != SCORE)

    def find(self, key: str) -> Formula | None:
        """The formula with that key."""
        return next((one for one in self.formulas if one.key == key), None)


def load_rules(formulas: Path, sources: Path) -> Rules:
    """The rules of the two tables; BadManifest names file, row and fix."""
    found = tuple(
        _formula(f"{formulas.name} 第 {number} 行", row)
        for number, row in enumerate(read_rows(formulas, _COLUMNS), 2)
    )
    keys = [one.key for one in found]
    double = [one for one in keys if keys.count(one) > 1]
    if double or SCORE not in keys:
        raise BadManifest(f"{formulas.name}:每个 key 一行,并要有一行 score;重复的:{double}")
    counted = {
        row["origin"]: row["counts_as"]
        for row in read_rows(sources, ("origin", "counts_as", "source", "status"))
    }
    return Rules(found, counted)


def _formula(where: str, row: dict[str, str]) -> Formula:
    by = frozenset(row["by"].split(";"))
    if not by <= set(GROUPS):
        raise BadManifest(f"{where} by:写 {'、'.join(GROUPS)},以分号隔开")
    if row["post"] not in ("", *POSTS):
        raise BadManifest(f"{where} post:写 {'、'.join(POSTS)} 之一或不写")
    if row["better"] not in ("higher", "lower"):
        raise BadManifest(f"{where} better:写 higher 或 lower")
    if row["key"] != SCORE:
        _known(where, "window", row["window"], WINDOWS)
        _known(where, "numerator", row["numerator"], PARTS)
        _known(where, "denominator", row["denominator"], PARTS)
    try:
        weight = float(row["weight"])
        limits = (float(row["best"]), float(row["good"]), float(row["fair"]))
        parameter = int(row["parameter"] or 0)
    except ValueError as wrong:
        raise BadManifest(f"{where}:weight、best、good、fair、parameter 应是数({wrong})") from wrong
    lower = row["better"] == "lower"
    if weight < 0 or list(limits) != sorted(limits, reverse=not lower):
        raise BadManifest(f"{where}:weight 不为负,best、good、fair 从好到差排列")
    return Formula(
        row["key"], row["title"], row["scope"], row["post"], by, row["window"], row["numerator"],
        row["denominator"], parameter, lower, weight, limits, row["formula"], row["note"],
        row["source"], row["status"],
    )  # fmt: skip


def _known(where: str, column: str, name: str, known: Mapping[str, object]) -> None:
    if name not in known:
        raise BadManifest(f"{where} {column}:{name!r} 不认识;可用:{'、'.join(known)}")
