"""Ports for programs that a test starts."""

from __future__ import annotations

import socket


def held_port() -> socket.socket:
    """A port for a program to listen on: nobody else is given it while the socket lives.

    It is bound and does not listen, so a listener that may share addresses has it all the same;
    a port that was only looked up could be somebody's by the time the program has started.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", 0))
    return place


def port_of(place: socket.socket) -> int:
    """The number of a port that is held."""
    return int(place.getsockname()[1])
