"""A year of cases as its pages ask: `python -m tests.benchmarks.bench_year URL TOKEN`.

The city: `tonglan run`, then `tonglan demo cases --year` on the same home; a token of scope read.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx

ROUNDS = 15


def paths() -> dict[str, str]:
    """What each page asks for first."""
    past = (datetime.now(UTC) - timedelta(days=40)).strftime("%Y-%m-%dT%H:%MZ")
    first = datetime.now(UTC).replace(day=1)
    month = f"{first - timedelta(days=1):%Y-%m}"
    return {
        "desk: open cases": "cases?open=1",
        "desk 40 days ago": f"cases?open=1&as_of={past}",
        "desk: a word in the text": "cases?q=垃圾",
        "desk: the map": "case-places?open=1",
        "board: one column": "cases?stage=处置&limit=60",
        "funnel of today": "case-funnel",
        "funnel of the year": f"case-funnel?from={first.year}-01-01",
        "考核 of last month by region": f"evaluation?month={month}",
        "考核 of last month by unit": f"evaluation?month={month}&by=unit",
        "overview": "overview",
        "topic page 网格": "topic-pages/grid",
        "alert centre": "alerts?open=1",
        "shift of now": "duty/now",
    }


def main() -> None:
    """Print the median and the worst of each, and how busy the machine was."""
    url, token = sys.argv[1:]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=60) as client:
        for name, path in paths().items():
            client.get(path).raise_for_status()
            took = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = client.get(path)
                took.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()
            told = f"{statistics.median(took):.0f} ms | {max(took):.0f} ms"
            sys.stdout.write(f"| {name} | {told} | {len(answer.content) / 1000:.0f} kB |\n")
    sys.stdout.write(f"load {os.getloadavg()}\n")


if __name__ == "__main__":
    main()
