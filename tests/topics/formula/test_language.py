"""A formula that cannot be read or must not be computed is refused, with the place and the fix."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.small_city import CUMULATIVE, END, formula, spec
from topics.kit.contracts import PeriodKind
from topics.kit.errors import BadFormula
from topics.kit.formula.functions import FUNCTIONS
from topics.kit.formula.parse import parse, parse_condition
from topics.kit.manifest_indicators import Comparison

UNREADABLE = {
    "": "不是算式",
    "a.x +": "不是算式",
    "a.x \uff0b 1": "第 5 个字 '\uff0b' 是全角符号;改成半角的 '+'",
    "a.x ** 2": "乘方请写成连乘",
    "a.x // 2": "只能用 + - * /",
    "foo(a.x)": "没有函数 'foo'",
    "rollin(a.x, 3, sum)": "是不是 rolling(x, n, sum|mean|min|max)?",
    "yoy(a.x, 2)": "参数个数不对:yoy(x)",
    "rank()": "参数个数不对",
    "elapsed(1)": "参数个数不对:elapsed()",
    "yoy(x=a.x)": "参数按次序写",
    "lag(a.x, 0)": "期数写 1 到 400 的整数",
    "lag(a.x, 1.5)": "期数写 1 到 400 的整数",
    "rolling(a.x, 3, median)": "这里写 sum、mean、min、max 之一",
    "round(a.x, 1)": "存储的值不取整",
    "yoy + a.x": "函数要带括号:yoy(x)",
    "leakage * 2": "写全,如 water.leakage",
    "a.b.c": "指标编号写成 专题.指标",
    "A.x": "指标编号写成 专题.指标",
    "__import__('os').system": "指标编号写成 专题.指标",
    "a.x > 1": "比较只写在 where 里",
    "where(a.x, 1, 2)": "条件写成一个比较",
    "where(1 < a.x < 3, 1, 2)": "条件写成一个比较",
    "where(a.x is a.y, 1, 2)": "比较用",
    "'text'": "不是数",
    "True": "不是数",
    "1e30 * a.x": "数太大",
    "not a.x": "这里不能用 not",
    "a.x if a.y else 1": "不能用这种写法",
    "[a.x]": "不能用这种写法",
    "(lambda: 1)()": "只能调用函数",
    "of_year(a.x + 1)": "of_year 里只写一个指标编号",
    "score(a.x, 1, 0, 1)": "score 只写在 composite 里",
    "composite(a.x)": "composite 里每项写成 score",
    "composite(score(a.x, 1, 5, 5))": "不能相等",
    "composite(score(a.x, 0, 0, 5))": "权重应大于 0",
    "composite(score(a.x, a.y, 0, 5))": "权重和上下限写数",
    "a.x + " * 200 + "a.x": "最多 1000 个",
    "(" * 60 + "-" * 30 + "a.x" + ")" * 60: "套了 24 层以上",
    "yoy(" * 20 + "a.x" + ")" * 20: "展开后太大",
    "(" * 300 + "a.x" + ")" * 300: "不是算式",
}


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:30])
def test_what_cannot_be_read_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(BadFormula, match=re.escape(UNREADABLE[text])):
        parse(text)


def test_the_place_is_counted_in_characters_as_people_count() -> None:
    with pytest.raises(BadFormula, match="第 7 个字处"):
        parse("a.x + 水务")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_more(text: str) -> None:
    with suppress(BadFormula):
        parse(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ax.+-*/()<>=, 0123456789ybogrnk_'[]{}:", max_size=40))
def test_any_almost_formula_is_read_or_refused_and_never_more(text: str) -> None:
    with suppress(BadFormula):
        parse(text)


def test_an_alert_may_watch_one_comparison() -> None:
    assert parse_condition("a.x > 3") != parse_condition("a.x >= 3")


def test_every_function_says_what_it_does_and_how_it_is_written() -> None:
    assert all(one.help and one.usage.startswith(one.name) for one in FUNCTIONS.values())


X, MONEY, MORE, RATE = (
    spec("a.x", "件"),
    spec("a.money", "亿元"),
    spec("a.more", "万元"),
    spec("a.rate", "%"),
)
TOTAL = spec("a.total", "亿元", CUMULATIVE)
QUARTERLY = spec("a.quarterly", "亿元", CUMULATIVE, frequency="1q")
STOCK, YEARLY = spec("a.stock", "户", END), spec("a.people", "万人", PeriodKind.YEAR)
MOMENT = spec("a.load", "万千瓦", PeriodKind.INSTANT, frequency="15m")
GDP = spec("a.gdp", "亿元", CUMULATIVE, title="地区生产总值")
INDUSTRY = spec("a.industry", "亿元", title="规上工业增加值")
RETAIL = spec(
    "a.retail",
    "亿元",
    CUMULATIVE,
    title="社会消费品零售总额",
    comparison=Comparison(label="同比", published="a.rate", against=None),
)
ALL = (
    X, MONEY, MORE, RATE, TOTAL, QUARTERLY, STOCK, YEARLY, MOMENT, GDP, INDUSTRY, RETAIL,
)  # fmt: skip
SENSELESS = [
    ("a.x + a.money", "件", "不是同一种量"),
    ("a.money + a.more", "亿元", "大小不同;先换算"),
    ("a.x + 1", "件", "不能与没有单位的数相加减"),
    ("a.x / a.x", "%", "乘以 100"),
    ("a.money", "万元", "大小不同;乘或除以换算的倍数"),
    ("a.money", "件", "不是同一种量"),
    ("a.x / a.money", "%", "不是同一种量"),
    ("yoy(a.rate)", "%", "写 yoy_points"),
    ("regional_sum(a.rate)", "%", "率不能按区划相加"),
    ("rolling(a.rate, 3, sum)", "%", "率不能逐期相加"),
    ("where(a.x > a.money, 1, 2)", "", "比较"),
    ("where(a.x > 1, a.x, a.money)", "件", "where 的两个值"),
    ("coalesce(a.x, a.money)", "件", "coalesce 的各个值"),
    ("two_year_avg(a.x)", "%", "不能与没有单位的数相加减"),
    ("a.missing * 2", "件", "没有声明"),
    ("1 + 1", "", "算式里没有指标"),
]
WRONG_TIME = [
    ("a.total + a.money", "亿元", "“累计”与“当月”"),
    ("a.total", "亿元", "算出的是“累计”,指标声明的是“当月”"),
    ("a.money / a.people", "亿元/万人", "of_year(年度)"),
    ("monthly(a.money)", "亿元", "monthly 用于按月的“累计”"),
    ("monthly(a.quarterly)", "亿元", "monthly 用于按月的“累计”"),
    ("ytd(a.stock)", "户", "不能逐期相加"),
    ("ytd(a.total)", "亿元", "累计数本身已是和"),
    ("since_december(a.money)", "亿元", "用于“期末”指标"),
    ("of_year(a.money)", "亿元", "of_year 用于年度指标"),
    ("mom(a.total)", "%", "累计数不算环比"),
    ("lag(a.load, 1)", "万千瓦", "时点指标没有固定的上一期"),
    ("lag(3, 1) + a.x", "件", "数没有上一期"),
]
PUBLISHED = [
    ("yoy(a.gdp)", "只能引用公布值"),
    ("yoy(a.industry)", "只能引用公布值"),
    ("yoy(a.gdp / 10000)", "只能引用公布值"),
    ("yoy(a.retail)", "已公布增速 a.rate,请直接引用"),
]


@pytest.mark.parametrize(("text", "unit", "said"), SENSELESS + WRONG_TIME)
def test_what_makes_no_sense_is_refused_before_any_value_is_there(
    text: str, unit: str, said: str
) -> None:
    with pytest.raises(BadFormula, match=re.escape(said)):
        formula(text, *ALL, result=spec("a.result", unit))


@pytest.mark.parametrize(("text", "said"), PUBLISHED)
def test_published_growth_is_never_derived(text: str, said: str) -> None:
    with pytest.raises(BadFormula, match=re.escape(said)):
        formula(text, *ALL, result=spec("a.result", "%", CUMULATIVE))


SENSIBLE = [
    ("a.money * 10000", "万元", PeriodKind.MONTH),
    ("a.money + a.more / 10000", "亿元", PeriodKind.MONTH),
    ("a.x / a.stock", "件/户", PeriodKind.MONTH),
    ("a.stock / of_year(a.people)", "户/万人", END),
    ("100 - a.rate", "%", PeriodKind.MONTH),
    ("yoy_points(a.rate)", "百分点", PeriodKind.MONTH),
    ("ytd(a.money) - a.total", "亿元", CUMULATIVE),
    ("monthly(a.total)", "亿元", PeriodKind.MONTH),
    ("regional_mean(a.rate, a.x)", "%", PeriodKind.MONTH),
    ("regional_sum(a.result)", "件", PeriodKind.MONTH),
    ("where(a.x > 100, a.rate, 0)", "%", PeriodKind.MONTH),
    ("rank(a.x)", "名", PeriodKind.MONTH),
    ("composite(score(a.x, 1, 0, 9), score(a.rate, 2, 9, 0))", "分", PeriodKind.MONTH),
    ("a.load / 10", "万千瓦", PeriodKind.INSTANT),
]


@pytest.mark.parametrize(("text", "unit", "kind"), SENSIBLE)
def test_what_makes_sense_is_taken(text: str, unit: str, kind: PeriodKind) -> None:
    result = spec("a.result", unit, kind, levels=("city",), frequency="15m")
    made = formula(text, *ALL, result=result)
    assert made.id == "a.result"


def test_a_formula_may_name_itself_only_for_the_level_above() -> None:
    with pytest.raises(BadFormula, match="用到了自己"):
        formula("regional_sum(a.x)", X, result=X)
    with pytest.raises(BadFormula, match="用到了自己"):
        formula("a.x + lag(a.x, 1)", X, result=X, levels=("city",))


def test_a_level_that_the_indicator_has_not_is_refused() -> None:
    with pytest.raises(BadFormula, match="levels 里的 county"):
        formula("a.x * 1", X, result=spec("a.r", "件", levels=("city",)), levels=("county",))


def test_what_is_made_of_a_sensitive_number_is_as_sensitive() -> None:
    secret = spec("a.secret", "件", classification="敏感", title="涉密件数")
    with pytest.raises(BadFormula, match="用到的 涉密件数 是“敏感”,结果不能是“内部”"):
        formula("a.secret * 2", secret, result=spec("a.r", "件"))
    assert formula("a.secret * 2", secret, result=spec("a.r", "件", classification="敏感"))
