"""Tracing on hand-made networks whose answers are known: 0.01° of latitude is 1,108 m here."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from layers.network import LineNetwork, Snapped, build_network

STEP_M = 1107.6  # metres of 0.01° of latitude at 24.8° N


def line(*points: tuple[float, float]) -> LineString:
    """A line in hundredths of a degree east and north of 113.5° E, 24.8° N."""
    return LineString([(113.5 + x / 100, 24.8 + y / 100) for x, y in points])


def network(*lines: LineString) -> LineNetwork:
    """The network of the lines, named by their numbers."""
    return build_network(lines, [f"河{n}" for n in range(len(lines))])


def at(of: LineNetwork, x: float, y: float, within_m: float = 500) -> Snapped:
    """The place at these hundredths, which must be on the network."""
    found = of.snap(113.5 + x / 100, 24.8 + y / 100, within_m)
    assert found is not None
    return found


STEM = line((0, 6), (0, 0))
TRIBUTARY = line((2, 5), (0, 3))  # joins in the middle of the stem, where it has no vertex


def test_distance_runs_along_the_line_in_metres() -> None:
    of = network(STEM)
    down = of.downstream(at(of, 0, 5), [at(of, 0, 2), at(of, 0, 6)])
    assert [one.place for one in down] == [0]
    assert down[0].metres == pytest.approx(3 * STEP_M, rel=2e-3)


def test_a_tributary_joins_a_river_that_has_no_vertex_there() -> None:
    of = network(STEM, TRIBUTARY)
    outfall, intake, above = at(of, 1, 4), at(of, 0, 1), at(of, 0, 5)
    down = of.downstream(outfall, [intake, above])
    assert [one.place for one in down] == [0]
    up = of.upstream(intake, [outfall, above])
    assert {one.place for one in up} == {0, 1}


def test_a_place_at_a_confluence_has_both_arms_above_it() -> None:
    of = network(STEM, TRIBUTARY)
    up = of.upstream(at(of, 0, 3), [at(of, 1, 4), at(of, 0, 5), at(of, 0, 1)])
    assert {one.place for one in up} == {0, 1}


def test_what_joins_only_nearly_joins_and_what_ends_far_off_does_not() -> None:
    nearly = network(STEM, line((2, 5), (0.02, 3)))  # 20 m short of the river
    assert nearly.downstream(at(nearly, 1, 4), [at(nearly, 0, 1)])
    short = network(STEM, line((2, 5), (0.3, 3)))  # 300 m short
    assert not short.downstream(at(short, 1, 4), [at(short, 0, 1)])


def test_a_bifurcation_reaches_both_arms() -> None:
    of = network(line((0, 6), (0, 4)), line((0, 4), (1, 0)), line((0, 4), (-1, 0)))
    down = of.downstream(at(of, 0, 5), [at(of, 1, 0), at(of, -1, 0)])
    assert {one.place for one in down} == {0, 1}
    assert not of.downstream(at(of, 1, 0), [at(of, -1, 0)])


def test_of_two_ways_the_shorter_one_counts() -> None:
    long_way = line((0, 6), (4, 3), (0, 0))
    of = network(line((0, 8), (0, 6)), line((0, 6), (0, 0)), long_way, line((0, 0), (0, -2)))
    down = of.downstream(at(of, 0, 7), [at(of, 0, -1)])
    assert down[0].metres == pytest.approx(8 * STEP_M, rel=2e-3)


def test_a_loop_ends_and_comes_back_to_what_lies_behind() -> None:
    ring = network(line((0, 0), (2, 0), (2, 2)), line((2, 2), (0, 2), (0, 0)))
    start, behind = at(ring, 1.5, 0), at(ring, 0.5, 0)
    down = ring.downstream(start, [behind])
    assert len(down) == 1
    assert down[0].metres > 6 * 1000  # the whole way round but one hundredth


def test_an_upside_down_line_is_told_and_not_turned_round() -> None:
    of = network(STEM, line((0, 3), (2, 5)))
    assert len(of.doubts) == 1
    assert of.doubts[0].startswith("河1:")
    assert "画反" in of.doubts[0]
    assert not of.downstream(at(of, 1, 4), [at(of, 0, 1)])


def test_a_sound_network_raises_no_doubt() -> None:
    assert network(STEM, TRIBUTARY).doubts == ()


def test_a_place_far_off_the_river_is_not_on_the_network() -> None:
    of = network(STEM)
    assert of.snap(113.52, 24.83, 500) is None
    near = of.snap(113.503, 24.83, 500)
    assert near is not None
    assert near.off_m == pytest.approx(303, rel=0.02)


def test_no_lines_no_network() -> None:
    empty = network()
    assert empty.snap(113.5, 24.8, 1e9) is None
    dots = network(LineString([(113.5, 24.8), (113.5, 24.8)]))
    assert not dots.edges


def test_a_line_of_several_parts_and_heights_counts_part_by_part() -> None:
    parts = shapely.MultiLineString([
        [(113.5, 24.86, 5.0), (113.5, 24.83, 4.0)], [(113.5, 24.83, 4.0), (113.5, 24.80, 1.0)]
    ])  # fmt: skip
    of = build_network([parts, None], ["北江", "空"])
    down = of.downstream(at(of, 0, 5), [at(of, 0, 1)])
    assert down[0].metres == pytest.approx(4 * STEP_M, rel=2e-3)


def test_two_places_at_one_spot_are_downstream_of_each_other() -> None:
    of = network(STEM)
    a, b = at(of, 0, 3), at(of, 0, 3)
    assert of.downstream(a, [b])[0].metres == 0
    assert of.upstream(a, [b])[0].metres == 0


NODES = st.tuples(st.integers(0, 4), st.integers(0, 4))
PAIRS = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])


@settings(max_examples=60, deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=12), st.lists(NODES, min_size=2, max_size=6))
def test_downstream_of_a_is_upstream_of_b(pairs: list[object], spots: list[object]) -> None:
    of = network(*[line(a, b) for a, b in pairs])  # type: ignore[misc]
    places = [of.snap(113.5 + x / 100, 24.8 + y / 100, 1e6) for x, y in spots]  # type: ignore[misc]
    for number, one in enumerate(places):
        assert one is not None
        for reached in of.downstream(one, places):
            other = places[reached.place]
            assert other is not None
            back = {each.place: each.metres for each in of.upstream(other, places)}
            assert back[number] == pytest.approx(reached.metres, abs=1e-6)
