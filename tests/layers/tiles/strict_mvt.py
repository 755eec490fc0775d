"""A decoder of Mapbox Vector Tiles 2.1 that refuses whatever the specification forbids.

Written from the specification, apart from the encoder: it shares no code with it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

Vertex = tuple[int, int]


class Invalid(Exception):
    """The tile breaks the specification."""


@dataclass
class Feature:
    kind: int
    id: int | None
    properties: dict[str, object]
    parts: list[list[list[Vertex]]]  # parts of rings of vertices; a ring is not repeated at its end


@dataclass
class Layer:
    name: str
    extent: int
    features: list[Feature] = field(default_factory=list)


def decode(tile: bytes) -> list[Layer]:
    layers = []
    for number, kind, payload in _fields(tile):
        _require((number, kind) == (3, 2), f"tile field {number}")
        layers.append(_layer(payload))
    names = [layer.name for layer in layers]
    _require(len(set(names)) == len(names), "two layers of one name")
    return layers


def area(ring: list[Vertex]) -> int:
    """Twice the area by the surveyor's formula: positive is an exterior ring."""
    following = ring[1:] + ring[:1]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, following, strict=True))


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise Invalid(reason)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        _require(at < len(data) and shift < 70, "varint ends early")
        number |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            return number, at


def _fields(data: bytes):
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
        else:
            _require(wire in (1, 2, 5), f"wire type {wire}")
            if wire == 2:
                length, at = _varint(data, at)
            else:
                length = 8 if wire == 1 else 4
            value, at = data[at : at + length], at + length
            _require(at <= len(data), "field ends early")
        yield number, wire, value


def _layer(data: bytes) -> Layer:
    version = name = None
    extent, keys, values, features = 4096, [], [], []
    for number, wire, value in _fields(data):
        match number, wire:
            case 15, 0:
                version = value
            case 1, 2:
                name = value.decode()
            case 2, 2:
                features.append(value)
            case 3, 2:
                keys.append(value.decode())
            case 4, 2:
                values.append(_value(value))
            case 5, 0:
                extent = value
            case _:
                raise Invalid(f"layer field {number} of wire type {wire}")
    _require(version == 2, f"version {version}")
    _require(bool(name), "no name")
    _require(len(set(keys)) == len(keys), "a key twice")
    return Layer(name, extent, [_feature(each, keys, values) for each in features])


def _value(data: bytes) -> object:
    fields = list(_fields(data))
    _require(len(fields) == 1, "not one value")
    match fields[0]:
        case 1, 2, text:
            return text.decode()
        case 2, 5, raw:
            return struct.unpack("<f", raw)[0]
        case 3, 1, raw:
            return struct.unpack("<d", raw)[0]
        case 4, 0, number:
            return number - (1 << 64) if number >> 63 else number
        case 5, 0, number:
            return number
        case 6, 0, number:
            return (number >> 1) ^ -(number & 1)
        case 7, 0, number if number in (0, 1):
            return bool(number)
    raise Invalid("unknown value type")


def _packed(data: bytes) -> list[int]:
    numbers, at = [], 0
    while at < len(data):
        number, at = _varint(data, at)
        _require(number < 1 << 32, "not a uint32")
        numbers.append(number)
    return numbers


def _feature(data: bytes, keys: list[str], values: list[object]) -> Feature:
    seen: dict[int, object] = {}
    for number, wire, value in _fields(data):
        _require((number, wire) in {(1, 0), (2, 2), (3, 0), (4, 2)}, f"feature field {number}")
        _require(number not in seen, f"feature field {number} twice")
        seen[number] = value
    _require(3 in seen and 4 in seen, "no type or no geometry")
    kind = seen[3]
    _require(kind in (0, 1, 2, 3), f"type {kind}")
    parts = _geometry(kind, _packed(seen[4]))
    return Feature(kind, seen.get(1), _properties(_packed(seen.get(2, b"")), keys, values), parts)


def _properties(tags: list[int], keys: list[str], values: list[object]) -> dict[str, object]:
    _require(len(tags) % 2 == 0, "odd tags")
    properties: dict[str, object] = {}
    for key, value in zip(tags[::2], tags[1::2], strict=True):
        _require(key < len(keys) and value < len(values), "tag outside of the tables")
        _require(keys[key] not in properties, "a key twice in a feature")
        properties[keys[key]] = values[value]
    return properties


def _geometry(kind: int, tokens: list[int]) -> list[list[list[Vertex]]]:
    commands = _commands(tokens)
    if kind == 0:
        return []
    if kind == 1:
        _require([c for c, _ in commands] == [1], "a point is one MoveTo")
        return [[[vertex]] for vertex in commands[0][1]]
    step = 2 if kind == 2 else 3
    pattern = [1, 2] if kind == 2 else [1, 2, 7]
    _require(bool(commands) and len(commands) % step == 0, "incomplete commands")
    rings = []
    for at in range(0, len(commands), step):
        _require([c for c, _ in commands[at : at + step]] == pattern, "commands in wrong order")
        _require(len(commands[at][1]) == 1, "MoveTo count of a line or ring")
        rings.append(commands[at][1] + commands[at + 1][1])
    return [[ring] for ring in rings] if kind == 2 else _polygons(rings)


def _polygons(rings: list[list[Vertex]]) -> list[list[list[Vertex]]]:
    polygons: list[list[list[Vertex]]] = []
    for ring in rings:
        size = area(ring)
        _require(len(ring) >= 3 and size != 0, "a ring without area")
        _require(ring[0] != ring[-1], "a ring that repeats its first vertex")
        if size > 0:
            polygons.append([ring])
        else:
            _require(bool(polygons), "a hole before any exterior")
            polygons[-1].append(ring)
    return polygons


def _commands(tokens: list[int]) -> list[tuple[int, list[Vertex]]]:
    commands, at, x, y = [], 0, 0, 0
    while at < len(tokens):
        command, count = tokens[at] & 7, tokens[at] >> 3
        at += 1
        _require(command in (1, 2, 7) and count > 0, f"command {command} × {count}")
        vertices: list[Vertex] = []
        if command == 7:
            _require(count == 1, "ClosePath count")
        else:
            _require(at + 2 * count <= len(tokens), "not enough vertices")
            for _ in range(count):
                dx, dy = ((t >> 1) ^ -(t & 1) for t in tokens[at : at + 2])
                _require(command == 1 or (dx, dy) != (0, 0), "LineTo without a move")
                at, x, y = at + 2, x + dx, y + dy
                vertices.append((x, y))
        commands.append((command, vertices))
    return commands
