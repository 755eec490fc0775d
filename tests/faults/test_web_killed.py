"""kill -9 of the web in the middle of an upload: what HEAD tells afterwards is really there."""

from __future__ import annotations

import hashlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.security.tokens import Issuer
from app.stores.postgres import PostgresAudit, PostgresTokens
from layers.stores.postgres_engine import connect
from tests.faults.processes import Web, eventually

MB = 1 << 20
TUS = {"Tus-Resumable": "1.0.0"}
BODY = TUS | {"Content-Type": "application/offset+octet-stream"}
CONTENT = random.Random(3).randbytes(40 * MB)


@pytest.fixture
def token(database_url: str) -> Iterator[str]:
    engine = connect(database_url)
    issuer = Issuer(PostgresTokens(engine), PostgresAudit(engine))
    yield issuer.issue(["layers:write"], by="test")[1]
    engine.dispose()


@pytest.fixture
def web(home: Path, database_url: str, valkey_url: str) -> Iterator[Web]:
    made = Web(home, valkey_url, database_url)
    made.start()
    yield made
    made.close()


@pytest.fixture
def client(web: Web, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}", **TUS}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{web.port}", headers=headers, timeout=120
    ) as made:
        yield made


def announce(client: httpx.Client, length: int) -> str:
    made = client.post("/api/v1/uploads", headers={"Upload-Length": str(length)})
    assert made.status_code == 201, made.text
    return str(made.headers["Location"])


def send_part(web: Web, client: httpx.Client, place: str, part: bytes, length: int) -> None:
    """Begin a PATCH of `length` bytes, send `part` of them, kill the web when most are written."""
    offset = reached(client, place)
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: city\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nUpload-Offset: {offset}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web.port)) as line:
        line.sendall(head.encode() + part)
        arrived = offset + len(part) // MB * MB
        assert eventually(lambda: _size(web, Path(place).name) >= arrived)
        web.kill()


def reached(client: httpx.Client, place: str) -> int:
    return int(client.head(place).headers["Upload-Offset"])


def test_an_upload_goes_on_after_any_number_of_kills_at_any_byte(
    web: Web, client: httpx.Client, home: Path
) -> None:
    place = announce(client, len(CONTENT))
    data = home / "layers" / "uploads" / place.rpartition("/")[2] / "data"
    before = 0
    for sent in (1, 17 * MB, 3 * MB + 5):
        part = CONTENT[before : before + sent]
        send_part(web, client, place, part, len(CONTENT) - before)
        web.start()
        offset = reached(client, place)
        assert before <= offset <= before + sent
        assert data.read_bytes()[:offset] == CONTENT[:offset]
        before = offset
    assert before >= 16 * MB  # a long request is made durable on its way
    headers = BODY | {"Upload-Offset": str(before)}
    done = client.patch(place, headers=headers, content=CONTENT[before:])
    assert done.headers["Upload-Offset"] == str(len(CONTENT))
    assert hashlib.sha256(data.read_bytes()).digest() == hashlib.sha256(CONTENT).digest()


def test_a_chunk_of_any_size_takes_no_memory(web: Web, client: httpx.Client) -> None:
    big = 128 * MB
    warm = announce(client, MB)
    client.patch(warm, headers=BODY | {"Upload-Offset": "0"}, content=bytes(MB))
    before = web.memory()
    place = announce(client, big)
    content = (bytes(MB) for _ in range(128))
    headers = BODY | {"Upload-Offset": "0", "Content-Length": str(big)}
    assert client.patch(place, headers=headers, content=content).status_code == 204
    assert web.memory() - before < 32 * MB
    told = client.get(place).json()
    assert told["sha256"] == hashlib.sha256(bytes(big)).hexdigest()


def test_a_web_that_is_asked_to_end_keeps_what_came(web: Web, client: httpx.Client) -> None:
    place = announce(client, 10 * MB)
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: city\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nUpload-Offset: 0\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {10 * MB}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web.port)) as line:
        line.sendall(head.encode() + CONTENT[: 3 * MB])
        folder = Path(place).name
        assert eventually(lambda: _size(web, folder) >= 3 * MB)
        assert web.process is not None
        web.process.terminate()
        assert web.process.wait(120) is not None
    web.start()
    assert reached(client, place) == 3 * MB


def _size(web: Web, upload: str) -> int:
    return (Path(web.home) / "layers" / "uploads" / upload / "data").stat().st_size
