"""kill -9 in the middle of 撤销 of a 派单: all of it has happened or nothing, and work goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.alert_city import AlertCity, alert_city
from tests.faults.processes import ROOT, eventually

# Sends an alert and takes it back; stands still in the transaction that takes it back.
UNDOING = """
import sys, threading
from pathlib import Path
from tests.api.alert_city import alert_city
home, database, valkey = sys.argv[1:]
city = alert_city(Path(home), database, valkey)
city.fire("u1")
sent = city.post("duty", "alerts/u1/dispatch", {"unit": "swj"})
print(sent.json()["case"]["id"], flush=True)
close = city.services.alert_cases.close

def closed(*told, **more):
    close(*told, **more)  # the case is void and let go of; of the alert nothing is written yet
    print("in the middle", flush=True)
    threading.Event().wait()

city.services.alert_cases.close = closed
city.post("duty", "alerts/u1/undo")
"""


@pytest.fixture
def city(tmp_path: Path, database_url: str, valkey_url: str) -> AlertCity:
    return alert_city(tmp_path, database_url, valkey_url)


def test_an_undo_that_is_killed_half_way_has_undone_nothing(
    city: AlertCity, tmp_path: Path, database_url: str, valkey_url: str
) -> None:
    log = tmp_path / "said"
    arguments = [str(tmp_path), database_url, valkey_url]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", UNDOING, *arguments], cwd=ROOT, stdout=out
        )
        try:
            assert eventually(lambda: "in the middle" in log.read_text())
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    case = log.read_text().split("\n")[0]
    services = city.services
    assert services.cases.require(case).state == "派遣"
    assert services.alerts.require("u1").case == case
    assert services.alert_cases.open_ones()["u1"] == case
    assert "undone" not in city.steps("u1")
    acts = [one.action for one in services.audit.list(limit=50)]
    assert "alert.undo" not in acts
    # What the dead one held is free again: the shift and the unit go on with both.
    assert city.post("other", "alerts/u1/comment", {"text": "继续"}).status_code == 200
    assert city.post("other", "alerts/u1/dispatch", {"unit": "swj"}).status_code == 409
