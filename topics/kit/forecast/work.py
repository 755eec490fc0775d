"""One series forecast: the better of two models by back-test, and how unusual its values are."""

from __future__ import annotations

import numpy as np

from topics.kit.forecast.anomaly import robust_scores
from topics.kit.forecast.backtest import Ahead, Score, back_test, origins
from topics.kit.forecast.history import Floats
from topics.kit.forecast.models import LibraryModel, models_for
from topics.kit.forecast.task import Result, Task

_NO_MODEL = "没有模型算得出这条序列"
_NOT_BETTER = "回测误差不小于季节朴素法,不展示"


def work(task: Task) -> Result:
    """The result of a task; a series that no model copes with has a reason instead of points."""
    values = np.array(task.values, dtype=np.float64)
    known = np.array(task.known, dtype=bool)
    scores = np.stack(robust_scores(values, task.cadence.season), axis=1).tolist()
    models = models_for(task.cadence.season, origins(len(values), task.cadence)[0])
    found = back_test(models, values, known, task.cadence)
    # The second-best is tried where the best fails on the whole of the values.
    for model in sorted((m for m in models if m.name in found), key=lambda m: found[m.name].mase):
        ahead = _final(model, values, task)
        if ahead is not None:
            return _result(task, model.name, found[model.name], ahead, scores)
    return Result(task.number, "", _NO_MODEL, None, None, None, None, [], scores)


def _final(model: LibraryModel, values: Floats, task: Task) -> Ahead | None:
    try:
        ahead = model.final(values, task.cadence.horizon)
    except Exception:  # noqa: BLE001 a model that cannot cope with a series is simply not chosen
        return None
    return ahead if ahead.finite() else None


def _result(task: Task, name: str, score: Score, ahead: Ahead, scores: list[list[float]]) -> Result:
    columns = [ahead.mean, *ahead.bands[80], *ahead.bands[95]]
    table = np.stack([np.maximum(one, 0.0) if task.floor else one for one in columns], axis=1)
    return Result(
        task.number,
        name,
        "" if score.mase < score.naive_mase else _NOT_BETTER,
        score.mase,
        score.naive_mase,
        score.coverage[80],
        score.coverage[95],
        table.tolist(),
        scores,
    )
