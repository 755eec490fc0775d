"""A course as places for a small drawing: inside the picture, honest about gaps and limits."""

from __future__ import annotations

from app.figures.model import Ahead, Curve, Dot, Level, LineChart
from app.topic.curves import curve_of


def chart(values: list[float | None], **more: object) -> LineChart:
    dots = [Dot(f"2026-11-{n + 1:02} 00:00:00", one, "") for n, one in enumerate(values)]
    return LineChart([Curve("440200", "", dots)], [], **more)  # type: ignore[arg-type]


def test_every_place_lies_inside_the_picture() -> None:
    ahead = [Ahead("2026-11-04 00:00:00", 51.3, 51.1, 51.6, 50.9, 51.9, "")]
    made = curve_of(chart([51.2, 51.4, 51.3], ahead=ahead))
    heights = [y for _, y in made["points"]] + [y for one in made["ahead"] for y in one[1:]]
    assert all(0 <= one <= 1 for one in heights)
    assert [one[0] for one in made["points"]] == [0.0, 0.3333, 0.6667]
    assert made["ahead"][0][0] == 1.0
    assert made["now"] == 0.6667


def test_a_gap_stays_a_gap_and_is_never_drawn_as_zero() -> None:
    assert curve_of(chart([5.0, None, 6.0]))["points"][1] == [0.5, None]


def test_the_lines_across_are_round_numbers_around_the_values() -> None:
    made = curve_of(chart([51.2, 52.9, 51.9]))
    assert [one["text"] for one in made["across"]] == ["51.0", "51.5", "52.0", "52.5", "53.0"]
    assert [one["y"] for one in made["across"]] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_a_series_that_never_changes_still_has_a_picture() -> None:
    made = curve_of(chart([100.0, 100.0]))
    assert made["across"][0]["y"] == 0.0
    assert 0 < made["points"][0][1] < 1


def test_a_limit_far_from_the_line_is_left_out_and_one_near_it_is_drawn() -> None:
    levels = [Level(53.0, "警戒 53.0", "bad"), Level(80.0, "保证 80.0", "bad")]
    made = curve_of(chart([51.0, 52.5], levels=levels))
    assert [one["text"] for one in made["levels"]] == ["警戒 53.0"]


def test_without_a_forecast_nothing_says_where_now_is() -> None:
    assert curve_of(chart([1.0, 2.0]))["now"] is None


def test_a_long_line_is_thinned_and_keeps_its_newest_value() -> None:
    hours = [f"2026-{1 + n // 672:02}-{1 + n // 24 % 28:02} {n % 24:02}:00:00" for n in range(1500)]
    dots = [Dot(one, float(n), "") for n, one in enumerate(hours)]
    made = curve_of(LineChart([Curve("440200", "", dots)], []))
    assert made["points"][-1][0] == 1.0
    assert len(made["points"]) <= 241


def test_days_stand_below_a_short_stretch_and_months_below_a_long_one() -> None:
    assert [one["text"] for one in curve_of(chart([1.0, 2.0, 3.0]))["below"]] == ["2日", "3日"]
    dots = [Dot("2026-08-20 00:00:00", 1.0, ""), Dot("2026-11-18 00:00:00", 2.0, "")]
    made = curve_of(LineChart([Curve("440200", "", dots)], []))
    assert [one["text"] for one in made["below"]] == ["9月", "10月", "11月"]
