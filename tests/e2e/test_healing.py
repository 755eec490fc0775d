"""The whole `tonglan run`: a part killed by kill -9 comes back, no acknowledged write is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import psutil
import pytest

from tests.e2e.city import City, eventually

_HEAL_SECONDS = 240  # a hung restart fails; how fast it is on a quiet machine is no test
_INDICATOR = "ecology.pm25_hour"
_REGION = "440203"
_FIRST = datetime(2021, 1, 1, tzinfo=UTC)
_NO_DEMO = "[demo]\nenabled = false\n"


class Pusher(threading.Thread):
    """Pushes one hour after the other and remembers those that were acknowledged."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []
        self.stop = threading.Event()
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=10
        )

    def run(self) -> None:
        hour = 0
        while not self.stop.wait(0.05):
            hour += 1
            if self._push(hour):
                self.acknowledged.append(hour)
        self._client.close()

    def _push(self, hour: int) -> bool:
        period = (_FIRST + timedelta(hours=hour)).isoformat()
        body = {"indicator": _INDICATOR, "region": _REGION, "period": period, "value": hour}
        try:
            return self._client.post("/api/v1/observations", json=body).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    one = City(tmp_path_factory.mktemp("healing"), config=_NO_DEMO)
    try:
        yield one.wait()
        one.stop()
    finally:
        one.end()


@pytest.fixture(scope="module")
def token(program: City) -> str:
    scopes = ("--scope", "observations:write", "--scope", "read")
    return str(program.answer("tokens", "add", *scopes)["token"])


@pytest.mark.parametrize(
    "part", ["role web", "role worker", "valkey-server", "bin/postgres", "app.engines.keeper"]
)
def test_a_killed_part_heals_and_no_acknowledged_observation_is_lost(
    program: City, token: str, part: str
) -> None:
    pusher = Pusher(program.url, token)
    pusher.start()
    try:
        assert eventually(lambda: len(pusher.acknowledged) > 10, _HEAL_SECONDS)
        dead = program.kill(part)
        before = len(pusher.acknowledged)
        assert eventually(lambda: program.lives(part, but=dead), _HEAL_SECONDS)
        assert eventually(program.ready, _HEAL_SECONDS)
        assert eventually(lambda: len(pusher.acknowledged) > before + 5, _HEAL_SECONDS)
    finally:
        pusher.stop.set()
        pusher.join(timeout=120)
    assert set(pusher.acknowledged) <= stored_hours(program, token)


def test_the_stop_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    one = City(tmp_path_factory.mktemp("stopping"), config=_NO_DEMO)
    try:
        everything = psutil.Process(one.wait().process.pid).children(recursive=True)
        one.stop()
        _, left = psutil.wait_procs(everything, timeout=120)
        assert left == []
    finally:
        one.end()


def stored_hours(program: City, token: str) -> set[int]:
    """The hours that the program still knows."""
    hours: set[int] = set()
    ask = {"indicator": _INDICATOR, "region": _REGION, "from": "2021-01-01", "to": "2031-01-01"}
    path: str | None = "/api/v1/observations?" + str(httpx.QueryParams({**ask, "limit": 10000}))
    with httpx.Client(
        base_url=program.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        while path:
            answer = client.get(path).raise_for_status().json()
            hours |= {int(item["value"]) for item in answer["items"]}
            path = answer["next"]
    return hours
