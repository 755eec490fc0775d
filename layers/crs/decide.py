"""Which coordinate system a file is in: as told, as proven, or as a question.

A label of EPSG:4326 or 4490 proves nothing: GCJ-02 and displaced data carry it too. What proves
something: a projected system whose numbers fit it, and shapes that lie on the trusted outline.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.contracts import CrsDecision
from layers.crs import evidence as proof
from layers.crs import names
from layers.crs.evidence import Fit
from layers.crs.names import BD09, GCJ02, shown
from layers.crs.outline import Outline
from layers.errors import BadCoordinates

_LONLAT = "EPSG:4326"
_ON_LINES = 0.25  # share of vertices on county borders from which shapes prove something
_CLEARER = 2.5  # times as many as under the next system
_INSIDE = 0.5
_DISPLACED_M = 250.0
_NO_OUTLINE = "没有可信界线,无法用位置核对(可用 tonglan reference set outline 设定)"


def decide(
    geometries: np.ndarray, *, wanted: str, declared: str | None, outline: Outline | None
) -> CrsDecision:
    """The decision, with evidence; `decided` is None when a person must answer.

    Raises UnknownCRS for a system nobody knows and BadCoordinates for numbers no system explains.
    """
    stated = names.declared(declared)
    told = None if wanted.strip().lower() == "auto" else names.named(wanted)
    pairs = proof.sample(geometries)
    if not len(pairs):
        raise BadCoordinates("坐标全是 NaN 或无穷大,没有一个可用;请检查导出的坐标字段")
    if told is not None:
        return _as_told(told, stated, pairs, outline)
    label = f"文件声明的坐标系:{shown(stated)}" if stated else "文件没有声明可用的坐标系"
    if proof.looks_like_degrees(pairs):
        return _degrees(stated, pairs, outline, label)
    if proof.looks_like_metres(pairs):
        return _metres(stated, pairs, outline, label)
    raise BadCoordinates(
        f"坐标(如 {_first(pairs)})在地球之外:既不是经纬度,也不是投影坐标;请检查坐标字段"
    )


def _as_told(
    told: str, stated: str | None, pairs: np.ndarray, outline: Outline | None
) -> CrsDecision:
    degrees = proof.looks_like_degrees(pairs)
    if names.is_projected(told) and degrees:
        raise BadCoordinates(
            f"指定了 {shown(told)},坐标(如 {_first(pairs)})却像经纬度;"
            "请改用 --crs EPSG:4490、gcj02 或 bd09"
        )
    if not names.is_projected(told) and not degrees:
        raise BadCoordinates(
            f"指定了 {shown(told)},坐标(如 {_first(pairs)})却在地球之外;{_instead(pairs)}"
        )
    notes = [f"由导入者指定为 {shown(told)}", *_cautions(told)]
    confidence = 1.0
    if outline is None:
        return CrsDecision(told, stated, confidence, (), (*notes, _NO_OUTLINE))
    others = [] if names.is_projected(told) else [_LONLAT, GCJ02, BD09]
    fits = [proof.fit(one, pairs, outline) for one in dict.fromkeys([told, *others])]
    notes.append(_inside_words(fits[0]))
    proven = _proven(fits)
    if proven is not None and proven.crs != told and not _both_lonlat(proven.crs, told):
        notes.append(f"注意:与可信界线比对,更像 {shown(proven.crs)}")
        confidence = 0.5
    return CrsDecision(told, stated, confidence, _candidates(fits), tuple(notes))


def _degrees(
    stated: str | None, pairs: np.ndarray, outline: Outline | None, label: str
) -> CrsDecision:
    notes = [label, "坐标是经纬度(度)"]
    if stated and names.is_projected(stated):
        notes.append("声明的是投影坐标系,与坐标不符")
    if stated in {GCJ02, BD09}:
        fitting = proof.fit(stated, pairs, outline)
        notes.append(_NO_OUTLINE if outline is None else _inside_words(fitting))
        return CrsDecision(stated, stated, 0.8, _candidates([fitting]), tuple(notes))
    fits = [proof.fit(one, pairs, outline) for one in (_LONLAT, GCJ02, BD09)]
    if outline is None:
        notes.append(_NO_OUTLINE)
        return CrsDecision(None, stated, None, _candidates(fits), tuple(notes))
    notes.extend(_fit_words(one) for one in fits)
    proven = _proven(fits)
    if proven is not None:
        notes.append(f"形状与可信界线吻合:{shown(proven.crs)}")
        return CrsDecision(proven.crs, stated, 0.95, _candidates(fits), tuple(notes))
    notes.append(_displacement(pairs, outline))
    return CrsDecision(None, stated, None, _candidates(fits), tuple(notes))


def _metres(
    stated: str | None, pairs: np.ndarray, outline: Outline | None, label: str
) -> CrsDecision:
    notes = [label, f"坐标是米(如 {_first(pairs)})"]
    if stated and names.is_projected(stated) and proof.fits_area(stated, pairs):
        fitting = proof.fit(stated, pairs, outline)
        notes.extend(["坐标落在声明的坐标系的适用范围内", *_cautions(stated)])
        if fitting.inside is None:
            notes.append(_NO_OUTLINE)
            return CrsDecision(stated, stated, 0.9, _candidates([fitting]), tuple(notes))
        notes.append(_inside_words(fitting))
        sure = stated if fitting.inside > _INSIDE else None
        confidence = 0.98 if sure else None
        return CrsDecision(sure, stated, confidence, _candidates([fitting]), tuple(notes))
    if stated:
        notes.append("声明的坐标系与坐标数值不符")
    systems, reason = proof.metre_candidates(pairs)
    notes.append(reason)
    fits = [proof.fit(one, pairs, outline) for one in systems]
    if outline is None:
        notes.append(_NO_OUTLINE)
        return CrsDecision(None, stated, None, _candidates(fits[:4]), tuple(notes))
    inside = [one for one in fits if one.inside is not None and one.inside > _INSIDE]
    if len(inside) != 1:
        notes.append("没有唯一能使位置落入可信界线的坐标系")
        return CrsDecision(None, stated, None, _candidates(inside or fits[:4]), tuple(notes))
    notes.extend([_inside_words(inside[0]), "基准面按 CGCS2000;若为西安80或北京54请用 --crs 指明"])
    return CrsDecision(inside[0].crs, stated, 0.85, _candidates(inside), tuple(notes))


def _proven(fits: Sequence[Fit]) -> Fit | None:
    """The one system under which the shapes lie on the outline, clearly better than any other."""
    ranked = sorted(fits, key=lambda one: one.near or 0.0, reverse=True)
    best = ranked[0].near or 0.0
    second = (ranked[1].near or 0.0) if len(ranked) > 1 else 0.0
    return ranked[0] if best >= _ON_LINES and best >= _CLEARER * second else None


def _displacement(pairs: np.ndarray, outline: Outline) -> str:
    shift = outline.best_shift(pairs)
    if shift is None or shift.near < _ON_LINES or shift.metres < _DISPLACED_M:
        return "这些坐标系在位置上分不出来,需要向数据提供方核实"
    return (
        f"形状与可信界线相同,但整体偏移约 {shift.metres / 1000:.1f} 公里"
        f"(向东 {shift.east:.0f} 米,向北 {shift.north:.0f} 米),不是已知坐标系,需要核实来源"
    )


def _candidates(fits: Sequence[Fit]) -> tuple[dict[str, object], ...]:
    return tuple(
        {"crs": one.crs, "title": shown(one.crs), "inside": one.inside, "near": one.near}
        for one in fits
    )


def _cautions(crs: str) -> list[str]:
    found = proof.caution(crs)
    return [found] if found else []


def _inside_words(fitting: Fit) -> str:
    return f"{(fitting.inside or 0.0):.0%} 的位置在可信界线内"


def _fit_words(fitting: Fit) -> str:
    return (
        f"按 {shown(fitting.crs)}:{(fitting.inside or 0.0):.0%} 在可信界线内,"
        f"{(fitting.near or 0.0):.0%} 贴合界线"
    )


def _instead(pairs: np.ndarray) -> str:
    if not proof.looks_like_metres(pairs):
        return "请检查坐标字段"
    systems, reason = proof.metre_candidates(pairs)
    return f"{reason};可试 --crs {systems[0]}" if len(systems) < 3 else f"{reason};请用 --crs 指明"


def _both_lonlat(one: str, other: str) -> bool:
    return one in names.LONLAT and other in names.LONLAT


def _first(pairs: np.ndarray) -> str:
    return f"{pairs[0][0]:.10g}, {pairs[0][1]:.10g}"
