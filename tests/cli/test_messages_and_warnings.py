"""`tonglan receivers`, `notices` and `warnings`: what they show, send, keep and refuse."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from layers.stores.postgres_engine import connect
from tests.channels.receivers import ERROR_PAGE, Receiver, receiver
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Answer, Patience
from topics.kit.stores.postgres_notices import PostgresNotices

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]
Tonglan = Callable[..., Done]


def warning() -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "issuer": "韶关市气象台",
        "kind": "暴雨",
        "level": "橙",
        "area": "440205",
        "valid_from": (now - timedelta(minutes=5)).isoformat(),
        "valid_to": (now + timedelta(hours=6)).isoformat(),
        "text": "预计未来 3 小时内将有大暴雨。",
        "reference": "韶气预 901 号",
    }


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def tonglan(tmp_path: Path, database_url: str, valkey_url: str, hook: Receiver) -> Tonglan:
    """Run one command on a home of its own whose one receiver is `hook`."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "{tmp_path / "home"}"\n[engines]\n'
        f'postgres_url = "{database_url}"\nvalkey_url = "{valkey_url}"\n'
        f'[channels.hook]\nkind = "webhook"\nurl = "{hook.url}"\n'
        '[connectors]\nallow_hosts = ["127.0.0.1"]\n'
        '[receivers.duty]\nchannel = "hook"\ntitle = "值班室"\nunits = ["yjj"]\n'
    )

    def run(*arguments: object) -> Done:
        command = [sys.executable, "-m", "app", *map(str, arguments), "--config", str(config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


def test_receivers_are_listed_and_one_is_tried(tonglan: Tonglan, hook: Receiver) -> None:
    listed = json.loads(tonglan("receivers", "list", "--json").stdout)
    [one] = listed["items"]
    assert (one["name"], one["title"], one["units"]) == ("duty", "值班室", ["yjj"])
    sent = tonglan("receivers", "test", "duty")
    assert sent.returncode == 0, sent.stderr
    assert "已送达" in sent.stdout
    assert len(hook.got) == 1
    hook.answer = lambda _: ERROR_PAGE
    refused = tonglan("receivers", "test", "duty", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["ok"]) == (1, False)
    unknown = tonglan("receivers", "test", "nobody")
    assert unknown.returncode == 1
    assert "没有收件人 nobody;config.toml 里有:duty" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_notices_that_wait_or_failed_are_shown_and_sent_ones_on_demand(
    tonglan: Tonglan, database_url: str
) -> None:
    assert "没有未送达或待发送的消息" in tonglan("notices", "list").stdout
    engine = connect(database_url)
    store, now = PostgresNotices(engine), datetime.now(UTC)
    store.send([Message(f"k{n}", "receiver:duty", f"消息{n}", "内容") for n in range(2)], now=now)
    taken = store.claim("receiver:duty", now, by="t")
    assert taken is not None
    store.record(taken, Answer(True, "hook", "好"), Patience(), started=now, now=now, by="t")
    engine.dispose()
    [one] = json.loads(tonglan("notices", "list", "--json").stdout)["items"]
    assert one["title"] == "消息1"
    every = json.loads(tonglan("notices", "list", "--all", "--json").stdout)["items"]
    assert {each["title"] for each in every} == {"消息0", "消息1"}
    assert "消息1" in tonglan("notices", "list").stdout


def test_warnings_of_a_file_are_kept_once_and_each_refused_row_is_named(
    tonglan: Tonglan, tmp_path: Path
) -> None:
    file = tmp_path / "warnings.csv"
    one = warning()
    rows = [one, one | {"reference": "902", "level": "紫"}]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(one))
        writer.writeheader()
        writer.writerows(rows)
    first = tonglan("warnings", "import", file, "--json")
    told = json.loads(first.stdout)
    assert (first.returncode, told["accepted"], told["known"]) == (1, 1, 0), first.stderr
    assert "紫" in told["refused"][0]["problem"]
    again = tonglan("warnings", "import", file)
    assert again.returncode == 1
    assert "收下 0 份,已有 1 份,拒收 1 份" in again.stdout
    assert "Traceback" not in again.stderr
    missing = tonglan("warnings", "import", tmp_path / "no.csv")
    assert missing.returncode != 0
    assert "Traceback" not in missing.stderr
