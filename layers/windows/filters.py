"""The filter language: comparisons joined by `;` or ` and `.

    grade=3; name!=北江
    built>=2001-05-01 and kind in (学校, "医院, 诊所")

A value in double quotes is a text and may hold anything (`""` is one quote). A bare value that
reads as a number or as true/false means that as well as its text. A row without the attribute
never passes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from layers.compile.where import Comparison, Condition, Filter
from layers.errors import BadFilter
from layers.tiles.values import Scalar

_LONGEST = 4_000
_MOST_CONDITIONS = 32
_MOST_VALUES = 500
_EXAMPLE = "例如 grade=3;name in (北江,浈江)"
_TOKEN = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<operator>!=|<=|>=|[=<>(),;])|(?P<bare>[^\s"!=<>(),;]+))'
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    def is_word(self, word: str) -> bool:
        return self.kind == "bare" and self.text.lower() == word


def parse_filter(text: str) -> Filter:
    """The filter that the text says; blank text lets everything pass. Raises BadFilter."""
    if len(text) > _LONGEST:
        raise BadFilter(f"筛选条件太长,最多 {_LONGEST} 字")
    parser = _Parser(list(_tokens(text)))
    conditions: list[Condition] = []
    while parser.skip_joints():
        conditions.append(parser.condition())
        if len(conditions) > _MOST_CONDITIONS:
            raise BadFilter(f"筛选条件太多,最多 {_MOST_CONDITIONS} 个")
    return Filter(tuple(conditions))


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None or found.lastgroup is None:
            raise BadFilter(f"筛选条件在“{text[at : at + 12].strip()}”处读不懂;{_EXAMPLE}")
        piece = found.group(found.lastgroup)
        yield _Token(
            found.lastgroup, piece.replace('""', '"') if found.lastgroup == "quoted" else piece
        )
        at = found.end()


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def skip_joints(self) -> bool:
        """Pass over `;` (any number) or one `and`; whether a condition follows."""
        start = self._at
        while self._peek(";"):
            self._at += 1
        if self._at == start and start and self._left():
            if not self._tokens[self._at].is_word("and"):
                raise self._wrong("条件之间用 ; 或 and 连接")
            self._at += 1
            if not self._left():
                raise self._wrong("and 后面还要有条件")
        return self._left()

    def condition(self) -> Condition:
        attribute = self._next("属性名")
        if attribute.kind == "operator":
            raise self._wrong(f"“{attribute.text}”前面要有属性名")
        operator = self._next("比较符")
        if operator.is_word("in"):
            return Condition(attribute.text, Comparison.ANY_OF, tuple(self._listed()))
        if operator.kind != "operator" or operator.text in {"(", ")", ",", ";"}:
            raise self._wrong("比较符只有 = != < <= > >= in")
        return Condition(attribute.text, Comparison(operator.text), (self._value(),))

    def _listed(self) -> Iterator[tuple[Scalar, ...]]:
        if self._next("(").text != "(":
            raise self._wrong("in 后面写括号和值")
        for _ in range(_MOST_VALUES):
            yield self._value()
            closing = self._next(")")
            if closing.kind == "operator" and closing.text == ")":
                return
            if closing.kind != "operator" or closing.text != ",":
                raise self._wrong("括号里的值用逗号隔开,以 ) 结束")
        raise self._wrong(f"括号里最多 {_MOST_VALUES} 个值")

    def _value(self) -> tuple[Scalar, ...]:
        first = self._next("值")
        if first.kind == "quoted":
            return (first.text,)
        if first.kind == "operator":
            raise self._wrong('比较符后面要有值,空文本写 ""')
        words = [first.text]
        while self._left() and self._continues():
            words.append(self._tokens[self._at].text)
            self._at += 1
        return _readings(" ".join(words))

    def _continues(self) -> bool:
        token = self._tokens[self._at]
        return token.kind == "bare" and not token.is_word("and")

    def _next(self, wanted: str) -> _Token:
        if not self._left():
            raise self._wrong(f"缺少{wanted}")
        self._at += 1
        return self._tokens[self._at - 1]

    def _left(self) -> bool:
        return self._at < len(self._tokens)

    def _peek(self, operator: str) -> bool:
        return self._left() and self._tokens[self._at] == _Token("operator", operator)

    def _wrong(self, reason: str) -> BadFilter:
        near = " ".join(token.text for token in self._tokens[max(0, self._at - 3) : self._at])
        return BadFilter(f"筛选条件在“{near}”处有误:{reason};{_EXAMPLE}")


def _readings(text: str) -> tuple[Scalar, ...]:
    if text.lower() in {"true", "false"}:
        return text, text.lower() == "true"
    try:
        number = float(text) if re.search(r"[.eE]", text) else int(text)
    except ValueError:
        return (text,)
    return (text, number) if math.isfinite(number) else (text,)
