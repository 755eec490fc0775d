"""What is held back does not spoil what is published: a column of numbers stays one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.api.review_city import LAYER, ReviewCity, review_city


def test_a_column_is_published_as_numbers_once_its_last_text_is_held_back(
    home: Path, database_url: str, valkey_url: str
) -> None:
    city: ReviewCity = review_city(home, database_url, valkey_url)
    rows = [f"S{n},{113.6 + n / 100},24.8,{n}.5" for n in range(20)]
    rows[7] = rows[7].rsplit(",", 1)[0] + ",三百"
    content = "\n".join(["code,lon,lat,氨氮", *rows, ""]).encode()
    made = city.hand_in(content)
    assert made["report"]["checks"]["quarantined"] == 1
    assert city.move("clerk", made["id"], "submit").status_code == 200
    assert city.move("reviewer", made["id"], "approve").status_code == 200
    frame = city.services.layers.master(LAYER, city.live() or "")
    assert (len(frame), frame["氨氮"].dtype) == (19, np.float64)
