"""What a sentence says of the highest and the lowest of several places."""

from __future__ import annotations

import pytest

from app.topic.made import said_ends


def places(*values: float) -> list[dict[str, object]]:
    """甲, 乙, 丙 … with these percents, as a panel's cells."""
    return [
        {
            "name": name,
            "cell": {
                "value": value,
                "text": f"{value:.1f}",
                "unit": "%",
                "class": None,
                "status_text": "",
            },
        }
        for name, value in zip("甲乙丙丁戊", values, strict=False)
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((90.0,), ",甲 90.0%最高"),
        ((90.0, 80.0), ",甲 90.0%最高,乙 80.0%最低"),
        ((0.0, 0.0, 0.0), "均为 0.0%"),
        ((90.0, 90.04), "均为 90.0%"),  # they read the same
        ((80.0, 90.0, 90.0), ",乙、丙 90.0%并列最高,甲 80.0%最低"),
        ((9.0, 1.0, 1.0, 1.0, 1.0), ",甲 9.0%最高,乙等 4 个 1.0%并列最低"),
    ],
)
def test_none_of_several_equal_places_stands_for_all(values: tuple[float, ...], said: str) -> None:
    assert said_ends(places(*values)) == said
