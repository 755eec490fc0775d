"""An upload's life on the real server: 512 MB sent, a million points published and rolled back.

Run as `python -m tests.benchmarks.bench_upload [--mb N] [--points N]`; prints a table. Sent as the
browser does it (tus, 16 MB a request, each with its SHA-256) and in one request without.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from tests.benchmarks.bench_import import write
from tests.benchmarks.running_program import running_program, token, web_processes
from tests.e2e.city import City

MEGABYTE = 1 << 20
_CHUNK = 16 * MEGABYTE
_LAYER = "bench.points"
_TUS = {"Tus-Resumable": "1.0.0"}
_LOOK_S = 0.05
_PATIENCE_S = 600


class Growth:
    """How much more the processes take at their highest than before."""

    def __init__(self, processes: list[psutil.Process]) -> None:
        self._processes = processes
        self._before = self._now()
        self._most, self._over = self._before, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Growth:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def mb(self) -> float:
        return round(max(a - b for a, b in zip(self._most, self._before, strict=True)) / 1e6, 1)

    def _now(self) -> list[int]:
        return [one.memory_info().rss for one in self._processes]

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            self._most = [max(pair) for pair in zip(self._most, self._now(), strict=True)]


class Clerk:
    """Somebody who uploads, and somebody else who reviews."""

    def __init__(self, city: City) -> None:
        self._port = city.port
        self._writer = {"Authorization": f"Bearer {token(city, 'layers:write')}"}
        self._http = httpx.Client(base_url=city.url, headers=self._writer, timeout=120)
        reviewer = {"Authorization": f"Bearer {token(city, 'layers:publish', 'read')}"}
        self.reviewer = httpx.Client(base_url=city.url, headers=reviewer, timeout=120)

    def announce(self, name: str, length: int) -> str:
        """A new upload; where it takes bytes."""
        said = base64.b64encode(name.encode()).decode()
        headers = _TUS | {"Upload-Length": str(length), "Upload-Metadata": f"filename {said}"}
        answer = self._http.post("/api/v1/uploads", headers=headers)
        return str(_good(answer).headers["Location"])

    def send(self, where: str, pieces: list[tuple[bytes, str | None]]) -> None:
        """Send the pieces, each a request of its own, with the checksums they come with."""
        connection, offset = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120), 0
        kind = {"Content-Type": "application/offset+octet-stream"}
        for piece, digest in pieces:
            headers = self._writer | _TUS | kind | {"Upload-Offset": str(offset)}
            if digest is not None:
                headers["Upload-Checksum"] = f"sha256 {digest}"
            connection.request("PATCH", where, body=piece, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                raise SystemExit(f"{where}: {answer.status}")
            offset += len(piece)
        connection.close()

    def hand_over(self, where: str) -> dict[str, Any]:
        """The submission of the upload."""
        body = {
            "upload": where.rsplit("/", 1)[1],
            "about": {"title": "一百万个点", "key": "code"},
            "answers": {"crs": "EPSG:4490"},
        }
        return dict(_good(self._http.post(f"/api/v1/layers/{_LAYER}/versions", json=body)).json())

    def until(self, submission: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The submission once it is so."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            found = dict(_good(self._http.get(f"/api/v1/submissions/{submission}")).json())
            if holds(found):
                return found
            time.sleep(_LOOK_S)
        raise SystemExit(f"{submission} stays {found['state']}: {found['question']} {found['job']}")

    def take(self, seen: dict[str, Any], action: str, *, reviewer: bool = False) -> None:
        """One step of the review of what was seen."""
        client = self.reviewer if reviewer else self._http
        path = f"/api/v1/submissions/{seen['id']}/transitions"
        _good(client.post(path, json={"action": action, "revision": seen["revision"]}))


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise SystemExit(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer


def sent(city: City, clerk: Clerk, megabytes: int) -> list[str]:
    """Rows about sending so many megabytes."""
    block = bytes(range(256)) * (_CHUNK // 256)
    digest = base64.b64encode(hashlib.sha256(block).digest()).decode()
    count = max(1, megabytes * MEGABYTE // _CHUNK)
    ways = {
        "16 MB a request, each with its SHA-256": [(block, digest)] * count,
        "one request": [(block * count, None)],
    }
    rows = []
    for way, pieces in ways.items():
        length = sum(len(piece) for piece, _ in pieces)
        where = clerk.announce("bench.bin", length)
        with Growth(web_processes(city)) as growth:
            begun = time.perf_counter()
            clerk.send(where, pieces)
            took = time.perf_counter() - begun
        said = f"{length / MEGABYTE / took:.0f} MB/s, {growth.mb} MB more"
        rows.append(f"| upload of {length >> 20} MB, {way} | {said} |")
    return rows


def reviewed(clerk: Clerk, file: Path) -> list[str]:
    """Rows about a file on its way from upload to published."""
    content = file.read_bytes()
    where = clerk.announce(file.name, len(content))
    pieces = [content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)]
    marks = [time.perf_counter()]
    clerk.send(where, [(piece, None) for piece in pieces])
    marks.append(time.perf_counter())
    made = clerk.hand_over(where)["id"]
    checked = clerk.until(made, lambda found: found["state"] == "checked")
    marks.append(time.perf_counter())
    clerk.take(checked, "submit")
    built = clerk.until(made, lambda found: found["version"] is not None)
    marks.append(time.perf_counter())
    clerk.take(built, "approve", reviewer=True)
    clerk.until(made, lambda found: found["state"] == "published")
    marks.append(time.perf_counter())
    names = ("sent", "read in the sandbox and checked", "draft compiled", "approved and published")
    took = [after - before for before, after in pairwise(marks)]
    size = f"{file.name}, {len(content) >> 20} MB"
    return [f"| {size}: {what} | {one:.2f} s |" for what, one in zip(names, took, strict=True)]


def rolled_back(city: City, clerk: Clerk, file: Path) -> list[str]:
    """Rows about going back and forth between two versions of the layer."""
    asked = ("--layer", _LAYER, "--crs", "EPSG:4490", "--key", "code", "--publish")
    city.answer("import", file, *asked)
    listed = _good(clerk.reviewer.get(f"/api/v1/layers/{_LAYER}/versions")).json()["items"]
    took, shown = [], []
    for turn in range(6):
        version = listed[(turn + 1) % 2]["id"]
        begun = time.perf_counter()
        path = f"/api/v1/layers/{_LAYER}/rollback"
        _good(clerk.reviewer.post(path, json={"version": version}))
        took.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        path = f"/tiles/{_LAYER}/{version}/9/417/220.mvt"
        _good(clerk.reviewer.get(path))
        shown.append(time.perf_counter() - begun)
    return [
        f"| {what}, median (longest) of {len(each)} "
        f"| {median(each) * 1000:.0f} ({max(each) * 1000:.0f}) ms |"
        for what, each in (("rollback, one call", took), ("the first tile after it", shown))
    ]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mb", type=int, default=512)
    options.add_argument("--points", type=int, default=1_000_000)
    chosen = options.parse_args()
    rows = ["| what | figure |", "|---|---|"]
    with tempfile.TemporaryDirectory() as folder, running_program() as city:
        table, package, _ = write(Path(folder), chosen.points, 100)
        clerk = Clerk(city)
        rows += sent(city, clerk, chosen.mb)
        rows += reviewed(clerk, table)
        rows += rolled_back(city, clerk, package)
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
