"""The shipped topics pass the check that packages must pass, and can be packed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from app.installing import shipped_ids, surroundings
from topics.kit.catalogue import SHIPPED
from topics.kit.packages.archive import pack, read_package
from topics.kit.packages.check import Surroundings, check_topic


@pytest.fixture(scope="module")
def here() -> Surroundings:
    return surroundings(replace(Config(), home_path=Path("/nonexistent")))


@pytest.mark.parametrize("topic", sorted(shipped_ids()))
def test_a_shipped_topic_can_be_packed_and_read_again(topic: str, here: Surroundings) -> None:
    report = check_topic(SHIPPED / topic, here)
    assert report.problems == ()
    versions = {one.id: one.topic.version for one in here.others}
    assert read_package(pack(SHIPPED / topic, report, here.regions, versions)).info.id == topic
