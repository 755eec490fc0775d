"""The listening sockets of the web port, bound once and handed to every web process."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil

from app.errors import PortUnavailable

_BACKLOG = 2048


def listen(host: str, port: int) -> list[socket.socket]:
    """Listen on every address `host` means ("::" takes IPv4 too). Raises PortUnavailable."""
    if host in {"::", ""}:
        return [_listen_everywhere(port)]
    with ExitStack() as opened:
        listeners = [
            opened.enter_context(_listen(family, address[0], port))
            for family, address in _addresses(host, port)
        ]
        opened.pop_all()
    return listeners


@contextmanager
def listening(host: str, port: int, *, wanted: bool) -> Iterator[tuple[int, ...]]:
    """Hold the listening sockets for the block; yields their numbers, none when not `wanted`."""
    with ExitStack() as opened:
        found = listen(host, port) if wanted else []
        yield tuple(opened.enter_context(one).fileno() for one in found)


def address_to_open(host: str, port: int) -> str:
    """The URL a person at this machine opens for a server listening on `host`."""
    shown = reachable_host(host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def reachable_host(host: str) -> str:
    """The address at which this machine itself reaches a server listening on `host`."""
    return "127.0.0.1" if host in {"", "::", "0.0.0.0"} else host


def _listen_everywhere(port: int) -> socket.socket:
    if not socket.has_dualstack_ipv6():
        return _listen(socket.AF_INET, "0.0.0.0", port)
    try:
        return socket.create_server(
            ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG
        )
    except OSError as wrong:
        if wrong.errno == errno.EAFNOSUPPORT:  # built in, but switched off on this machine
            return _listen(socket.AF_INET, "0.0.0.0", port)
        raise _explained(wrong, "::", port) from wrong


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as wrong:
        raise PortUnavailable(
            f"监听地址 {host} 无法解析;请改用本机的 IP,如 --host 127.0.0.1 或 --host ::"
        ) from wrong
    return list(dict.fromkeys((one[0], (str(one[4][0]), port)) for one in found))


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as wrong:
        raise _explained(wrong, host, port) from wrong


def _explained(wrong: OSError, host: str, port: int) -> PortUnavailable:
    if wrong.errno == errno.EADDRINUSE:
        fix = f"请换一个端口(如 --port {port + 1}),或先结束占用它的程序"
        return PortUnavailable(f"端口 {port} 已被占用{_occupant(port)};{fix}")
    if wrong.errno == errno.EACCES:
        return PortUnavailable(
            f"没有权限监听端口 {port};请用 1024 以上的端口(如 --port 8050),由反向代理转发"
        )
    if wrong.errno == errno.EADDRNOTAVAIL:
        return PortUnavailable(f"本机没有地址 {host};请用 --host 127.0.0.1 或 --host ::")
    return PortUnavailable(f"不能监听 {host} 端口 {port}({wrong.strerror});请换 --host 或 --port")


def _occupant(port: int) -> str:
    """Name the program on `port` as far as this user may see it."""
    try:
        for one in psutil.net_connections("tcp"):
            heard = one.laddr[1] if len(one.laddr) == 2 else 0
            if one.status == psutil.CONN_LISTEN and heard == port and one.pid:
                return f"(进程 {one.pid} {psutil.Process(one.pid).name()})"
    except psutil.Error:
        return ""
    return ""
