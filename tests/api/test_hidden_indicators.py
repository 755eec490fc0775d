"""What an indicator's address tells those who may not read it: not even whether it exists."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from app.api import observations
from app.services import Services
from tests.api.layer_server import Routes, serve, who
from topics.kit.catalogue import Catalogue

MANIFEST = """
[topic]
id = "grid"
title = "专题"
owner = "sthjj"
[[indicators]]
id = "grid.secret"
title = "指标"
definition = "口径"
unit = ""
frequency = "1h"
period_kind = "小时"
levels = ["city"]
owner = "sthjj"
source = "来源"
freshness = "2h"
classification = "敏感"
"""


@pytest.fixture
def asked(tmp_path: Path) -> Routes:
    folder = tmp_path / "topics" / "grid"
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(MANIFEST, encoding="utf-8")
    services = SimpleNamespace(
        catalogue=Catalogue.load([tmp_path / "topics"]),
        observations=SimpleNamespace(latest=lambda **_: []),
    )
    return serve(observations.router(cast(Services, services)))


def _answer(asked: Routes, name: str, indicator: str) -> tuple[int, str]:
    params = {"indicator": indicator}
    answer = asked.get("/api/v1/observations", params=params, headers=who(name))
    return answer.status_code, answer.text


@pytest.mark.parametrize(("name", "status"), [("nobody", 401), ("viewer", 403)])
@pytest.mark.parametrize("unknown", ["grid.nothing", "\0"])
def test_an_unknown_indicator_looks_like_a_hidden_one(
    asked: Routes, name: str, status: int, unknown: str
) -> None:
    hidden = _answer(asked, name, "grid.secret")
    assert hidden[0] == status
    assert _answer(asked, name, unknown) == hidden


@pytest.mark.parametrize("unknown", ["grid.nothing", "\0"])
def test_who_may_read_everything_is_told_that_it_does_not_exist(
    asked: Routes, unknown: str
) -> None:
    assert _answer(asked, "admin", "grid.secret")[0] == 200
    status, text = _answer(asked, "admin", unknown)
    assert status == 404
    assert "unknown-indicator" in text
