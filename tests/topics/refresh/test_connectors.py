"""Ways to connect: pages, secrets, certificates, hosts, deadlines, watermarks; real servers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import sqlalchemy as sa

from topics.kit.errors import SourceRefused, SourceTimeout
from topics.kit.manifest_refreshers import Paging, RefresherSpec, RowMap
from topics.kit.refresh.hosts import HostGuard
from topics.kit.refresh.http_source import HttpReader
from topics.kit.refresh.sources import Source
from topics.kit.stores.postgres_refreshers import PostgresRefreshers
from topics.kit.stores.postgres_source import PostgresReader

from .conftest import HERE, Site, emptied

MAP = RowMap(region="code", period="time", values={"v": "air.pm25_hour"})
Answer = Callable[[str, dict[str, str]], tuple[int, dict[str, str], bytes]]


def http(**more: Any) -> RefresherSpec:
    told = {"id": "air.x", "kind": "http", "source": "web", "schedule": "1m", "timeout": "2s"}
    return RefresherSpec.model_validate({**told, "items": "rows", "map": MAP, **more})


@pytest.fixture
def engine(module_engine: sa.Engine) -> sa.Engine:
    return emptied(module_engine)


@contextmanager
def answering(answer: Answer, trust: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that answers by a function of path and headers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path, dict(self.headers))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            return  # a client that does not trust us hangs up

    server = Server(("127.0.0.1", 0), Handler)
    if trust is not None:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"{'https' if trust else 'http'}://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def page(rows: range, **more: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, orjson.dumps({"rows": [{"n": n} for n in rows], **more})


def numbers(spec: RefresherSpec, url: str) -> list[Any]:
    (part,) = HttpReader(HERE).read(spec, Source(url)).parts
    return [row["n"] for row in part.rows]


def by_page(path: str, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    asked = parse_qs(urlsplit(path).query)
    first, size = (int(asked["p"][0]) - 1) * 3, int(asked["s"][0])
    return page(range(first, min(first + size, 7)))


def by_offset(path: str, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    first = int(parse_qs(urlsplit(path).query)["from"][0])
    return page(range(first, min(first + 3, 6)))


def by_cursor(path: str, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    last = urlsplit(path).query == "c=zwei"
    return page(range(3, 5)) if last else page(range(3), next="zwei")


def by_link(path: str, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    if path.endswith("2"):
        return page(range(3, 5))
    status, _, body = page(range(3))
    return status, {"Link": '</list?at=2>; rel="next"'}, body


@pytest.mark.parametrize(
    ("answer", "paging", "count"),
    [
        (by_page, Paging(kind="page", parameter="p", size=3, size_parameter="s"), 7),
        (by_offset, Paging(kind="offset", parameter="from", size=3), 6),
        (by_cursor, Paging(kind="cursor", parameter="c", next="next"), 5),
        (by_link, Paging(kind="next"), 5),
    ],
)
def test_all_pages_are_one_batch(answer: Answer, paging: Paging, count: int) -> None:
    with answering(answer) as url:
        assert numbers(http(path="/list", paging=paging), url) == list(range(count))


def test_a_source_that_ignores_the_page_number_is_found_out() -> None:
    paging = Paging(kind="page", parameter="p")
    with (
        answering(lambda *_: page(range(3))) as url,
        pytest.raises(SourceRefused, match="不起作用"),
    ):
        numbers(http(path="/list", paging=paging), url)


def test_a_next_page_on_another_host_is_not_asked() -> None:
    paging = Paging(kind="next", next="next")
    elsewhere = page(range(3), next="http://127.0.0.2:1/list")
    with answering(lambda *_: elsewhere) as url, pytest.raises(SourceRefused, match="另一台主机"):
        numbers(http(paging=paging), url)


def test_pages_without_end_are_given_up() -> None:
    paging = Paging(kind="offset", parameter="at", size=1, most=4)

    def endless(path: str, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        at = int(parse_qs(urlsplit(path).query)["at"][0])
        return page(range(at, at + 1))

    with answering(endless) as url, pytest.raises(SourceRefused, match="超过 4 页"):
        numbers(http(paging=paging), url)


@pytest.mark.parametrize(
    ("source", "header", "shown"),
    [
        (Source("", secret="s3"), "Authorization", "Bearer s3"),
        (
            Source("", secret="s3", auth="basic", user="u"),
            "Authorization",
            "Basic " + base64.b64encode(b"u:s3").decode(),
        ),
        (Source("", secret="s3", auth="header", auth_name="appkey"), "appkey", "s3"),
    ],
)
def test_the_secret_is_shown_as_the_source_wants_it(
    site: Site, source: Source, header: str, shown: str
) -> None:
    site.json('{"rows":[]}', "/a")
    HttpReader(HERE).read(http(path="/a"), replace(source, url=site.url))
    assert {name.lower(): one for name, one in site.asked[-1].items()}[header.lower()] == shown


def test_a_key_in_the_address_is_in_no_error() -> None:
    source = Source("http://127.0.0.1:9", secret="s3cret", auth="query", auth_name="k")
    with pytest.raises(SourceRefused) as told:
        HttpReader(HERE).read(http(path="/a"), source)
    assert "s3cret" not in str(told.value)
    assert "s3cret" not in repr(source)


def test_a_signature_covers_path_query_and_time(site: Site) -> None:
    site.json('{"rows":[]}', "/a?b=1")
    source = Source(site.url, secret="s3", auth="hmac", user="k1")
    HttpReader(HERE).read(http(path="/a?b=1"), source)
    asked = site.asked[-1]
    text = f"GET\n/a?b=1\n{asked['X-Timestamp']}".encode()
    assert asked["X-Signature"] == hmac.new(b"s3", text, hashlib.sha256).hexdigest()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate authority of one's own, a server's and a client's certificate."""
    folder = tmp_path_factory.mktemp("ca")
    _openssl(folder, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
             "-keyout ca.key -out ca.pem -subj /CN=ca")  # fmt: skip
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        _openssl(folder, "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                 f"-keyout {name}.key -out {name}.csr -subj /CN={name}")  # fmt: skip
        _openssl(folder, f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -days 2 "
                 f"-set_serial {len(name)} -extfile san -out {name}.pem")  # fmt: skip
    return folder


def _openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


def test_a_source_with_its_own_ca_wants_our_certificate(certificates: Path) -> None:
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / "ca.pem")
    trust.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    trust.verify_mode = ssl.CERT_REQUIRED
    known = str(certificates / "ca.pem")
    with answering(lambda *_: page(range(2)), trust) as url:
        own = {
            "cert_file": str(certificates / "client.pem"),
            "key_file": str(certificates / "client.key"),
        }
        found = HttpReader(HERE).read(http(), Source(url, ca_file=known, **own))  # type: ignore[arg-type]
        assert len(found.parts[0].rows) == 2
        with pytest.raises(SourceRefused, match=r"请检查网络、地址和证书|断了"):
            HttpReader(HERE).read(http(), Source(url, ca_file=known))
        with pytest.raises(SourceRefused, match="证书"):
            HttpReader(HERE).read(http(), Source(url))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.1.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "fe80::1", "fd00::1", "::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:a01:203::1"),
    ],
)
def test_addresses_inside_are_refused_unless_listed(address: str) -> None:
    with pytest.raises(SourceRefused, match="allow_hosts"):
        HostGuard(lookup=lambda *_: [address]).addresses("api.example", 80, "来源 web")


@pytest.mark.parametrize(
    ("listed", "fits"),
    [
        *(("10.1.2.3", True), ("10.1.0.0/16", True), ("api.lan", True), ("API.lan:8080", True)),
        *(("10.1.2.3:8080", True), ("10.1.2.3:80", False), ("lan", False), ("10.2.0.0/16", False)),
    ],
)
def test_an_entry_of_the_list_is_a_name_an_address_or_a_network(listed: str, fits: bool) -> None:
    guard = HostGuard([listed], lookup=lambda *_: ["10.1.2.3"])
    if fits:
        assert guard.addresses("api.lan", 8080, "来源 web") == ["10.1.2.3"]
    else:
        with pytest.raises(SourceRefused):
            guard.addresses("api.lan", 8080, "来源 web")


def test_an_address_in_the_clothes_of_ipv6_is_what_it_is() -> None:
    guard = HostGuard(["10.1.0.0/16"], lookup=lambda *_: ["::ffff:10.1.2.3"])
    assert guard.addresses("api.lan", 80, "来源 web") == ["::ffff:10.1.2.3"]


def test_a_public_host_needs_no_entry_and_one_inner_address_spoils_it() -> None:
    assert HostGuard(lookup=lambda *_: ["8.8.8.8"]).addresses("a.b", 80, "x") == ["8.8.8.8"]
    with pytest.raises(SourceRefused, match=r"10\.0\.0\.1"):
        HostGuard(lookup=lambda *_: ["8.8.8.8", "10.0.0.1"]).addresses("a.b", 80, "x")


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(site: Site) -> None:
    asked: list[str] = []

    def lookup(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.1"]

    site.json('{"rows":[]}', "/a")
    port = urlsplit(site.url).port
    reader = HttpReader(HostGuard([f"rebind.example:{port}"], lookup=lookup))
    reader.read(http(path="/a"), Source(f"http://rebind.example:{port}"))
    assert asked == ["rebind.example"]
    assert site.asked[-1]["Host"] == f"rebind.example:{port}"


def test_this_machine_is_refused_unless_it_is_our_own_simulator(site: Site) -> None:
    site.json('{"rows":[]}', "/a")
    with pytest.raises(SourceRefused, match="allow_hosts"):
        HttpReader().read(http(path="/a"), Source(site.url))
    assert site.asked == []
    HttpReader().read(http(path="/a"), Source(site.url, local=True))


def test_a_server_that_drips_header_bytes_is_left_at_the_deadline() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    ended, dripped = threading.Event(), list[int]()

    def drip() -> None:
        talk, _ = listening.accept()
        with talk:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 600:
                try:
                    talk.sendall(bytes([byte]))
                except OSError:
                    break
                dripped.append(byte)
                if ended.wait(0.1):
                    break

    thread = threading.Thread(target=drip)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(SourceTimeout, match="1 秒"):
        HttpReader(HERE).read(http(timeout="1s"), Source(url))
    ended.set()
    thread.join()
    assert len(dripped) < 600  # all of them would take a minute
    listening.close()


def test_an_answer_that_breaks_off_is_no_data() -> None:
    short = 200, {"Content-Length": "5000"}, b'{"rows":[]}'
    with answering(lambda *_: short) as url, pytest.raises(SourceRefused, match="断了"):
        HttpReader(HERE).read(http(), Source(url))


def test_what_a_source_said_of_changes_outlives_the_process_but_not_a_new_map(
    site: Site, engine: sa.Engine
) -> None:
    site.json('{"rows":[]}', "/a", ETag='"7"')
    HttpReader(HERE, PostgresRefreshers(engine)).read(http(path="/a"), Source(site.url)).done()
    again = HttpReader(HERE, PostgresRefreshers(engine)).read(http(path="/a"), Source(site.url))
    assert again.got.status == 304
    other = MAP.model_copy(update={"values": {"w": "air.pm25_hour"}})
    changed = http(path="/a", map=other)
    found = HttpReader(HERE, PostgresRefreshers(engine)).read(changed, Source(site.url))
    assert found.got.status == 200


@pytest.fixture
def table(engine: sa.Engine) -> Iterator[Callable[[str], None]]:
    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    run("CREATE TABLE bureau (code text, at timestamptz, v numeric)")
    yield run
    run("DROP TABLE bureau")


def sql(**more: Any) -> RefresherSpec:
    told = {"id": "air.sql", "kind": "sql", "source": "db", "schedule": "1m", "map": MAP}
    return RefresherSpec.model_validate({**told, "query": "select * from bureau;", **more})


def test_a_watermark_asks_only_for_what_came_since(
    engine: sa.Engine, module_database_url: str, table: Callable[[str], None]
) -> None:
    reader = PostgresReader(HERE, PostgresRefreshers(engine))
    spec, source = sql(watermark="at"), Source(module_database_url)

    def read() -> list[Any]:
        reading = reader.read(spec, source)
        reading.done()
        return [row["v"] for row in reading.parts[0].rows]

    table("INSERT INTO bureau VALUES ('a', '2026-11-02 08:00+08', 2), ('b', '2026-11-01', 1)")
    assert read() == [1, 2]
    table("INSERT INTO bureau VALUES ('c', '2026-11-02 08:00+08', 3), ('d', '2026-11-03', 4)")
    assert read() == [2, 3, 4]  # of the same moment again: another may have come late
    assert read() == [4]


def test_a_watermark_moves_only_when_the_values_are_stored(
    engine: sa.Engine, module_database_url: str, table: Callable[[str], None]
) -> None:
    table("INSERT INTO bureau VALUES ('a', now(), 2)")
    reader = PostgresReader(HERE, PostgresRefreshers(engine))
    spec, source = sql(watermark="at"), Source(module_database_url)
    assert len(reader.read(spec, source).parts[0].rows) == 1
    assert PostgresRefreshers(engine).recall("air.sql") == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql+pymysql://u@127.0.0.1/d", "没有安装 mysql"),
        ("oracle+oracledb://u@127.0.0.1/d", "没有安装 oracle"),
        ("nosuch://u@127.0.0.1/d", "没有安装 nosuch"),
        ("sqlite:////etc/x.db", "不支持 SQLite"),
        ("postgresql://u@10.9.9.9/d", "allow_hosts"),
    ],
)
def test_a_database_that_cannot_be_asked_is_told_with_the_way_out(url: str, words: str) -> None:
    with pytest.raises(SourceRefused, match=words):
        PostgresReader(HERE).read(sql(), Source(url))
