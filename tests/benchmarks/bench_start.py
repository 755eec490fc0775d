"""Cold and second start, overview bytes and time to interactive, on the real `tonglan run`.

`python -m tests.benchmarks.bench_start` uses a fresh home and headless Chromium with a cold cache.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import FLAGS

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Print one line of JSON a figure and a markdown table at the end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--loads", type=int, default=5)
    loads = parser.parse_args().loads
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="tl-bench-") as folder:
        home, port = Path(folder) / "home", _free_port()
        process, figures["first start s"] = _started(home, port)
        figures["stop s"] = _stopped(process)
        process, figures["second start s"] = _started(home, port)
        try:
            time.sleep(5)
            figures |= _page(f"http://127.0.0.1:{port}/", loads)
        finally:
            _stopped(process)
    for name, value in figures.items():
        sys.stdout.write(json.dumps({name: value}, ensure_ascii=False) + "\n")
    sys.stdout.write("\n| figure | value |\n|---|---|\n")
    sys.stdout.writelines(f"| {name} | {value} |\n" for name, value in figures.items())


def _started(home: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    began = time.monotonic()
    command = (sys.executable, "-m", "app", "run", "--home", str(home), "--port", str(port))
    log = (home.parent / "run.log").open("ab")
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    while time.monotonic() - began < 180:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                if answer.status == 200:
                    return process, round(time.monotonic() - began, 2)
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"not ready after 180 s:\n{(home.parent / 'run.log').read_text()[-2000:]}")


def _stopped(process: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=15)
    return round(time.monotonic() - began, 2)


def _page(url: str, loads: int) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        runs = [_load(browser, url) for _ in range(loads)]
        browser.close()
    times = sorted(run["ready_ms"] for run in runs)
    panels = sorted(run["panels_ms"] for run in runs)
    return {
        "overview bytes on the wire (cold)": max(run["bytes"] for run in runs),
        "overview requests": max(run["requests"] for run in runs),
        "panels drawn and clickable, ms, median": panels[len(panels) // 2],
        "panels, ms, min–max": f"{panels[0]}–{panels[-1]}",
        "map drawn and idle too, ms, median": times[len(times) // 2],
        "map, ms, min–max": f"{times[0]}–{times[-1]}",
    }


def _load(browser: Browser, url: str) -> dict[str, int]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    counted = {"bytes": 0, "requests": 0}

    def finished(event: dict[str, Any]) -> None:
        counted["bytes"] += int(event["encodedDataLength"])
        counted["requests"] += 1

    session.on("Network.loadingFinished", finished)
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    panels = _until(page, "document.querySelectorAll('.yw-kpi').length >= 20", began)
    ready = _until(page, "document.body.dataset.ready === '1'", began)
    context.close()
    return {"panels_ms": panels, "ready_ms": ready, **counted}


def _until(page: Page, holds: str, began: float) -> int:
    # Our content policy forbids eval, so the page is asked instead of made to poll itself.
    while not page.evaluate(f"Boolean(document.body) && {holds}"):
        page.wait_for_timeout(20)
    return round((time.monotonic() - began) * 1000)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
