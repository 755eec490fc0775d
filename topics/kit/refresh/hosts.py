"""Which machines a source may be on: no request is led to our own machine or network unasked.

The address that was checked is the address that is connected to: a name that answers differently a
moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from topics.kit.errors import SourceRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598, inside of a provider's network
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052, holds an IPv4 address


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system knows it; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class HostGuard:
    """Says where a host may be reached; `allowed` are names, addresses, networks, each with :port.

    Public addresses need no entry. `local` also allows this machine: for our own simulators.
    """

    allowed: Sequence[str] = ()
    local: bool = False
    lookup: Resolve = field(default=resolve)

    def addresses(self, host: str, port: int, name: str) -> Sequence[str]:
        """The addresses to connect to, in order; SourceRefused when none is allowed."""
        bare = host.strip("[]").rstrip(".").lower()
        try:
            found = self.lookup(bare, port)
        except (OSError, UnicodeError) as wrong:
            raise SourceRefused(f"{name}:主机名 {host} 查不到地址;请检查地址或 DNS") from wrong
        if self._named(bare, port):
            return found
        good = [one for one in found if self._may(_parsed(one), port)]
        if len(good) < len(found) or not good:
            bad = next((one for one in found if one not in good), bare)
            raise SourceRefused(
                f"{name}:主机 {host}({bad})在内网或本机,不在允许名单里,未连接;"
                f'确认无误后请系统管理员在 config.toml 写 [connectors] allow_hosts = ["{bare}"]'
            )
        return good

    def _named(self, host: str, port: int) -> bool:
        return any(one.lower() in (host, f"{host}:{port}") for one in self.allowed)

    def _may(self, address: Address, port: int) -> bool:
        inner = _inner(address)
        if self.local and inner.is_loopback:
            return True
        return _is_public(inner) or any(_covers(one, inner, port) for one in self.allowed)


def bad_entries(allowed: Iterable[str]) -> list[str]:
    """The entries of an allow-list that name neither a host nor a network."""
    return [one for one in allowed if not one.strip() or "://" in one or " " in one.strip()]


def _parsed(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries: it is what is reached in the end."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: Address) -> bool:
    shared = isinstance(address, ipaddress.IPv4Address) and address in _SHARED
    return address.is_global and not (address.is_multicast or address.is_reserved or shared)


def _covers(entry: str, address: Address, port: int) -> bool:
    """Whether an entry like 10.1.0.0/16, 10.1.2.3 or 10.1.2.3:8080 covers the address."""
    host, _, own_port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
    if own_port and own_port != str(port):
        return False
    try:
        return address in ipaddress.ip_network(host.strip("[]"), strict=False)
    except ValueError:
        return False
