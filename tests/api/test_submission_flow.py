"""A real GBK Shapefile without .cpg from upload to publication, and a timed one by the worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import psycopg
import pytest
from shapely import Point

from app.api.review_steps import ReviewSteps
from tests.api.review_city import LAYER, ReviewCity, review_city, stations, zipped


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(home, database_url, valkey_url, confined=True)


NOTE = "10 月"


def gbk_shapefile(folder: Path) -> bytes:
    """A zip with the parts in a sub-folder, the texts in GBK, and nothing that says so."""
    frame = gpd.GeoDataFrame(
        {"code": ["S1", "S2"], "名称": ["曲江区马坝镇排口", "浈江区新韶镇排口"]},
        geometry=[Point(113.6, 24.7), Point(113.7, 24.8)],
        crs=4490,
    )
    frame.to_file(folder / "pk.shp", encoding="GBK")
    parts = [one for one in folder.glob("pk.*") if one.suffix != ".cpg"]
    return zipped({f"排口/{one.name}": one.read_bytes() for one in parts})


def test_a_gbk_shapefile_without_cpg_is_published_with_its_texts(
    city: ReviewCity, tmp_path: Path
) -> None:
    made = city.hand_in(gbk_shapefile(tmp_path), name="入河排污口.zip", about={"note": NOTE})
    assert made["state"] == "checked", made
    assert made["report"]["encoding"]["shown"].upper().startswith("GB")
    city.move("clerk", made["id"], "submit")
    assert city.move("reviewer", made["id"], "approve").json()["state"] == "published"
    assert city.services.submissions.store.notes(LAYER) == {city.live(): NOTE}
    master = city.services.layers.master(LAYER, city.live() or "")
    assert list(master["名称"]) == ["曲江区马坝镇排口", "浈江区新韶镇排口"]


def test_the_worker_publishes_what_is_due_and_nothing_before(city: ReviewCity) -> None:
    made = city.hand_in(stations())
    city.move("clerk", made["id"], "submit")
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    city.move("reviewer", made["id"], "approve", publish_at=later)
    steps = ReviewSteps(city.services)
    assert steps.publish_due() == 0
    with psycopg.connect(city.database, autocommit=True) as past:
        past.execute("UPDATE submission SET publish_at = now() - interval '1 second'")
    assert steps.publish_due() == 1
    seen = city.submission("clerk", made["id"])
    assert (seen["state"], seen["reviewer"]["id"]) == ("published", "reviewer")
    assert city.live() == seen["version"]["id"]
    assert steps.publish_due() == 0
