"""The alert centre in a real browser, on the paper city: alert → 确认 → 派单, keys, undo, states."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import harness
import pytest
import uvicorn
from holding import caught_up, fits, held
from paper_alerts import PaperAlerts
from playwright.sync_api import Browser, Request
from screen import PATIENCE, PaperCity, Screen

from app.web.vendor import BrowserFilesMissing, built

pytestmark = pytest.mark.browser
PAGE = "/alerts"
STATE = "tonglan.board.get()"
OVERFLOWING = """[...document.querySelectorAll('.yw-al *')].filter((e) => e instanceof HTMLElement && e.clientWidth > 0
  && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX === 'visible'
  && getComputedStyle(e).display !== 'inline' && !e.closest('.maplibregl-map, .js-plotly-plot')).map((e) => e.className)"""
TAG = "document.querySelector('[role=row][data-alert=a1] .yw-al-tag').textContent"
COUNTING = """(() => { const { post } = tonglan.api; tonglan.posting = 0;
  tonglan.api.post = (...asked) => { tonglan.posting += 1; return post(...asked).finally(() => { tonglan.posting -= 1; }); }; return 1; })()"""
SAYING = """(window.said = [], tonglan.board.subscribe(() => { const { toast } = tonglan.board.get();
  if (toast && toast !== window.last) window.said.push(toast.text + (toast.undo ? ' 撤销' : '')); window.last = toast; }), 1)"""
PRESSED = """((undo) => undo && undo.textContent.startsWith('撤销(') && (undo.click(), true))(document.querySelector('.yw-al-toast button'))"""
LISTS = re.compile(r"/api/v1/alerts\?")
NUMBERS = count(1)


@dataclass
class Desk:
    """The page and the alerts behind it."""

    screen: Screen
    alerts: PaperAlerts
    stream: harness.Stream

    def go(self, query: str = "") -> Desk:
        """The same page at another address, as the back button would bring it, with all it asks for."""
        address = f"{PAGE}?{query}" if query else PAGE
        self.screen.ask(
            f"window.before = {STATE}, history.pushState(null, '', '{address}'), dispatchEvent(new Event('popstate')), 1"
        )
        wanted = dict(part.split("=") for part in query.split("&") if part).get("alert", "")
        self.until(f"{STATE}.answer !== window.before.answer && !{STATE}.slow")
        self.until(f"({STATE}.detail?.id ?? '') === '{wanted}'")
        self.until(
            f"!'{wanted}' || ({STATE}.detail.whole && {STATE}.detail !== window.before.detail)"
        )
        return self

    def until(self, condition: str) -> None:
        self.screen.until(condition)

    def settle(self) -> None:
        """Wait until the page knows what became of all that it did, and all that the stream said."""
        self.until("!tonglan.posting && tonglan.alerts.get().known")
        number, heard = next(NUMBERS), "tonglan.alerts.get().funnel?.number"
        for _ in range(PATIENCE * 2):  # the page may just be opening its stream anew
            self.screen.city.tell("push", {"beat": 0, "cases": {"funnel": {"number": number}}})
            for _ in range(10):
                if self.screen.ask(f"{heard} === {number}"):
                    return
                self.screen.page.wait_for_timeout(50)
        raise AssertionError("the page does not hear the stream")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.screen.page.keyboard.press(key)

    def told(self, what: str) -> list[Any]:
        """What was asked of the server under this name."""
        return [body for name, body in self.alerts.asked if name == what]

    def says(self, text: str) -> None:
        """Wait until the page has said this; it is gone after some seconds."""
        self.until(f"window.said.some((one) => one.includes('{text}'))")

    def asked_for(self, key: str) -> Any:
        """The last list that was asked for with this key: a request takes its time."""
        self.screen.until_here(lambda: any(key in one for one in self.told("list")))
        return next(one for one in reversed(self.told("list")) if key in one)


@pytest.fixture(scope="module")
def program() -> Iterator[tuple[PaperCity, PaperAlerts, harness.Stream]]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    server, board, stream = harness.paper_program()
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(
        uvicorn.Config(server, log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield PaperCity(url, board), server.state.alerts, stream
    running.should_exit = True
    thread.join(15)
    listener.close()


@pytest.fixture(scope="module")
def page(
    chromium: Browser, program: tuple[PaperCity, PaperAlerts, harness.Stream]
) -> Iterator[Screen]:
    """One page for all tests: loading maps and charts is what takes the time."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    screen = Screen(context.new_page(), program[0]).watch().open(PAGE)
    screen.ask(COUNTING)
    screen.ask(SAYING)
    yield screen
    context.close()


@pytest.fixture
def desk(page: Screen, program: tuple[PaperCity, PaperAlerts, harness.Stream]) -> Desk:
    alerts = program[1]
    desk = Desk(page, alerts, program[2])
    desk.settle()
    alerts.reset()
    page.page.set_viewport_size({"width": 1920, "height": 1080})
    page.ask(
        "tonglan.board.set({dialog: null, open: null, picked: [], toast: null, failure: null}), window.said = [], 1"
    )
    return desk.go()


def test_the_list_stands_in_the_order_of_levels_with_counts_and_the_last_thirty_days(
    desk: Desk,
) -> None:
    page = desk.screen.page
    desk.until("document.querySelectorAll('[data-alert][role=row]').length === 14")
    levels = desk.screen.ask(
        "[...document.querySelectorAll('[role=row][data-alert]')].slice(0, 8).map((e) => e.dataset.level).join('')"
    )
    assert levels == "红橙橙黄黄蓝蓝蓝"
    assert page.inner_text(".yw-al-listhead span") == "8 条未解除"
    assert "确认中位 1 分 48 秒" in page.inner_text(".yw-al-foot")
    assert "".join(page.inner_text(".yw-header .yw-acounts").split()) == "红1橙2黄2蓝3"
    assert "级" not in page.inner_text(".yw-al-group").replace("级别", "")


def test_a_row_and_its_detail_say_what_fired_it_and_what_is_now(desk: Desk) -> None:
    page = desk.screen.page
    row = page.locator("[role=row][data-alert=a1]")
    now = row.locator(".yw-al-c-value .yw-al-latest")
    assert now.inner_text().split() == ["现", "2.05", "(10:20)"]
    late = page.locator("[role=row][data-alert=a2] .yw-al-c-value .yw-al-latest")
    assert late.inner_text().endswith("(10:20,迟 2 时)")
    assert late.evaluate("(e) => getComputedStyle(e).color") != now.evaluate(
        "(e) => getComputedStyle(e).color"
    )
    desk.press("ArrowDown")
    desk.until(f"{STATE}.detail?.whole && {STATE}.detail.id === 'a1'")
    assert page.inner_text(".yw-al-fact").startswith("触发值")
    assert page.inner_text(".yw-al-now").split()[:2] == ["现值", "2.05"]


def test_an_alert_is_acknowledged_and_dispatched_by_keys_alone(desk: Desk) -> None:
    desk.press("ArrowDown")
    desk.until(f"{STATE}.detail?.whole && {STATE}.detail.id === 'a1'")
    assert "alert=a1" in desk.screen.ask("location.search")
    assert "通知带班领导(还剩" in desk.screen.page.inner_text(".yw-al-escalates")
    desk.press("a")
    desk.until(f"{TAG} === '已确认'")
    desk.until(f"{STATE}.detail.state === '已确认' && {STATE}.detail.whole")
    desk.press("d")
    desk.until("document.querySelector('.yw-al-form textarea') === document.activeElement")
    desk.screen.page.keyboard.press("Tab")
    desk.press("Tab", "Enter")
    desk.until(f"{TAG} === '已派单'")
    assert desk.told("dispatch")[0]["category"] == "城市管理/事项/02003"
    assert desk.told("dispatch")[0]["unit"] == "qj-water"
    assert desk.told("dispatch")[0]["support"] == ["eco-qj", "mb"]  # those of the plan
    desk.until(
        "document.querySelector('.yw-al-standing a')?.textContent.includes('2026-1126-0100')"
    )


def test_what_was_done_can_be_taken_back_for_ten_seconds(desk: Desk) -> None:
    desk.go("alert=a1").press("a")
    desk.until(PRESSED)
    desk.says("已撤销")
    desk.until(f"{TAG} === '未确认'")
    assert [name for name, _ in desk.alerts.asked if name in ("ack", "undo")] == ["ack", "undo"]


def test_pausing_wants_a_reason_and_a_red_alert_at_most_two_hours(desk: Desk) -> None:
    page = desk.go("alert=a1").screen.page
    desk.press("s")
    desk.until("document.querySelector('.yw-al-form')")
    assert page.locator(".yw-al-quick button").all_inner_texts() == ["30 分", "1 小时", "2 小时"]
    page.click(".yw-al-form [type=submit]")
    assert page.inner_text(".yw-al-wrong") == "请写原因"
    page.fill(".yw-al-form textarea", "正在检修")
    page.evaluate("document.querySelector('.yw-al-form input').removeAttribute('max')")
    page.fill(".yw-al-form input", "2199-01-01T00:00")
    page.click(".yw-al-form [type=submit]")
    assert "最多暂停 2 小时" in page.inner_text(".yw-al-wrong")
    assert desk.told("pause") == []
    page.click(".yw-al-quick button:has-text('30 分')")
    page.click(".yw-al-form [type=submit]")
    desk.until(f"{TAG} === '已暂停'")
    assert desk.told("pause")[0]["reason"] == "正在检修"


def test_the_marked_ones_are_acknowledged_together(desk: Desk) -> None:
    desk.alerts.many(3)
    desk.go()
    desk.until("document.querySelector('[role=row][data-alert=m0]')")
    for id in ("m0", "m2"):
        desk.screen.page.click(f"[role=row][data-alert={id}] [role=checkbox]")
    assert desk.screen.ask(f"{STATE}.view.alert") == ""
    desk.screen.page.click(".yw-al-bulk button >> nth=0")
    desk.says("已确认 2 条")
    assert desk.told("acks") == [{"ids": ["m0", "m2"]}]


def test_filters_are_in_the_address_and_narrow_what_the_server_is_asked(desk: Desk) -> None:
    desk.screen.page.click("[role=checkbox][aria-label=红]")
    desk.until("document.querySelectorAll('[role=row][data-alert]').length === 13")
    assert "level=橙,黄,蓝" in desk.screen.page.evaluate("decodeURIComponent(location.search)")
    assert desk.asked_for("level")["level"] == "橙,黄,蓝"
    desk.screen.page.click("[role=radio]:has-text('浈江区')")
    desk.until(
        f"{STATE}.view.region[0] === '440204' && document.querySelectorAll('[role=row][data-alert]').length === 4"
    )
    desk.screen.page.click(".yw-al-reset")
    desk.until(
        "location.search === '' && document.querySelectorAll('[role=row][data-alert]').length === 14"
    )


def test_who_may_not_act_sees_why_and_a_leader_has_note_and_directive(desk: Desk) -> None:
    desk.alerts.may = {"note", "directive"}
    page = desk.go("alert=a2").screen.page
    shown = page.locator(".yw-al-action").all_inner_texts()
    assert [text.strip() for text in shown[:2]] in (["知悉", "督办"], ["确认", "知悉"])
    assert page.locator("[data-do=note]").is_enabled()
    assert page.locator("[data-do=directive]").is_enabled()
    assert "没有这项权限" in page.inner_text(".yw-al-do")


def test_a_leader_asks_a_unit_about_an_alert(desk: Desk) -> None:
    desk.alerts.may = {"note", "directive"}
    page = desk.go("alert=a2").screen.page
    page.click("[data-do=directive]")
    page.fill(".yw-al-form [role=combobox]", "曲江")
    page.keyboard.press("Enter")
    page.fill(".yw-al-form textarea", "今日内查明漏点")
    page.click(".yw-al-form [type=submit]")
    desk.says("已发出督办")
    (said,) = desk.told("directive")
    assert (said["about"], said["unit"]) == ("alert:a2", "qj-water")


def test_an_alert_is_given_to_a_unit_found_by_a_part_of_its_name_with_the_keyboard_alone(
    desk: Desk,
) -> None:
    desk.alerts.may |= {"assign"}
    page = desk.go("alert=a2").screen.page
    page.click("[data-do=assign]")
    desk.until("document.activeElement.role === 'combobox'")
    page.keyboard.type("水务")
    desk.until("document.querySelectorAll('.yw-pick-list [role=option]').length === 2")
    desk.press("ArrowDown", "Enter")
    chosen = page.input_value(".yw-al-form [role=combobox]")
    assert page.locator(".yw-pick-list").count() == 0
    desk.press("Enter")
    desk.says("已指派")
    (said,) = desk.told("assign")
    assert said == {"unit": {"市水务局": "slj", "曲江区水务局": "qj-water"}[chosen]}


def test_a_unit_nobody_knows_is_not_sent_and_escape_closes_the_list_before_the_form(
    desk: Desk,
) -> None:
    desk.alerts.may |= {"assign"}
    page = desk.go("alert=a2").screen.page
    page.click("[data-do=assign]")
    page.fill(".yw-al-form [role=combobox]", "没有这个单位")
    assert "没有“没有这个单位”" in page.inner_text(".yw-pick-list")
    desk.press("Escape")
    assert page.locator(".yw-al-form").count() == 1
    page.click(".yw-al-form [type=submit]")
    assert page.inner_text(".yw-al-wrong") == "请选单位"
    assert desk.told("assign") == []
    page.focus(".yw-al-form [role=combobox]")
    desk.press("Escape")
    assert page.locator(".yw-al-form").count() == 0


def test_resolved_alerts_are_those_of_three_days_until_older_ones_are_asked_for(desk: Desk) -> None:
    desk.go()
    assert desk.asked_for("resolved_days")["resolved_days"] == "3"
    page = desk.screen.page
    assert page.locator("[role=checkbox][aria-label='已解除(3 日)']").count() == 1
    page.fill(".yw-al-older input >> nth=0", "2026-11-20")
    page.fill(".yw-al-older input >> nth=1", "2026-11-10")
    page.click(".yw-al-older button")
    assert "不晚于" in page.inner_text(".yw-al-older .yw-al-wrong")
    page.fill(".yw-al-older input >> nth=0", "2026-11-01")
    page.click(".yw-al-older button")
    desk.until("document.querySelector('[role=checkbox][aria-label=已解除]')")
    asked = desk.asked_for("from")
    assert (asked["from"], asked["to"]) == ("2026-10-31T16:00:00.000Z", "2026-11-10T16:00:00.000Z")
    assert "resolved_days" not in asked
    page.click(".yw-al-chip")
    desk.until("document.querySelector('[role=checkbox][aria-label=\\'已解除(3 日)\\']')")


def test_a_refusal_is_said_where_the_form_was_filled_in(desk: Desk) -> None:
    desk.alerts.refuse = {"dispatch": (409, "已经派单", "这条告警已有未结的案件 2026-1126-0042")}
    desk.go("alert=a1").press("d")
    desk.until("document.querySelector('.yw-al-form')")
    desk.screen.page.click(".yw-al-form [type=submit]")
    desk.until("document.querySelector('.yw-al-wrong')")
    assert "已有未结的案件" in desk.screen.page.inner_text(".yw-al-wrong")
    assert desk.screen.ask(f"{STATE}.dialog") == "dispatch"


def test_the_condition_of_the_category_is_confirmed_in_the_form_by_keys(desk: Desk) -> None:
    desk.alerts.opens = "当事人提出或网格员发现"
    desk.go("alert=a1").press("d")
    desk.until("document.querySelector('.yw-al-form textarea') === document.activeElement")
    assert desk.alerts.opens in desk.screen.page.inner_text(".yw-al-opens label")
    assert "等在“受理”" in desk.screen.page.inner_text(".yw-al-opens p")
    desk.press("Tab", "Space")
    desk.until("!document.querySelector('.yw-al-opens p')")  # nothing waits now
    desk.press("Enter")
    desk.says("已派单 撤销")
    assert desk.told("dispatch")[0]["confirmed"] is True


def test_without_the_confirmation_the_page_says_where_the_case_waits(desk: Desk) -> None:
    desk.alerts.opens = "当事人提出或网格员发现"
    desk.go("alert=a1").press("d")
    desk.until("document.querySelector('.yw-al-form textarea') === document.activeElement")
    desk.screen.page.click(".yw-al-form [type=submit]")
    desk.says("等在“受理”")
    assert desk.told("dispatch")[0]["confirmed"] is False
    fits(desk.screen, OVERFLOWING)


def test_where_there_is_no_condition_the_form_asks_for_none(desk: Desk) -> None:
    desk.go("alert=a1").press("d")
    desk.until("document.querySelector('.yw-al-form textarea') === document.activeElement")
    assert desk.screen.page.locator(".yw-al-opens").count() == 0


def test_a_new_alert_comes_by_the_stream_and_is_said_aloud(desk: Desk) -> None:
    red = desk.alerts.raise_red()
    desk.screen.city.tell("push", {"alerts": desk.alerts.snapshot(red)})
    desk.until("document.querySelector('[role=row][data-alert=z1]')")
    desk.until("document.querySelector('.yw-header .yw-acount b').textContent === '2'")
    desk.until(
        "document.querySelector('.yw-unseen[role=alert]').textContent.includes('北江水位超警戒')"
    )
    assert desk.screen.ask("tonglan.board.get().rows[0].id") in ("z1", "a1")


def test_in_replay_the_moment_is_marked_and_nothing_can_be_done(desk: Desk) -> None:
    desk.go("alert=a1&as_of=2026-11-20T10:00:00%2B08:00")
    page = desk.screen.page
    desk.until(
        "document.querySelector('.yw-bar-line b')?.textContent.startsWith('回放 2026-11-20 10:00')"
    )
    assert desk.asked_for("as_of")["as_of"].startswith("2026-11-20T10:00")
    assert page.locator(".yw-al-action:enabled").count() == 0
    desk.press("a")
    desk.says("回放")
    assert desk.told("ack") == []
    page.click(".yw-bar-line button")
    desk.until("!location.search.includes('as_of')")


def test_the_server_being_away_says_so_and_keeps_what_is_there(desk: Desk) -> None:
    desk.alerts.refuse = {"list": (503, "数据库没有应答", "请稍后重试")}
    desk.screen.ask("void tonglan.acts.retry()")
    desk.until("document.querySelector('.yw-bar-line[role=alert]')")
    assert "数据库没有应答" in desk.screen.page.inner_text(".yw-bar-line")
    assert desk.screen.page.locator("[role=row][data-alert]").count() == 14
    asked = len(desk.told("list"))
    desk.screen.page.click(".yw-bar-line button")
    desk.screen.until_here(lambda: len(desk.told("list")) > asked)
    desk.alerts.refuse = {}  # from now on the page may also find out by itself
    desk.screen.ask("document.querySelector('.yw-bar-line button')?.click()")
    desk.until("!document.querySelector('.yw-bar-line')")
    desk.screen.errors.clear()  # the browser's own line about the 503


def test_legal_warnings_stand_apart_with_nothing_to_press(desk: Desk) -> None:
    desk.until("document.querySelector('.yw-al-legal')")
    said = desk.screen.page.inner_text(".yw-al-legal")
    assert "暴雨黄色预警信号" in said
    assert "韶关市气象台" in said
    assert "乐昌市、仁化县" in said
    assert desk.screen.page.locator(".yw-al-legal :is(button, a)").count() == 0


def test_what_waits_for_its_hold_stands_under_the_list_with_since_when(desk: Desk) -> None:
    assert not desk.screen.ask("document.querySelector('.yw-al-pending')")
    desk.alerts.pending = [
        {
            "rule": "water.high", "title": "河道水位超警戒", "region": "440205", "place": "曲江区",
            "pending_since": desk.alerts.start.isoformat(),
        }
    ]  # fmt: skip
    desk.go("state=未确认").go()
    desk.until("document.querySelector('.yw-al-pending')")
    desk.screen.page.click(".yw-al-pending summary")
    said = desk.screen.page.inner_text(".yw-al-pending")
    assert "1 处已越限" in said
    assert "曲江区" in said
    assert "自 " in said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-26T10:22:00+08:00", "10:22"),
        ("2026-11-25T23:59:00+08:00", "昨 23:59"),
        ("2026-11-18T16:30:00+08:00", "18日 16:30"),
        ("2026-07-18T10:00:00+08:00", "07-18 10:00"),
        ("2025-11-18T10:00:00+08:00", "2025-11-18 10:00"),
        ("2026-11-25T16:30:00+00:00", "00:30"),  # the day of Asia/Shanghai
        ("", ""),
    ],
)
def test_a_moment_names_as_much_of_its_date_as_is_needed(desk: Desk, at: str, said: str) -> None:
    now = "Date.parse('2026-11-26T12:00:00+08:00')"
    assert desk.screen.ask(f"tonglan.clock.when('{at}', {now})") == said


def test_of_thousands_only_the_rows_in_sight_are_drawn(desk: Desk) -> None:
    desk.alerts.many(900)
    desk.go()
    desk.until(f"{STATE}.rows.length === 200")
    for rows in (400, 600, 800):
        to_the_end(desk)
        desk.until(f"{STATE}.rows.length >= {rows}")
    assert desk.screen.page.locator("[role=row][data-alert]").count() < 80


def to_the_end(desk: Desk) -> None:
    desk.screen.ask(
        "(() => { const e = document.querySelector('.yw-al-rows'); e.scrollTop = e.scrollHeight; return 1; })()"
    )


def test_who_comes_to_the_end_while_the_list_is_read_anew_gets_the_rest_after_that(
    desk: Desk,
) -> None:
    desk.alerts.many(900)
    desk.go()
    with held(desk.screen.page, LISTS, "GET") as reading:
        desk.screen.ask("void tonglan.acts.again()")
        reading.come()
        to_the_end(desk)
        caught_up(desk.screen)
        reading.let_go()
        desk.until(f"{STATE}.rows.length >= 400")


def test_changes_that_come_one_after_the_other_do_not_keep_the_list_from_being_read(
    desk: Desk,
) -> None:
    dropped: list[str] = []

    def drop(asked: Request) -> None:
        dropped.append(asked.url)

    desk.screen.page.on("requestfailed", drop)
    with held(desk.screen.page, LISTS, "GET") as reading:
        desk.screen.ask("window.before = tonglan.board.get(), void tonglan.acts.again()")
        reading.come()
        desk.screen.ask("window.since = performance.now(), void tonglan.acts.again()")
        desk.until("performance.now() > window.since + 1000")  # long past what is read together
        reading.let_go()
        desk.until(f"{STATE}.answer !== window.before.answer")
    desk.screen.page.remove_listener("requestfailed", drop)
    assert [one for one in dropped if LISTS.search(one)] == []


def test_a_form_that_is_opened_while_another_step_is_under_way_stays_open(desk: Desk) -> None:
    page = desk.go("alert=a1").screen.page
    with held(page, "**/api/v1/alerts/a1/ack", "POST") as answer:
        desk.press("a")
        answer.come()
        desk.press("d")
        desk.until("document.querySelector('.yw-al-form textarea') === document.activeElement")
        page.fill(".yw-al-form textarea", "写到一半")
        answer.let_go()
        desk.says("已确认")
    assert page.input_value(".yw-al-form textarea") == "写到一半"


def test_an_older_answer_about_the_open_alert_does_not_take_a_newer_ones_place(
    desk: Desk,
) -> None:
    with held(desk.screen.page, "**/api/v1/alerts/a1", "GET") as older:
        desk.press("ArrowDown")
        older.come()
        desk.press("a")
        desk.until(f"{STATE}.detail.state === '已确认' && {STATE}.detail.whole")
        older.let_go()
        caught_up(desk.screen)
    assert desk.screen.ask(f"{STATE}.detail.state") == "已确认"


@pytest.mark.parametrize("view", ["map", "hours"])
def test_the_same_alerts_are_seen_on_a_map_and_by_the_hour(desk: Desk, view: str) -> None:
    desk.go(f"view={view}")
    if view == "hours":
        desk.until("document.querySelectorAll('.yw-al-hour').length === 24")
        desk.screen.page.click(".yw-al-hour >> nth=20")
        desk.until("location.search.includes('from=') && document.querySelector('.yw-al-chip')")
    else:
        desk.until("document.querySelectorAll('.yw-amark').length === 7")
        assert "1 条没有坐标" in desk.screen.page.inner_text(".yw-al-lost")
        desk.screen.page.click(".yw-amark[data-alert=a5] button")
        desk.until(f"{STATE}.detail.id === 'a5'")


def test_however_far_out_orange_and_red_ones_are_never_gathered(desk: Desk) -> None:
    desk.alerts.crowd(5)
    desk.go("view=map&level=红,橙,黄,蓝&rule=crowd")
    desk.until("document.querySelectorAll('.yw-amark').length === 20")
    gathered = """(levels) => [...document.querySelectorAll('.yw-amark')].filter((e) =>
        levels.includes(e.querySelector('button').getAttribute('aria-label')[0]) && getComputedStyle(e).display === 'none').length"""
    ask = desk.screen.page.evaluate
    for zoom in (15, 8, 5, 2):
        desk.screen.ask(f"tonglan.theWideMap.jumpTo({{center: [113.6, 24.8], zoom: {zoom}}}), 1")
        desk.until(
            f"tonglan.theWideMap.getZoom() < {zoom} + 0.01 && !tonglan.theWideMap.isMoving()"
        )
        caught_up(desk.screen)  # the marks follow in a frame of their own
        assert ask(gathered, ["红", "橙"]) == 0, zoom
    desk.until(
        "[...document.querySelectorAll('.yw-amark')].filter((e) => getComputedStyle(e).display === 'none').length === 9"
    )
    assert ask(gathered, ["黄", "蓝"]) == 9  # one stands for ten
    badges = desk.screen.page.locator(".yw-amark-more:not([hidden])")
    assert badges.all_inner_texts() == ["+9"]


@pytest.mark.parametrize("size", ["1920x1080", "1366x768", "390x844", "5760x1080"])
def test_nothing_overflows_at_any_size_and_a_phone_can_act(desk: Desk, size: str) -> None:
    wide, high = map(int, size.split("x"))
    desk.screen.page.set_viewport_size({"width": wide, "height": high})
    desk.go("alert=a1")
    fits(desk.screen, OVERFLOWING)
    assert desk.screen.ask("document.documentElement.scrollWidth <= innerWidth")
    if wide == 390:
        box = desk.screen.page.locator(".yw-al-action >> nth=0").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= high
        assert not desk.screen.page.locator(".yw-al-middle").is_visible()


def test_all_of_it_without_one_error_and_nothing_from_outside(desk: Desk) -> None:
    assert [one for one in desk.screen.errors if "409" not in one and "404" not in one] == []
    assert desk.screen.outside == []
