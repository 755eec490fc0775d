"""A formula's text as a tree. Nothing is ever evaluated as Python; every fault says where."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Collection
from itertools import islice
from typing import Any, NoReturn, cast

from topics.kit.errors import BadFormula
from topics.kit.formula.functions import FUNCTIONS, MOST_PERIODS, ONLY_NAMES, Function, Parameter
from topics.kit.formula.nodes import (
    Binary,
    Call,
    Compare,
    Comparing,
    Name,
    Negative,
    Node,
    Number,
    Score,
    Sign,
    all_nodes,
)

LONGEST = 1000
"""Characters that a formula may have."""
DEEPEST = 24
"""Levels of parentheses and functions."""
LARGEST = 1e15
"""The largest number that may be written."""
_MOST_NODES = 2000  # after functions are written out

_SIGNS: dict[type[ast.operator], Sign] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_COMPARING: dict[type[ast.cmpop], Comparing] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_ID = re.compile(r"[a-z][a-z0-9_]*")
_WIDE = {"\uff08": "(", "\uff09": ")", "\uff0b": "+", "\uff0d": "-", "\u2212": "-", "\u00d7": "*"}
_WIDE |= {"\u00f7": "/", "\uff0a": "*", "\uff0f": "/", "\uff0c": ",", "\u3001": ",", "\uff0e": "."}
_EXAMPLE = "写成如 a.x / a.y * 100"


def parse(text: str, own: Collection[str] | None = ()) -> Node:
    """The tree of an expression; BadFormula says what is wrong, at which character, and the fix.

    `own` are the functions of the topic's own that may be called; None: any, to be checked later.
    """
    found = _read(text, own, condition=False)
    assert not isinstance(found, Compare)
    return found


def parse_condition(text: str, own: Collection[str] | None = ()) -> Node | Compare:
    """The tree of an expression or of one comparison, as alerts watch."""
    return _read(text, own, condition=True)


def _read(text: str, own: Collection[str] | None, *, condition: bool) -> Node | Compare:
    if len(text) > LONGEST:
        raise BadFormula(f"算式有 {len(text)} 个字,最多 {LONGEST} 个;拆成几个指标分步计算")
    _refuse_wide(text)
    try:
        # The grammar has no statement here, and what it gives is only looked at.
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as wrong:
        raise BadFormula(
            f"第 {wrong.offset or 1} 个字处不是算式({wrong.msg});{_EXAMPLE}"
        ) from wrong
    except (ValueError, RecursionError, MemoryError) as wrong:
        raise BadFormula(f"算式读不懂;{_EXAMPLE}") from wrong
    reader = _Reader(text.strip(), own)
    found: Node | Compare
    if condition and isinstance(tree.body, ast.Compare):
        found = reader.condition(tree.body, 0)
    else:
        found = reader.read(tree.body, 0)
    # Shared inside: a growth of a growth doubles the tree, so the count itself must end early.
    if sum(1 for _ in islice(all_nodes(found), _MOST_NODES + 1)) > _MOST_NODES:
        raise BadFormula("算式展开后太大;拆成几个指标分步计算")
    return found


def _refuse_wide(text: str) -> None:
    for place, letter in enumerate(text, 1):
        if letter in _WIDE:
            raise BadFormula(f"第 {place} 个字 {letter!r} 是全角符号;改成半角的 {_WIDE[letter]!r}")


class _Reader:
    def __init__(self, text: str, own: Collection[str] | None) -> None:
        self._bytes = text.encode()
        self._own = own

    def read(self, node: ast.expr, depth: int) -> Node:
        if depth > DEEPEST:
            self._refuse(node, f"括号和函数套了 {DEEPEST} 层以上;拆成几个指标分步计算")
        reader = _READERS.get(type(node))
        if reader is None:
            self._refuse(node, f"不能用这种写法;只用指标编号、数、+ - * / 括号和函数,{_EXAMPLE}")
        return reader(self, node, depth)

    def number(self, node: ast.Constant, depth: int) -> Node:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(node, f"{value!r} 不是数;只能写数和指标编号")
        if not abs(value) <= LARGEST:
            self._refuse(node, f"数太大,最多 {LARGEST:.0e};换用更大的单位")
        return Number(float(value))

    def name(self, node: ast.Attribute, depth: int) -> Node:
        topic = node.value.id if isinstance(node.value, ast.Name) else ""
        if not (_ID.fullmatch(topic) and _ID.fullmatch(node.attr)):
            self._refuse(node, "指标编号写成 专题.指标,小写字母、数字、下划线,如 water.leakage")
        return Name(f"{topic}.{node.attr}")

    def bare(self, node: ast.Name, depth: int) -> NoReturn:
        if node.id in FUNCTIONS:
            self._refuse(node, f"函数要带括号:{FUNCTIONS[node.id].usage}")
        self._refuse(node, f"{node.id!r} 不是指标编号;写全,如 water.{node.id}")

    def unary(self, node: ast.UnaryOp, depth: int) -> Node:
        inner = self.read(node.operand, depth + 1)
        if isinstance(node.op, ast.UAdd):
            return inner
        if not isinstance(node.op, ast.USub):
            self._refuse(node, "这里不能用 not、~;只用 + - * /")
        return Number(-inner.value) if isinstance(inner, Number) else Negative(inner)

    def binary(self, node: ast.BinOp, depth: int) -> Node:
        sign = _SIGNS.get(type(node.op))
        if sign is None:
            self._refuse(node, "只能用 + - * /;乘方请写成连乘")
        # A long chain of + is as deep on the left as it is long; parentheses are what is counted.
        level = depth if isinstance(node.left, ast.BinOp) else depth + 1
        return Binary(sign, self.read(node.left, level), self.read(node.right, depth + 1))

    def condition(self, node: ast.expr, depth: int) -> Compare:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            self._refuse(node, "条件写成一个比较,如 a.x > 0")
        sign = _COMPARING.get(type(node.ops[0]))
        if sign is None:
            self._refuse(node, "比较用 < <= > >= == !=")
        left, right = node.left, node.comparators[0]
        return Compare(sign, self.read(left, depth + 1), self.read(right, depth + 1))

    def call(self, node: ast.Call, depth: int) -> Node:
        found = self._called(node, depth)
        if isinstance(found, Score):
            self._refuse(node, f"score 只写在 composite 里:{FUNCTIONS['composite'].usage}")
        return found

    def compare(self, node: ast.Compare, depth: int) -> NoReturn:
        self._refuse(node, f"比较只写在 where 里:{FUNCTIONS['where'].usage}")

    def _called(self, node: ast.Call, depth: int) -> Node | Score:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS and name and name != "round" and self._is_own(name):
            return self._own_call(node, name, depth)
        function = self._function(node)
        if node.keywords:
            self._refuse(node, f"参数按次序写,不写名称:{function.usage}")
        parameters = function.parameters
        if parameters and parameters[-1].taken in ("values", "scores"):
            parameters = (parameters[0],) * len(node.args)
        least = max(1, sum(one.needed for one in function.parameters))
        if function.parameters and not least <= len(node.args) <= len(parameters):
            self._refuse(node, f"参数个数不对:{function.usage}")
        if len(node.args) > len(parameters):
            self._refuse(node, f"参数个数不对:{function.usage}")
        pairs = zip(node.args, parameters, strict=False)
        taken = [self._argument(one, parameter, function, depth) for one, parameter in pairs]
        if function.name in ONLY_NAMES and not isinstance(taken[0], Name):
            self._refuse(node, f"{function.name} 里只写一个指标编号:{function.usage}")
        return cast("Node | Score", function.build(*taken))

    def _is_own(self, name: str) -> bool:
        return self._own is None or name in self._own

    def _own_call(self, node: ast.Call, name: str, depth: int) -> Call:
        if node.keywords:
            self._refuse(node, f"{name}:参数按次序写,不写名称")
        return Call(name, tuple(self.read(one, depth + 1) for one in node.args))

    def _function(self, node: ast.Call) -> Function:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        found = FUNCTIONS.get(name)
        if found is not None:
            return found
        if name == "round":
            self._refuse(node, "存储的值不取整;显示几位小数写在指标的 precision")
        known = [*(self._own or ()), *FUNCTIONS]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"是不是 {_usage(near[0])}?" if near else f"可用的有 {'、'.join(known)}"
        self._refuse(node, f"没有函数 {name!r};{hint}" if name else f"只能调用函数;{hint}")

    def _argument(
        self, node: ast.expr, parameter: Parameter, function: Function, depth: int
    ) -> object:
        match parameter.taken:
            case "whole":
                return self._whole(node, function)
            case "word":
                return self._word(node, parameter, function)
            case "number":
                return self._plain(node, function)
            case "condition":
                return self.condition(node, depth + 1)
            case "scores":
                return self._score(node, function, depth)
            case _:
                return self.read(node, depth + 1)

    def _whole(self, node: ast.expr, function: Function) -> int:
        value = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_PERIODS:
            self._refuse(node, f"期数写 1 到 {MOST_PERIODS} 的整数:{function.usage}")
        return value

    def _word(self, node: ast.expr, parameter: Parameter, function: Function) -> str:
        if not isinstance(node, ast.Name) or node.id not in parameter.words:
            self._refuse(node, f"这里写 {'、'.join(parameter.words)} 之一:{function.usage}")
        return node.id

    def _plain(self, node: ast.expr, function: Function) -> float:
        found = self.read(node, 0)
        if not isinstance(found, Number):
            self._refuse(node, f"权重和上下限写数:{function.usage}")
        return found.value

    def _score(self, node: ast.expr, function: Function, depth: int) -> Score:
        found = self._called(node, depth + 1) if isinstance(node, ast.Call) else None
        if not isinstance(found, Score):
            self._refuse(node, f"composite 里每项写成 {FUNCTIONS['score'].usage}")
        if found.low == found.high:
            self._refuse(node, "score 的 low 与 high 不能相等")
        if found.weight <= 0:
            self._refuse(node, "score 的权重应大于 0")
        return found

    def _refuse(self, node: ast.expr, text: str) -> NoReturn:
        # The parser counts bytes; people count characters.
        place = len(self._bytes[: node.col_offset].decode(errors="ignore")) + 1
        raise BadFormula(f"第 {place} 个字处:{text}")


def _usage(name: str) -> str:
    found = FUNCTIONS.get(name)
    return f"{name}(…)" if found is None else found.usage


_READERS: dict[type[ast.expr], Callable[[_Reader, Any, int], Node]] = {
    ast.Constant: _Reader.number,
    ast.Attribute: _Reader.name,
    ast.Name: _Reader.bare,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.binary,
    ast.Call: _Reader.call,
    ast.Compare: _Reader.compare,
}
