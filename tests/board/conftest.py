from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.board.model import Board, CardSpec
from app.board.readings import Readings
from app.board.rows import Facts
from tests.board.small_city import GDP, GROWTH, NOW, PM25, SECRET, Store
from topics.kit.contracts import Region


@pytest.fixture
def store() -> Store:
    made = Store()
    for hours in range(40, 0, -1):
        start = NOW.replace(minute=0) - timedelta(hours=hours)
        for region in ("440200", "440203", "440204"):
            made.add("ecology.pm25", region, start, "小时", 40.0 + hours % 5)
    for month, value in ((3, 300.0), (6, 700.0), (9, 1268.4)):
        start = datetime(2026, month, 1, tzinfo=UTC) - timedelta(hours=8)
        made.add("economy.gdp", "440200", start, "累计", value)
        made.add("economy.gdp_growth", "440200", start, "累计", 4.6)
    return made


@pytest.fixture
def facts() -> Facts:
    specs = {one.id: one for one in (PM25, GDP, GROWTH, SECRET)}
    owners = {"sthjj": "市生态环境局", "tjj": "市统计局"}
    return Facts(specs, owners, {"ecology.pm25": "ecology.air"}, {})


@pytest.fixture
def readings(store) -> Readings:
    made = Readings(store, [PM25, GDP, GROWTH, SECRET], ["440200", "440203", "440204"])
    made.load()
    return made


@pytest.fixture
def board(readings, facts) -> Board:
    def region(code: str, name: str, level: str, parent: str | None) -> Region:
        return Region(code, name, name, level, parent, int(code), date(2000, 1, 1))

    return Board(
        cards=[
            CardSpec("economy", "经济运行", "市统计局", True, (GDP, SECRET)),
            CardSpec("ecology", "生态环境", "市生态环境局", True, (PM25,)),
        ],
        chip=None,
        city=region("440200", "韶关市", "city", None),
        counties=[
            region("440203", "武江区", "county", "440200"),
            region("440204", "浈江区", "county", "440200"),
        ],
        readings=readings,
        facts=lambda: facts,
    )
