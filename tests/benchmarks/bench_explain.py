"""How long the explanation of a number takes, beside the plain read of the same number.

Run: python -m tests.benchmarks.bench_explain http://127.0.0.1:8600 against a running demo city.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import httpx

ROUNDS = 1
REGIONS = ("440200", "440203", "440281")


def measured(ask: Callable[[], httpx.Response]) -> tuple[float, httpx.Response]:
    """Milliseconds of one request."""
    begun = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - begun) * 1000, answer


def main(url: str) -> None:
    """Print the median and 95th percentile of both, and what was in the answers."""
    with httpx.Client(base_url=url, timeout=30) as client:
        listed = client.get("/api/v1/indicators").json()["items"]
        named = [one["id"] for one in listed]
        explained: list[float] = []
        plain: list[float] = []
        sizes: list[int] = []
        computed = 0
        for _ in range(ROUNDS):
            for indicator in named:
                for region in REGIONS:
                    asked = {"indicator": indicator, "region": region}
                    took, answer = measured(lambda a=asked: client.get("/api/v1/explain", params=a))
                    answer.raise_for_status()
                    explained.append(took)
                    sizes.append(len(answer.content))
                    computed += answer.json()["formula"] is not None
                    took, _ = measured(lambda a=asked: client.get("/api/v1/observations", params=a))
                    plain.append(took)
    _say("explain", explained)
    _say("observations, the same value", plain)
    sys.stdout.write(
        f"{len(explained)} explanations of {len(named)} indicators, {computed} with a formula,"
        f" median {statistics.median(sizes) / 1000:.1f} kB\n"
    )


def _say(what: str, took: list[float]) -> None:
    p95 = statistics.quantiles(took, n=20)[-1]
    sys.stdout.write(f"{what}: median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms\n")


if __name__ == "__main__":
    main(sys.argv[1])
