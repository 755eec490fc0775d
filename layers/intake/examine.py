"""A file read, placed, checked and put right the way its person answered; or the question left.

The one way in for uploads and for `tonglan import`: no row is lost on it. What has no place, or an
error nobody put right, is set aside with its reason and comes back when it is corrected.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.checks import (
    CheckReport,
    CheckRules,
    Fixed,
    Issue,
    Original,
    apply_fixes,
    check,
    quarantine,
)
from layers.contracts import Choice, CrsDecision, Problem, Question
from layers.crs.decide import decide
from layers.crs.preview import line_of
from layers.crs.transform import apply, to_lonlat
from layers.errors import BadCoordinates, Cancelled, NeedsAnswer
from layers.intake.answers import KEY_ROLE, Answers
from layers.intake.attributes import tidy
from layers.intake.key import SuggestedKey, key_column, key_question, keyed, suggest_key
from layers.intake.place import common_kind
from layers.intake.secrecy import refuse_secrets, refuse_secrets_in
from layers.intake.surroundings import Surroundings
from layers.readers import Reading, ReadOptions, Upload, read

Read = Callable[[Upload, ReadOptions], Reading]
Progress = Callable[[str, int, int], None]
ALL_FIXES = "all"
_STEPS = ("读取", "坐标", "检查", "修正", "编译")


def _nobody(step: str, done: int, of: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom to tell how far it got, and who may stop it."""

    progress: Progress = _nobody
    cancelled: threading.Event = field(default_factory=threading.Event)

    def step(self, name: str) -> None:
        """Say that the step begins; raises Cancelled when nobody wants the rest."""
        if self.cancelled.is_set():
            raise Cancelled("已取消")
        self.progress(name, _STEPS.index(name), len(_STEPS))


@dataclass(frozen=True, slots=True)
class Examined:
    """Features in EPSG:4326 with plain attributes, and everything that was found about them.

    `found` is what the file has, `left` what is left of it after the chosen fixes; `held` marks
    the features that stay out of the version because of that. `left_out` holds the attributes of
    the rows the reader found no place for, with `_row` and `_reason`. Without a `key` there may be
    a `suggested_key`.
    """

    reading: Reading
    crs: CrsDecision
    frame: gpd.GeoDataFrame
    rows: np.ndarray
    kind: str
    found: CheckReport
    left: CheckReport
    fixed: Fixed
    held: np.ndarray
    left_out: pd.DataFrame
    problems: tuple[Problem, ...]
    question: Question | None = None
    key: str | None = None
    suggested_key: SuggestedKey | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands in the way, and how far the reading got."""

    question: Question
    reading: Reading | None = None
    crs: CrsDecision | None = None


def examine(
    upload: Upload,
    answers: Answers,
    around: Surroundings,
    *,
    read: Read = read,
    watch: Watch | None = None,
) -> Examined | Asked:
    """What the file holds; raises UnreadableFile, BadCoordinates and UnknownCRS for bad ones."""
    watch = watch or Watch()
    watch.step("读取")
    refuse_secrets(upload.name)
    try:
        reading = read(upload, replace(answers.options, gazetteer=around.gazetteer))
    except NeedsAnswer as asking:
        return Asked(asking.question or Question("encoding", str(asking)))
    refuse_secrets_in(upload, reading)
    watch.step("坐标")
    decision = decided(upload, reading, answers, around)
    if decision.decided is None:
        return Asked(_crs_question(upload, decision), reading, decision)
    frame = _placed(reading, decision.decided)
    problems = list(reading.problems)
    if around.key is not None:
        column = key_column(frame.columns, around.key, answers.columns.get(KEY_ROLE))
        if column is None:
            return Asked(key_question(frame, around.key), reading, decision)
        frame, told = keyed(frame, around.key, column)
        problems.extend(told)
    return _checked(reading, decision, frame, tuple(problems), answers, around, watch)


def decided(
    upload: Upload, reading: Reading, answers: Answers, around: Surroundings
) -> CrsDecision:
    """The decision about the file's coordinates."""
    try:
        return decide(
            reading.frame.geometry.to_numpy(),
            wanted=answers.crs,
            declared=reading.declared,
            outline=around.outline,
            references=around.references,
            parameters=answers.parameters,
        )
    except BadCoordinates as wrong:
        raise BadCoordinates(f"{upload.name}:{wrong}") from wrong


def _crs_question(upload: Upload, decision: CrsDecision) -> Question:
    options = tuple(
        Choice(str(one["crs"]), str(one["title"]), line_of(one)) for one in decision.candidates
    )
    evidence = ";".join(decision.evidence)
    return Question("crs", f"{upload.name}:坐标系需要确认。{evidence}", options)


def _placed(reading: Reading, crs: str) -> gpd.GeoDataFrame:
    """All features where `crs` puts them, also those that it puts nowhere: the checks say so."""
    with np.errstate(all="ignore"):  # what a projection cannot place comes out infinite
        moved = apply(to_lonlat(crs), reading.frame.geometry.to_numpy())
    frame = tidy(reading.frame.set_geometry(moved))
    return frame.set_crs("EPSG:4326", allow_override=True).reset_index(drop=True)


def _checked(
    reading: Reading,
    decision: CrsDecision,
    frame: gpd.GeoDataFrame,
    problems: tuple[Problem, ...],
    answers: Answers,
    around: Surroundings,
    watch: Watch,
) -> Examined:
    watch.step("检查")
    rules = CheckRules(
        key=around.key,
        outline=around.outline,
        codes=around.codes,
        previous=around.previous,
        today=around.today,
        original=Original(reading.frame.geometry.to_numpy(), decision.decided or ""),
        classification=around.classification,
    )
    found = check(frame, reading.rows, rules=rules)
    watch.step("修正")
    chosen = _chosen(answers.fixes, found.issues)
    fixed = apply_fixes(frame, reading.rows, found.issues, chosen)
    left = check(fixed.frame, fixed.rows, rules=rules) if chosen else found
    question = None
    if left.schema is not None and not left.schema.compatible and not answers.accept_schema:
        question = _schema_question(left.schema.words)
    return Examined(
        reading=reading,
        crs=decision,
        frame=fixed.frame,
        rows=fixed.rows,
        kind=common_kind(fixed.frame.geometry.to_numpy()),
        found=found,
        left=left,
        fixed=fixed,
        held=quarantine(fixed.rows, left.issues),
        left_out=_nothing() if reading.left_out is None else reading.left_out,
        problems=problems,
        question=question,
        key=around.key,
        suggested_key=None if around.key else suggest_key(frame),
    )


def _chosen(wanted: Collection[str], issues: Sequence[Issue]) -> set[str]:
    fixable = {one.id for one in issues if one.fix is not None}
    return fixable if ALL_FIXES in wanted else fixable & set(wanted)


def _schema_question(words: Sequence[str]) -> Question:
    text = (
        f"与上一版相比{';'.join(words)}。使用旧字段的样式、筛选和关联会失效;"
        "确认无误请接受,否则请改正文件后重新上传"
    )
    return Question("schema", text, (Choice("accept", "接受这些变化"),))


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"_row": pd.Series(dtype="int64"), "_reason": pd.Series(dtype="string")})
