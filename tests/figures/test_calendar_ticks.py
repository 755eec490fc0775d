"""A calendar of a year names its months, not every week."""

from __future__ import annotations

from datetime import date, timedelta

from app.figures.grids import Grid, Square, grid_figure


def _weeks(number: int) -> list[str]:
    return [str(date(2025, 11, 24) + timedelta(days=7 * n)) for n in range(number)]


def _axis(columns: list[str]) -> dict[str, object]:
    squares = [Square(one, "周一", 1.0, "") for one in columns]
    axis: dict[str, object] = grid_figure(Grid(squares, columns, ["周一"]), "dark")["layout"][
        "xaxis"
    ]
    return axis


def test_a_year_of_weeks_is_marked_where_each_month_begins() -> None:
    axis = _axis(_weeks(53))
    later = [f"{month}月" for month in range(2, 12)]
    assert axis["ticktext"] == ["12月", "1月<br>2026", *later]
    assert axis["tickvals"][:2] == ["2025-12-01", "2026-01-05"]  # type: ignore[index]


def test_few_columns_keep_their_own_names() -> None:
    assert "ticktext" not in _axis(_weeks(8))
    assert "ticktext" not in _axis([f"{hour} 时" for hour in range(24)])
