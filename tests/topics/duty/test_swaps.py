"""Swaps: done when both have agreed, by themselves where they can sign in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.people import masked, person_id, read_people
from topics.kit.duty.swaps import (
    Swap,
    SwapEvent,
    SwapState,
    SwapStep,
    Turn,
    check_swap,
    check_swap_step,
    fold_swap,
    holder,
    put,
)
from topics.kit.errors import BadDuty, StepRefused
from topics.kit.organisations import Organisation, Organisations
from topics.kit.reporting.tables import Table

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
A = Turn(NOW + timedelta(days=1), "值班长", "p1")
B = Turn(NOW + timedelta(days=2), "值班长", "p2")
ASKED = Swap("s", A, B, "出差", NOW, "zhang")
WITH = Person("p1", "张", "yjj", "", "13800001234", account="zhang")
WITHOUT = Person("p2", "李", "yjj", "", "13900001234")


def after(*steps: SwapStep) -> Swap:
    return fold_swap(ASKED, [SwapEvent("s", one, NOW, "x") for one in steps])


def test_a_swap_is_done_only_when_both_have_agreed() -> None:
    assert after(SwapStep.AGREED_FIRST).state is SwapState.ASKED
    assert after(SwapStep.AGREED_FIRST, SwapStep.AGREED_FIRST).state is SwapState.ASKED
    assert after(SwapStep.AGREED_SECOND, SwapStep.AGREED_FIRST).state is SwapState.DONE


def test_what_is_refused_or_withdrawn_is_not_agreed_later() -> None:
    for end in (SwapStep.REFUSED, SwapStep.WITHDRAWN):
        ended = after(SwapStep.AGREED_FIRST, end, SwapStep.AGREED_SECOND)
        assert ended.state is not SwapState.DONE
        with pytest.raises(StepRefused):
            check_swap_step(ended, SwapStep.AGREED_SECOND, WITHOUT, "qian")


def test_who_can_sign_in_agrees_himself() -> None:
    with pytest.raises(StepRefused, match="本人同意"):
        check_swap_step(ASKED, SwapStep.AGREED_FIRST, WITH, "qian")
    check_swap_step(ASKED, SwapStep.AGREED_FIRST, WITH, "zhang")
    check_swap_step(ASKED, SwapStep.AGREED_SECOND, WITHOUT, "qian")


def test_only_who_asked_withdraws() -> None:
    with pytest.raises(StepRefused, match="提出换班的人"):
        check_swap_step(ASKED, SwapStep.WITHDRAWN, None, "qian")


def test_a_shift_that_has_begun_is_not_swapped() -> None:
    check_swap(A, B, NOW)
    for first, second in ((A, A), (Turn(NOW, "值班长", "p1"), B), (A, Turn(B.starts, "x", "p1"))):
        with pytest.raises(BadDuty):
            check_swap(first, second, NOW)


def test_a_post_is_given_to_another_and_the_rest_of_the_shift_stays() -> None:
    shift = Shift(NOW, NOW + timedelta(hours=8), WITH, WITH, (("指挥席", WITH), ("联络席", WITH)))
    changed = put(shift, "指挥席", WITHOUT)
    assert (holder(changed, "指挥席"), holder(changed, "联络席")) == (WITHOUT, WITH)
    assert holder(put(shift, "带班领导", WITHOUT), "带班领导") == WITHOUT
    assert holder(put(shift, "值班长", WITHOUT), "带班领导") == WITH


def test_phones_and_mails_are_masked_but_for_their_ends() -> None:
    hidden = masked(Person("p", "张", "yjj", "", "13800001234", "zhang@city.cn"))
    assert (hidden.phone, hidden.mail) == ("138****1234", "z***@city.cn")
    assert masked(Person("p", "张", "yjj", "", "12345")).phone == "*****"


def test_rows_of_the_contacts_that_cannot_be_are_named() -> None:
    day = datetime(2020, 1, 1, tzinfo=UTC).date()
    units = Organisations([Organisation("yjj", "韶关市应急管理局", "市应急局", 1, day)])
    rows = (
        ("姓名", "单位", "职务", "电话", "邮箱"),
        ("张三", "市应急局", "科长", "13800001234", ""),
        ("张三", "韶关市应急管理局", "", "13800001235", ""),
        ("李四", "市气象台", "", "13800001236", ""),
        ("王五", "市应急局", "", "电话不详", "wang"),
    )
    found = read_people([Table(rows)], units, {})
    assert [one.name for one in found.people] == ["张三"]
    items = [(one.row, one.item) for one in found.problems]
    assert items == [(3, "姓名"), (4, "单位"), (5, "电话"), (5, "邮箱")]


def test_a_row_with_a_mistyped_account_is_refused_with_the_nearest_names() -> None:
    day = datetime(2020, 1, 1, tzinfo=UTC).date()
    units = Organisations([Organisation("yjj", "韶关市应急管理局", "市应急局", 1, day)])
    accounts = {"zhangsan": "a1", "lisi": "a2"}
    head = ("姓名", "单位", "电话", "账号")
    rows = [head, *((name, "yjj", "13800001234", account) for name, account in (
        ("张三", "zhangsna"), ("李四", "lisi"), ("王五", ""),
    ))]  # fmt: skip
    found = read_people([Table(tuple(rows))], units, accounts)
    assert [(one.name, one.account) for one in found.people] == [("李四", "a2"), ("王五", None)]
    (wrong,) = found.problems
    assert (wrong.row, wrong.item, wrong.problem) == (2, "账号", "没有账号“zhangsna”")
    assert "zhangsan" in wrong.remedy


def test_a_table_without_the_column_leaves_the_accounts_as_they_are() -> None:
    day = datetime(2020, 1, 1, tzinfo=UTC).date()
    units = Organisations([Organisation("yjj", "韶关市应急管理局", "市应急局", 1, day)])
    had = Person(person_id("yjj", "张三"), "张三", "yjj", "", "1", account="a1")
    rows = (("姓名", "单位", "电话"), ("张三", "yjj", "13800001234"))
    found = read_people([Table(rows)], units, {"zhangsan": "a1"}, [had])
    assert [one.account for one in found.people] == ["a1"]
