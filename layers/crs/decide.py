"""Which coordinate system a file is in: as told, as proven, or as a question.

A label of EPSG:4326 or 4490 proves nothing: GCJ-02 and displaced data carry it too. What proves
something: a projected system whose numbers fit it, shapes that lie on the trusted outline, and
positions that follow the trusted rivers or roads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.contracts import CrsDecision
from layers.crs import evidence as proof
from layers.crs import names
from layers.crs.candidates import candidates
from layers.crs.fit import Fit, Ground
from layers.crs.names import LONLAT, shown
from layers.crs.outline import Outline, Shift
from layers.crs.references import References
from layers.crs.seven import Given
from layers.crs.system import BD09, GCJ02, System, split
from layers.errors import BadCoordinates, UnknownCRS

_LONLAT = "EPSG:4326"
_DISPLACED_M = 250.0
_RESIDUAL_M = 80.0
_NO_OUTLINE = "没有可信界线,无法用位置核对(可用 tonglan reference set outline 设定)"


def decide(
    geometries: np.ndarray,
    *,
    wanted: str,
    declared: str | None,
    outline: Outline | None,
    references: References | None = None,
    parameters: Given | None = None,
) -> CrsDecision:
    """The decision, with evidence; `decided` is None when a person must answer.

    `decided` is a full name (see layers.crs.system): with it alone the coordinates can be brought
    to the earth again. Raises UnknownCRS for a system or parameters nobody can use and
    BadCoordinates for numbers no system explains.
    """
    stated = names.declared(declared)
    told = None if wanted.strip().lower() == "auto" else names.named(wanted)
    if parameters:
        told = _with_parameters(told or stated, parameters)
    ground = Ground.of(geometries, outline, references)
    if not len(ground.vertices):
        raise BadCoordinates("坐标全是 NaN 或无穷大,没有一个可用;请检查导出的坐标字段")
    if told is not None:
        return _as_told(told, stated, ground)
    label = f"文件声明的坐标系:{shown(stated)}" if stated else "文件没有声明可用的坐标系"
    if proof.looks_like_degrees(ground.vertices):
        return _degrees(stated, ground, label)
    if proof.looks_like_metres(ground.vertices):
        return _metres(stated, ground, label)
    raise BadCoordinates(
        f"坐标(如 {_first(ground)})在地球之外:既不是经纬度,也不是投影坐标;请检查坐标字段"
    )


def _with_parameters(base: str | None, parameters: Given) -> str:
    if base is None:
        raise UnknownCRS("给了七参数,却不知道它们属于哪个坐标系;请同时指明,如 --crs EPSG:2383")
    return names.with_parameters(base, parameters)


def _as_told(told: str, stated: str | None, ground: Ground) -> CrsDecision:
    degrees = proof.looks_like_degrees(ground.vertices)
    if names.is_projected(told) and degrees:
        raise BadCoordinates(
            f"指定了 {shown(told)},坐标(如 {_first(ground)})却像经纬度;"
            "请改用 --crs EPSG:4490、gcj02 或 bd09"
        )
    if not names.is_projected(told) and not degrees:
        raise BadCoordinates(
            f"指定了 {shown(told)},坐标(如 {_first(ground)})却在地球之外;{_instead(ground)}"
        )
    notes = [f"由导入者指定为 {shown(told)}"]
    turned = (
        proof.latitude_first(ground.vertices) if degrees else proof.north_first(ground.vertices)
    )
    system = split(told)
    if turned and not system.swapped:
        told = System(system.base, system.offset, True, system.seven).name
        notes.append(f"坐标(如 {_first(ground)})是北(纬度)在前,已对调")
    notes.extend(_cautions(told))
    confidence = 1.0
    if ground.outline is None:
        return CrsDecision(told, stated, confidence, (), (*notes, _NO_OUTLINE))
    others = [] if names.is_projected(told) else _lonlat_systems(None, turned=turned)
    fits = [ground.fit(one) for one in dict.fromkeys([told, *others])]
    notes.append(_inside_words(fits[0]))
    best, _ = ground.proven(fits) if others else (None, "")
    if best is not None and best.crs != told and not _both_lonlat(best.crs, told):
        notes.append(f"注意:与可信界线比对,更像 {shown(best.crs)}")
        confidence = 0.5
    found = candidates(fits, fits[0].crs, ground.shift(told))
    return CrsDecision(told, stated, confidence, found, tuple(notes))


def _degrees(stated: str | None, ground: Ground, label: str) -> CrsDecision:
    notes = [label]
    turned = proof.latitude_first(ground.vertices)
    order = f"纬度在前(如 {_first(ground)}),按对调读取" if turned else "经度在前"
    notes.append(f"坐标是经纬度(度),{order}")
    if stated and names.is_projected(stated):
        notes.append("声明的是投影坐标系,与坐标不符")
    fits = [ground.fit(one) for one in _lonlat_systems(stated, turned=turned)]
    if ground.outline is None:
        notes.append(_NO_OUTLINE)
        sure = stated if stated in {GCJ02, BD09} and not turned else None
        confidence = 0.8 if sure else None
        return CrsDecision(sure, stated, confidence, candidates(fits, sure, None), tuple(notes))
    notes.extend(_fit_words(one) for one in fits)
    best, words = ground.proven(fits)
    notes.append(words)
    if best is None and stated in {GCJ02, BD09} and fits[0].at_home:
        notes.append(f"按文件声明采用 {shown(stated)}")
        return CrsDecision(
            fits[0].crs, stated, 0.8, candidates(fits, fits[0].crs, None), tuple(notes)
        )
    if best is not None and stated in {GCJ02, BD09} and split(best.crs).base != stated:
        notes.append(f"文件声明 {shown(stated)},位置却证明是 {shown(best.crs)};请核实后指明")
        return CrsDecision(None, stated, None, candidates(fits, None, None), tuple(notes))
    shift = ground.shift(best.crs if best else fits[0].crs)
    notes.extend(_shift_words(shift, decided=best is not None))
    notes.extend(_cautions(best.crs) if best else [])
    sure = best.crs if best else None
    confidence = 0.95 if best else None
    lead = best.crs if best else fits[0].crs
    return CrsDecision(
        sure, stated, confidence, candidates(fits, sure, shift, shift_of=lead), tuple(notes)
    )


def _metres(stated: str | None, ground: Ground, label: str) -> CrsDecision:
    turned = proof.north_first(ground.vertices)
    notes = [label, f"坐标是米(如 {_first(ground)})"]
    if turned:
        notes.append("北坐标(X)在前、东坐标(Y)在后,按对调读取")
    if stated and names.is_projected(stated):
        system = _turned(stated, turned=turned)
        if proof.fits_area(system, ground.vertices):
            notes.extend(["坐标落在声明的坐标系的适用范围内", *_cautions(stated)])
            return _settled(ground, [system], stated, notes, confidence=0.98)
    if stated:
        notes.append("声明的坐标系与坐标数值不符")
    straight = ground.vertices[:, ::-1] if turned else ground.vertices
    systems, reason = proof.metre_candidates(straight)
    notes.append(reason)
    systems = [_turned(one, turned=turned) for one in systems]
    return _settled(ground, systems, stated, notes, confidence=0.85)


def _settled(
    ground: Ground, systems: list[str], stated: str | None, notes: list[str], *, confidence: float
) -> CrsDecision:
    """The one metric system whose positions lie in the city, unless they are displaced there."""
    fits = [ground.fit(one) for one in systems]
    declared = confidence > 0.9
    if ground.outline is None:
        notes.append(_NO_OUTLINE)
        sure = systems[0] if declared else None
        found = candidates(fits[:4], sure, None)
        return CrsDecision(sure, stated, 0.9 if declared else None, found, tuple(notes))
    inside = _different([one for one in fits if one.at_home])
    if len(inside) != 1:
        notes.append("没有唯一能使位置落入可信界线的坐标系")
        found = candidates(inside or fits[:4], None, None)
        return CrsDecision(None, stated, None, found, tuple(notes))
    best = inside[0]
    made = [ground.fit(one) for one in _other_makes(best.crs)]
    shown_fits = [best, *made]
    notes.append(_inside_words(best))
    shift = ground.shift(best.crs)
    displaced = shift is not None and shift.metres >= _DISPLACED_M
    offset = [best, *[one for one in made if split(one.crs).offset]]
    proven, words = ground.proven(offset)
    if displaced or (proven is not None and proven.crs != best.crs):
        notes.extend(_shift_words(shift, decided=False))
        notes.extend([words] if proven is not None else [])
        found = candidates(shown_fits, None, shift, shift_of=best.crs)
        return CrsDecision(None, stated, None, found, tuple(notes))
    if not declared:
        notes.append("基准面按 CGCS2000;若为西安80或北京54请用 --crs 指明,最好给出七参数")
    notes.extend([words] if proven is not None else [])
    notes.extend(_shift_words(shift, decided=True))
    found = candidates(shown_fits, best.crs, shift)
    return CrsDecision(best.crs, stated, confidence, found, tuple(notes))


def _lonlat_systems(stated: str | None, *, turned: bool) -> list[str]:
    """What degrees can be: the label's own system if it is another, WGS-84, GCJ-02, BD-09."""
    own = stated is not None and stated not in LONLAT and not names.is_projected(stated)
    if own and stated in {GCJ02, BD09}:
        systems = [stated, *[one for one in (_LONLAT, GCJ02, BD09) if one != stated]]
    else:
        systems = [stated if own and stated else _LONLAT, GCJ02, BD09]
    return [_turned(one, turned=turned) for one in systems if one]


def _turned(crs: str, *, turned: bool) -> str:
    system = split(crs)
    return System(system.base, system.offset, True, system.seven).name if turned else crs


def _other_makes(crs: str) -> list[str]:
    system = split(crs)
    return [_turned(one, turned=system.swapped) for one in proof.other_makes(system.base)]


def _different(fits: Sequence[Fit]) -> list[Fit]:
    """Without systems that are another's twin: 3° and 6° zones share every second meridian."""
    kept: list[Fit] = []
    for one in fits:
        if not any(np.allclose(one.middle, other.middle, rtol=0, atol=1e-9) for other in kept):
            kept.append(one)
    return kept


def _shift_words(shift: Shift | None, *, decided: bool) -> list[str]:
    if shift is None:
        return []
    way = f"(向东 {shift.east:.0f} 米,向北 {shift.north:.0f} 米)"
    if not decided and shift.metres >= _DISPLACED_M:
        far = shift.metres
        size = f"{far / 1000:.1f} 公里" if far >= 1000 else f"{far:.0f} 米"
        return [f"形状与可信界线相同,但整体偏移约 {size}{way},不是已知坐标系,需要核实来源"]
    if decided and shift.metres >= _RESIDUAL_M:
        return [
            f"与可信界线仍有约 {shift.metres:.0f} 米的整体偏移{way};"
            "若资料来自西安80或北京54,请指明并给出七参数"
        ]
    return []


def _cautions(crs: str) -> list[str]:
    found = proof.caution(crs)
    return [found] if found else []


def _inside_words(fitting: Fit) -> str:
    return f"{fitting.count:,} / {fitting.total:,} 个要素在可信界线内({fitting.inside or 0.0:.0%})"


def _fit_words(fitting: Fit) -> str:
    words = (
        f"按 {shown(fitting.crs)}:{fitting.inside or 0.0:.0%} 在可信界线内,"
        f"{fitting.near or 0.0:.0%} 贴合界线"
    )
    words += f",距基准河流中位 {fitting.river_m:,.0f} 米" if fitting.river_m is not None else ""
    return words + (
        f",距基准道路中位 {fitting.road_m:,.0f} 米" if fitting.road_m is not None else ""
    )


def _instead(ground: Ground) -> str:
    if not proof.looks_like_metres(ground.vertices):
        return "请检查坐标字段"
    turned = proof.north_first(ground.vertices)
    systems, reason = proof.metre_candidates(
        ground.vertices[:, ::-1] if turned else ground.vertices
    )
    return f"{reason};可试 --crs {systems[0]}" if len(systems) < 3 else f"{reason};请用 --crs 指明"


def _both_lonlat(one: str, other: str) -> bool:
    return split(one).base in LONLAT and split(other).base in LONLAT


def _first(ground: Ground) -> str:
    return f"{ground.vertices[0][0]:.10g}, {ground.vertices[0][1]:.10g}"
