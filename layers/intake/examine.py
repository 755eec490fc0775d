"""A file read, placed and checked the way its person answered; or the question that is left.

The one way in for uploads and for `tonglan import`: no row is lost on it. What has no place or an
error nobody put right is set aside with its reason, and comes back when it is corrected.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.contracts import Choice, CrsDecision, Problem, Question
from layers.crs.decide import decide
from layers.crs.outline import Outline
from layers.crs.preview import line_of
from layers.crs.references import References
from layers.errors import BadCoordinates, Cancelled, NeedsAnswer
from layers.intake.answers import KEY_ROLE, Answers
from layers.intake.attributes import tidy
from layers.intake.key import key_column, key_question, keyed
from layers.intake.place import place
from layers.intake.secrecy import refuse_secrets
from layers.readers import Reading, ReadOptions, Upload, read
from layers.readers.tally import Tally

Read = Callable[[Upload, ReadOptions], Reading]
Progress = Callable[[str, int, int], None]
_STEPS = ("读取", "坐标", "检查", "整理", "编译")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file is measured against: the city's references, the layer's key, the day."""

    outline: Outline | None = None
    references: References | None = None
    key: str | None = None
    today: date = field(default_factory=lambda: datetime.now(ZoneInfo("Asia/Shanghai")).date())


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom to tell how far it got, and who may stop it."""

    progress: Progress = lambda step, done, of: None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def step(self, name: str) -> None:
        """Say that the step begins; raises Cancelled when nobody wants the rest."""
        if self.cancelled.is_set():
            raise Cancelled("已取消")
        self.progress(name, _STEPS.index(name), len(_STEPS))


@dataclass(frozen=True, slots=True)
class Examined:
    """Features in EPSG:4326 with plain attributes, and everything that was found about them.

    `left_out` holds the attributes of the rows that have no place, with `_row` and `_reason`.
    """

    reading: Reading
    crs: CrsDecision
    frame: gpd.GeoDataFrame
    rows: np.ndarray
    kind: str
    left_out: pd.DataFrame
    problems: tuple[Problem, ...]


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
        reading = read(upload, answers.options)
    except NeedsAnswer as asking:
        return Asked(asking.question or Question("encoding", str(asking)))
    refuse_secrets(upload.name, reading.frame)
    watch.step("坐标")
    decision = _decision(upload, reading, answers, around)
    if decision.decided is None:
        return Asked(_crs_question(upload, decision), reading, decision)
    placed = _placed(upload, reading, decision)
    if around.key is not None:
        said = answers.columns.get(KEY_ROLE)
        column = key_column(placed.frame.columns, around.key, said)
        if column is None:
            return Asked(key_question(placed.frame, around.key), reading, decision)
        frame, told = keyed(placed.frame, around.key, column)
        placed = replace(placed, frame=frame, problems=(*placed.problems, *told))
    watch.step("检查")
    return placed


def _decision(
    upload: Upload, reading: Reading, answers: Answers, around: Surroundings
) -> CrsDecision:
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
    return Question("crs", f"{upload.name}:坐标系需要您确认。{evidence}", options)


def _placed(upload: Upload, reading: Reading, decision: CrsDecision) -> Examined:
    tally = Tally()
    assert decision.decided is not None
    geometries = reading.frame.geometry.to_numpy()
    found = place(geometries, reading.rows, decision.decided, tally, upload.name, repair=False)
    frame = reading.frame.iloc[found.kept].set_geometry(found.geometries).reset_index(drop=True)
    gone = np.flatnonzero(found.reasons != "")
    return Examined(
        reading=reading,
        crs=decision,
        frame=tidy(frame).set_crs("EPSG:4326"),
        rows=reading.rows[found.kept],
        kind=found.kind,
        left_out=_left_out(reading, gone, found.reasons[gone]),
        problems=(*reading.problems, *tally.problems()),
    )


def _left_out(reading: Reading, gone: np.ndarray, reasons: np.ndarray) -> pd.DataFrame:
    """The rows without a place: those the reader set aside and those nothing could place."""
    plain = pd.DataFrame(reading.frame.drop(columns=reading.frame.geometry.name))
    placeless = plain.iloc[gone].assign(_row=reading.rows[gone], _reason=reasons)
    if reading.left_out is None:
        return placeless.reset_index(drop=True)
    if placeless.empty:
        return reading.left_out
    return pd.concat([reading.left_out, placeless], ignore_index=True)
