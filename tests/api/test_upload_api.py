"""tus at /api/v1/uploads over a real socket: what a client of ours or of anybody may rely on."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from app.api import uploads as uploads_api
from app.problems import install_problems
from app.services import Services
from app.stores.postgres import PostgresAudit
from layers.errors import StoreUnavailable
from layers.stores.postgres_engine import connect
from layers.stores.upload_contracts import UploadLimits
from layers.stores.uploads import UploadStore
from tests.api.layer_server import Gate
from tests.security.serving import serving

MB = 1 << 20
TUS = {"Tus-Resumable": "1.0.0"}
BODY = TUS | {"Content-Type": "application/offset+octet-stream"}
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def audit(module_database_url: str) -> Iterator[PostgresAudit]:
    engine = connect(module_database_url)
    yield PostgresAudit(engine)
    engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> UploadStore:
    return UploadStore(tmp_path / "uploads", UploadLimits(64 * MB, 90 * MB, margin=0))


@pytest.fixture
def client(store: UploadStore, audit: PostgresAudit) -> Iterator[httpx.Client]:
    with serving(_server(store, audit)) as made:
        made.headers.update({"x-who": "clerk"})
        yield made


def _server(store: UploadStore, audit: Any) -> FastAPI:
    server = FastAPI()
    install_problems(server)
    services = cast(Services, SimpleNamespace(uploads=store, audit=audit))
    server.include_router(uploads_api.router(services))
    server.add_middleware(Gate)
    return server


def _named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}"


def _sum(content: bytes) -> str:
    return f"sha256 {base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def announce(client: httpx.Client, length: int, name: str = "点位.csv") -> str:
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": _named(name)}
    answer = client.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def patch(client: httpx.Client, place: str, offset: int, content: bytes, **more: str) -> Any:
    headers = BODY | {"Upload-Offset": str(offset)} | more
    return client.patch(place, headers=headers, content=content)


def reached(client: httpx.Client, place: str) -> int:
    return int(client.head(place, headers=TUS).headers["Upload-Offset"])


def test_a_file_comes_in_parts_and_is_told_with_its_hash(client: httpx.Client) -> None:
    place = announce(client, len(CONTENT))
    first = patch(client, place, 0, CONTENT[:5000], **{"Upload-Checksum": _sum(CONTENT[:5000])})
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5000")
    assert first.headers["Tus-Resumable"] == "1.0.0"
    head = client.head(place, headers=TUS)
    assert (head.status_code, head.headers["Upload-Length"]) == (200, str(len(CONTENT)))
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Upload-Metadata"] == _named("点位.csv")
    assert parsedate_to_datetime(head.headers["Upload-Expires"]).timestamp() > time.time()
    assert client.get(place).json()["sha256"] is None
    assert patch(client, place, 5000, CONTENT[5000:]).status_code == 204
    told = client.get(place).json()
    assert told["finished"]
    assert told["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_the_capabilities_are_told(client: httpx.Client) -> None:
    told = client.options("/api/v1/uploads")
    assert (told.status_code, told.headers["Tus-Version"]) == (204, "1.0.0")
    assert told.headers["Tus-Max-Size"] == str(64 * MB)
    assert "checksum" in told.headers["Tus-Extension"]


def test_bytes_may_come_along_with_the_announcement(client: httpx.Client) -> None:
    headers = BODY | {"Upload-Length": str(len(CONTENT)), "Upload-Metadata": _named("a")}
    made = client.post("/api/v1/uploads", headers=headers, content=CONTENT[:100])
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, "100")
    assert reached(client, made.headers["Location"]) == 100


def test_an_empty_file_is_complete_at_once(client: httpx.Client) -> None:
    told = client.get(announce(client, 0)).json()
    assert (told["finished"], told["sha256"]) == (True, hashlib.sha256().hexdigest())


def test_a_wrong_checksum_drops_the_chunk_and_the_right_one_takes_it(client: httpx.Client) -> None:
    place = announce(client, len(CONTENT))
    wrong = patch(client, place, 0, CONTENT, **{"Upload-Checksum": _sum(b"other")})
    assert (wrong.status_code, wrong.json()["type"]) == (460, "tonglan:bad-checksum")
    assert wrong.headers["Tus-Resumable"] == "1.0.0"
    assert reached(client, place) == 0
    right = patch(client, place, 0, CONTENT, **{"Upload-Checksum": _sum(CONTENT)})
    assert right.status_code == 204


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"Upload-Offset": "7"}, 409),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "٣"}, 400),
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Content-Type": "text/plain"}, 415),
        ({"Upload-Checksum": "md5 abc"}, 400),
        ({"Upload-Checksum": "sha256 !!!"}, 400),
    ],
)
def test_a_wrong_header_is_answered_in_words_and_changes_nothing(
    client: httpx.Client, more: dict[str, str], status: int
) -> None:
    place = announce(client, len(CONTENT))
    raw = {key: value.encode() for key, value in more.items()}
    answer = patch(client, place, 0, CONTENT, **cast(dict[str, Any], raw))
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert reached(client, place) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "1"}, 201),
        ({}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": str(64 * MB + 1)}, 413),
        ({"Upload-Length": "9" * 20}, 400),
        ({"Upload-Length": "1", "Upload-Metadata": "filename ***"}, 400),
        ({"Upload-Length": "1", "Upload-Metadata": "filename /w=="}, 400),
    ],
)
def test_an_announcement_is_read_strictly(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert client.post("/api/v1/uploads", headers=TUS | headers).status_code == status


def test_a_persons_share_is_limited(client: httpx.Client) -> None:
    announce(client, 60 * MB)
    more = client.post("/api/v1/uploads", headers=TUS | {"Upload-Length": str(40 * MB)})
    assert (more.status_code, "每人上限" in more.json()["detail"]) == (413, True)


def test_too_many_bytes_are_refused_though_the_client_is_still_sending(
    client: httpx.Client,
) -> None:
    place = announce(client, 10)
    answer = patch(client, place, 0, bytes(8 * MB))
    assert answer.status_code == 413
    assert reached(client, place) == 0


@pytest.mark.parametrize("who", ["viewer", "nobody"])
def test_who_may_not_import_may_not_upload(client: httpx.Client, who: str) -> None:
    headers = TUS | {"Upload-Length": "1", "x-who": who}
    assert client.post("/api/v1/uploads", headers=headers).status_code in {401, 403}


def test_an_upload_is_there_for_its_owner_and_the_administrator_only(
    client: httpx.Client,
) -> None:
    place = announce(client, 10)
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        answer = client.request(method, place, headers=TUS | {"x-who": "water-viewer"})
        assert answer.status_code == 404
    assert client.get(place, headers={"x-who": "admin"}).status_code == 200
    assert len(client.get("/api/v1/uploads").json()["items"]) == 1
    assert client.get("/api/v1/uploads", headers={"x-who": "admin"}).json()["items"] == []


def test_a_removed_upload_is_gone(client: httpx.Client) -> None:
    place = announce(client, 10)
    assert client.delete(place, headers=TUS).status_code == 204
    assert client.head(place, headers=TUS).status_code == 404
    assert client.delete(place, headers=TUS).status_code == 404


def test_methods_that_a_proxy_swallows_come_as_post(client: httpx.Client) -> None:
    place = announce(client, 3)

    def instead(method: str, **more: str) -> httpx.Response:
        headers = BODY | {"X-HTTP-Method-Override": method} | more
        return client.post(place, headers=headers, content=b"abc" if method == "PATCH" else b"")

    assert instead("PATCH", **{"Upload-Offset": "0"}).status_code == 204
    assert instead("HEAD").headers["Upload-Offset"] == "3"
    assert instead("DELETE").status_code == 204
    assert instead("GET").status_code == 400


def test_what_is_done_is_audited_by_name_and_hash(
    client: httpx.Client, audit: PostgresAudit
) -> None:
    place = announce(client, 3, "审计.csv")
    patch(client, place, 0, b"abc")
    client.delete(place, headers=TUS)
    told = [one for one in audit.list(action="upload") if place.endswith(one.object)]
    assert [one.action for one in told] == ["upload.delete", "upload.finish", "upload.create"]
    assert hashlib.sha256(b"abc").hexdigest() in told[1].detail
    assert {one.actor for one in told} == {"u2"}


def test_what_cannot_be_recorded_is_not_begun(store: UploadStore) -> None:
    class Away:
        def append(self, event: object) -> None:
            raise StoreUnavailable("数据库没有应答;请稍后重试")

    with serving(_server(store, Away())) as client:
        headers = TUS | {"Upload-Length": "3", "x-who": "clerk"}
        assert client.post("/api/v1/uploads", headers=headers).status_code == 503
    assert store.of(None) == []


class HalfSent:
    """A client that sends the head and a part of the body, and then nothing."""

    def __init__(self, client: httpx.Client, place: str, part: bytes, length: int) -> None:
        base = client.base_url
        self.socket = socket.create_connection((base.host, base.port or 80))
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: city\r\nx-who: clerk\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Content-Length: {length}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + part)

    def __enter__(self) -> HalfSent:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def answer(self) -> bytes:
        self.socket.settimeout(60)
        return self.socket.recv(4096)


def _eventually(holds: Any, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


def test_a_second_writer_is_told_to_wait(client: httpx.Client, store: UploadStore) -> None:
    place = announce(client, 1000)
    with HalfSent(client, place, b"x" * 100, 1000) as half:
        _eventually(lambda: store.busy(place.rpartition("/")[2]))
        answer = patch(client, place, 0, b"y" * 1000)
        assert (answer.status_code, answer.json()["type"]) == (423, "tonglan:upload-busy")
        half.socket.sendall(b"x" * 900)
        assert b" 204 " in half.answer().splitlines()[0]


def _on_disk(store: UploadStore, place: str) -> int:
    """The bytes that the server has read, durable or not."""
    return (store._root / place.rpartition("/")[2] / "data").stat().st_size


def test_a_dead_connection_lets_the_upload_go_to_who_asks_for_it(
    client: httpx.Client, store: UploadStore
) -> None:
    place = announce(client, 1000)
    with HalfSent(client, place, b"x" * 100, 1000):
        _eventually(lambda: _on_disk(store, place) == 100)
        # Each asks the writer to let go, which gives up by itself only after a minute.
        _eventually(lambda: reached(client, place) == 100, patience=40)
        assert not store.busy(place.rpartition("/")[2])
    assert patch(client, place, 100, b"x" * 900).status_code == 204


def test_a_client_that_hangs_up_leaves_what_it_sent(
    client: httpx.Client, store: UploadStore
) -> None:
    place = announce(client, 1000)
    with HalfSent(client, place, b"x" * 321, 1000):
        # What the server has not read when the line breaks, it never sees.
        _eventually(lambda: _on_disk(store, place) == 321)
    _eventually(lambda: reached(client, place) == 321)


def test_a_removal_stops_the_writer(client: httpx.Client, store: UploadStore) -> None:
    place = announce(client, 60 * MB)
    going = threading.Event()

    def slowly() -> Iterator[bytes]:
        for _ in range(600):
            yield bytes(100_000)
            going.set()
            time.sleep(0.01)

    def send() -> None:
        try:
            headers = BODY | {"Upload-Offset": "0", "x-who": "clerk", "Host": "city"}
            headers["Content-Length"] = str(60 * 1000 * 1000)
            httpx.patch(str(client.base_url) + place, headers=headers, content=slowly())
        except httpx.HTTPError:
            pass

    sender = threading.Thread(target=send)
    sender.start()
    assert going.wait(30)
    assert client.delete(place, headers=TUS).status_code == 204
    sender.join(60)
    assert store.of(None) == []
