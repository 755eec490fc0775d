"""The pages of cases in a real browser, on paper cases: desk by keyboard, board, phone."""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import harness
import pytest
import uvicorn
from fastapi import FastAPI
from holding import caught_up, fits, held
from paper_cases import PaperCases
from playwright.sync_api import Browser, BrowserContext, Route, expect
from screen import PATIENCE, Screen

from app.web.vendor import BrowserFilesMissing, built

pytestmark = pytest.mark.browser
OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('svg,.yw-unseen,.yw-nav,.yw-cs-stages,.yw-cb-columns,.yw-citymap,.yw-menu');
}).map((one) => one.className || one.tagName)"""  # noqa: E501
DETAIL = "(tonglan.caseDesk.get().detail || {})"
IN_SIGHT = """(() => {
  const row = document.querySelector('.yw-cs-row.yw-on');
  const [at, box] = [row, document.getElementById('yw-cs-list')].map((one) => one && one.getBoundingClientRect());
  return row && at.bottom <= box.bottom + 1 && at.top >= box.top;
})()"""  # noqa: E501
SENT = """(({ items }) => items.length > 0 && items.every((one) => one.state === 'sent'))(
  tonglan.fieldQueue.get())"""
NO_LATER_TRY = """(() => {
  const { setTimeout } = window;
  window.setTimeout = (act, wait, ...more) => (wait === 15000 ? 0 : setTimeout(act, wait, ...more));
})()"""
DRAFT = """async () => {
  const draft = await tonglan.fieldStore.get('kept', 'draft/' + ((tonglan.boot().user || {}).id || ''));
  return draft && draft.form.text;
}"""  # noqa: E501


@pytest.fixture(scope="module")
def cases() -> PaperCases:
    return PaperCases()


@contextmanager
def port_of_our_own() -> Iterator[int]:
    """A port that nobody else is given, whether we listen there or not."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


@contextmanager
def serving(program: FastAPI, port: int = 0) -> Iterator[int]:
    """The program on a port; afterwards nobody answers there."""
    listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
    running = uvicorn.Server(
        uvicorn.Config(program, log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    running.should_exit = True
    thread.join(PATIENCE)
    listener.close()


@pytest.fixture(scope="module")
def program(cases: PaperCases) -> FastAPI:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    return harness.paper_program(cases.router())[0]


@pytest.fixture(scope="module")
def server(program: FastAPI) -> Iterator[SimpleNamespace]:
    with serving(program) as port:
        yield SimpleNamespace(url=f"http://127.0.0.1:{port}")


@pytest.fixture(scope="module")
def desk(chromium: Browser, server: SimpleNamespace) -> Iterator[Screen]:
    """One desk for all tests: loading the map is what takes the time."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    yield Screen(context.new_page(), server).watch()
    context.close()


@pytest.fixture
def phone(chromium: Browser, server: SimpleNamespace) -> Iterator[Screen]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    yield Screen(context.new_page(), server).watch()
    context.close()


def png_with_secret() -> bytes:
    """A picture of 4 × 4 grey points that says in a text chunk where it was taken."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress(b"".join(b"\0" + bytes([90] * 12) for _ in range(4)))
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"tEXt", b"Comment\0GPS 113.6 24.8"),
            chunk(b"IDAT", rows),
            chunk(b"IEND", b""),
        )
    )


def step(screen: Screen, key: str, state: str, note: str = "") -> None:
    """Press the letter of a step, fill in what it needs, send it with Ctrl+Enter."""
    screen.page.keyboard.press(key)
    screen.until("document.querySelector('.yw-cs-form')")
    if note:
        screen.page.fill(".yw-cs-form textarea", note)
    screen.page.keyboard.press("Control+Enter")
    screen.until(f"{DETAIL}.state === '{state}'")


def test_a_case_goes_from_report_to_closing_by_keyboard_alone(
    desk: Screen, cases: PaperCases
) -> None:
    desk.open("/cases?case=c0")
    desk.until(f"{DETAIL}.id === 'c0'")
    step(desk, "a", "受理")
    step(desk, "l", "立案")
    step(desk, "d", "派遣", "请今天清走")
    assert cases.cases["c0"]["unit"] == "cgj"
    step(desk, "s", "签收")
    for to, note in (("处置", ""), ("反馈", "已清走,已冲洗")):
        desk.page.click(f"[data-to={to}]")
        if note:  # with two photos: each is a step of its own, and this one is not refused for it
            shots = [
                {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8" + bytes([n])}
                for n in (1, 2)
            ]
            desk.page.set_input_files(".yw-cs-form input[type=file]", shots)
            desk.page.fill(".yw-cs-form textarea", note)
        desk.page.keyboard.press("Control+Enter")
        desk.until(f"{DETAIL}.state === '{to}'")
    step(desk, "c", "核查")
    step(desk, "o", "结案")
    assert [one["text"] for one in cases.cases["c0"]["timeline"]][1:] == [
        *("受理", "立案", "派遣", "签收", "处置", "反馈", "核查", "结案")
    ]
    assert desk.errors == []


def test_a_reading_that_began_before_a_step_does_not_undo_what_the_step_told(desk: Screen) -> None:
    desk.open("/cases?case=c13")
    desk.until(f"{DETAIL}.id === 'c13'")
    with held(desk.page, "**/api/v1/cases/c13", "GET") as older:
        desk.ask("void tonglan.caseDesk.acts.refresh()")
        older.come()
        step(desk, "a", "受理")
        older.let_go()
        caught_up(desk)
    assert desk.ask(f"{DETAIL}.state") == "受理"


def test_a_step_that_ends_after_another_case_was_chosen_leaves_that_one_on_the_screen(
    desk: Screen,
) -> None:
    desk.open("/cases?case=c26")
    desk.until(f"{DETAIL}.id === 'c26'")
    with held(desk.page, "**/api/v1/cases/c26/transitions", "POST") as answer:
        desk.page.keyboard.press("a")
        desk.until("document.querySelector('.yw-cs-form')")
        desk.page.keyboard.press("Control+Enter")
        answer.come()
        desk.ask("void tonglan.caseDesk.acts.choose('c3')")
        desk.until(f"{DETAIL}.id === 'c3'")
        answer.let_go()
        desk.until("tonglan.caseDesk.get().said === '已受理'")
    assert desk.ask(f"{DETAIL}.id") == "c3"


def test_a_step_without_its_reason_is_not_sent_and_says_what_is_missing(desk: Screen) -> None:
    desk.open("/cases?case=c3")
    desk.until(f"{DETAIL}.state === '派遣'")
    desk.page.keyboard.press("r")
    desk.until("document.querySelector('.yw-cs-form')")
    desk.page.keyboard.press("Control+Enter")
    desk.until("document.querySelector('.yw-cs-wrong')")
    assert "写明理由" in desk.page.inner_text(".yw-cs-wrong")
    desk.page.keyboard.press("Escape")
    desk.until("!document.querySelector('.yw-cs-form')")
    assert desk.ask(f"{DETAIL}.state") == "派遣"


def test_who_comes_second_sees_what_changed_and_keeps_what_was_typed(
    desk: Screen, cases: PaperCases
) -> None:
    desk.open("/cases?case=c2")
    desk.until(f"{DETAIL}.state === '立案'")
    desk.page.keyboard.press("d")
    desk.until("document.querySelector('.yw-cs-form')")
    desk.page.fill(".yw-cs-form textarea", "先疏通再回填")
    cases.faster = "派遣"
    desk.page.keyboard.press("Control+Enter")
    desk.until("document.querySelector('.yw-cs-wrong')")
    told = desk.page.inner_text(".yw-cs-wrong")
    assert "有人先一步" in told
    assert "王芳" in told
    assert "“派遣”" in told
    assert "签收" in told
    assert desk.page.input_value(".yw-cs-form textarea") == "先疏通再回填"
    assert desk.page.is_disabled(".yw-cs-form [type=submit]")
    desk.errors.clear()  # the browser's own line about the 409


def test_the_list_draws_only_what_is_in_sight_and_the_address_keeps_the_filters(
    desk: Screen,
) -> None:
    desk.open("/cases?overdue=1")
    count = desk.ask("tonglan.caseDesk.get().rows.length")
    assert desk.ask("document.querySelectorAll('.yw-cs-row').length") < 40 < count
    assert desk.ask("tonglan.caseDesk.get().rows.every((row) => row.overdue)")
    for _ in range(30):
        desk.page.keyboard.press("ArrowDown")
    desk.until(IN_SIGHT)
    desk.until("location.search.includes('case=' + tonglan.caseDesk.get().rows[30].id)")
    desk.page.click(".yw-cs-stage:has-text('处置')")
    desk.until("tonglan.caseDesk.get().rows.every((row) => row.stage === '处置')")
    address = desk.ask("location.search")
    assert "stage=" in address
    assert "overdue=1" in address


def test_the_map_and_the_list_point_at_each_other(desk: Screen) -> None:
    desk.open("/cases?region=440205")
    desk.page.hover(".yw-cs-row >> nth=1")
    second = desk.ask("tonglan.caseDesk.get().rows[1].id")
    desk.until(f"tonglan.caseDesk.get().hovered === '{second}'")
    desk.ask("tonglan.caseDesk.acts.hover(tonglan.caseDesk.get().rows[2].id)")
    desk.until("document.querySelectorAll('.yw-cs-hovered').length === 1")


def test_the_map_shows_all_cases_of_the_filter_and_one_chosen_there_stands_in_the_list(
    desk: Screen, cases: PaperCases
) -> None:
    desk.open("/cases?region=440205")
    desk.until(
        "tonglan.caseDesk.get().places && tonglan.caseDesk.get().places.cells[0].count === 48"
    )
    assert cases.windows[-1][0].count(",") == 3
    assert "件没有坐标" in desk.page.inner_text(".yw-approval")
    other = desk.ask(
        "tonglan.caseDesk.get().places.points.find((one) => one.region !== '440205').id"
    )
    desk.ask(f"tonglan.caseDesk.acts.choose('{other}')")
    desk.until(f"document.querySelector('#yw-cs-row-{other}.yw-on')")


def test_no_line_of_a_card_on_the_board_is_wider_than_the_card(desk: Screen) -> None:
    desk.open("/cases/board")
    wider = desk.ask(
        "[...document.querySelectorAll('.yw-cb-card')].filter((card) => [...card.querySelectorAll('*')].some((one) => one.getBoundingClientRect().right > card.getBoundingClientRect().right + 1)).length"  # noqa: E501
    )
    assert wider == 0


def test_the_board_has_a_column_for_each_stage_with_the_overdue_first(desk: Screen) -> None:
    desk.open("/cases/board?region=440205")
    heads = [one.split("\n")[0] for one in desk.page.locator(".yw-cb-column h2").all_inner_texts()]
    assert [one[:2] for one in heads] == [
        *("上报", "立案", "派遣", "处置", "核查", "结案", "协调", "挂账")
    ]
    late = desk.ask(
        "[...document.querySelector('.yw-cb-column').querySelectorAll('.yw-cb-card')].map((one) => one.classList.contains('yw-cs-late'))"  # noqa: E501
    )
    assert late == sorted(late, reverse=True)


def test_the_boards_overdue_count_is_of_the_column_not_of_the_cards_that_are_shown(
    desk: Screen, cases: PaperCases
) -> None:
    """A column shows sixty cards; of a hundred that are late it says a hundred."""
    last = next(one for one in cases.cases.values() if cases.row(one)["overdue"])
    more = {f"late{n}": {**last, "id": f"late{n}", "number": f"L{n}"} for n in range(100)}
    cases.cases |= more
    stage = cases.row(last)["stage"]
    try:
        desk.open("/cases/board")
        column = f".yw-cb-column[aria-label='{stage}']"
        desk.page.wait_for_selector(f"{column} .yw-cb-card >> nth=59")
        assert desk.page.locator(f"{column} .yw-cb-card").count() == 60
        told = desk.page.inner_text(f"{column} .yw-cs-overdue")
    finally:
        for name in more:
            del cases.cases[name]
    assert int(told.split(" ")[0]) >= 101


def test_a_word_of_the_stream_before_the_first_list_still_chooses_the_first_case(
    desk: Screen,
) -> None:
    desk.open("/cases")
    desk.until("tonglan.caseDesk.get().view.case")
    desk.ask("(tonglan.caseDesk.acts.filter({}), tonglan.caseDesk.acts.refresh())")
    desk.until("tonglan.caseDesk.get().view.case")
    desk.until("!tonglan.caseDesk.get().busy")


def test_the_page_of_a_case_says_where_its_limit_is_not_verified(desk: Screen) -> None:
    desk.open("/cases/c57")
    text = desk.page.inner_text("main")
    for words in ("4 工作时", "未核实,可改", "清除并恢复原状", "停钟", "马坝河下游氨氮", "督办"):
        assert words in text
    assert desk.page.locator(".yw-cs-pause").count() >= 1
    desk.open("/cases/unknown")
    assert "可能输错了" in desk.page.inner_text("main")
    desk.errors.clear()


def hand_in_rubbish(phone: Screen) -> None:
    """A report without a photo, from the open form."""
    phone.page.fill("#yw-fd-category", "垃圾")
    phone.page.click(".yw-fd-categories li button")
    phone.page.fill("#yw-fd-text", "路边一堆建筑垃圾")
    phone.page.select_option(".yw-fd-place select", "440203")
    phone.page.fill(".yw-fd-place input", "沐溪大道中段")
    phone.page.click(".yw-fd-submit")


def test_a_report_written_without_a_network_is_kept_and_sent_once_later(
    phone: Screen, cases: PaperCases
) -> None:
    phone.open("/report")
    phone.until("document.querySelector('.yw-fd-categories li')")
    before = len(cases.cases)
    phone.page.context.set_offline(True)
    phone.page.fill("#yw-fd-category", "井盖")
    phone.page.click(".yw-fd-categories li button")
    phone.page.fill("#yw-fd-text", "井盖破损,缺了一角")
    phone.page.select_option(".yw-fd-place select", "440205")
    phone.page.fill(".yw-fd-place input", "韶塘路 12 号门口")
    phone.page.set_input_files(
        ".yw-fd-camera input",
        {"name": "a.png", "mimeType": "image/png", "buffer": png_with_secret()},
    )
    phone.until("document.querySelector('.yw-fd-thumb')")
    phone.page.click(".yw-fd-submit")
    phone.until("document.querySelector('.yw-fd-result')")
    assert "存在本机" in phone.page.inner_text(".yw-fd-result")
    phone.until("document.querySelector('.yw-fd-record').innerText.includes('待发送')")
    assert len(cases.cases) == before
    phone.page.context.set_offline(False)
    phone.until(SENT)
    phone.until("document.querySelector('.yw-fd-number')")
    assert len(cases.cases) == before + 1
    assert "相距 38 米" in phone.page.inner_text(".yw-fd-result")
    photo = next(reversed(cases.photos.values()))
    assert photo.startswith(b"\xff\xd8")
    assert b"GPS" not in photo
    assert b"Exif" not in photo


def test_a_network_that_is_back_while_a_try_still_fails_is_used_at_once(
    phone: Screen, cases: PaperCases
) -> None:
    phone.open("/report")
    phone.ask(NO_LATER_TRY)
    tries: list[Route] = []

    def first(route: Route) -> None:
        if tries:
            route.fallback()
        else:
            tries.append(route)

    phone.page.route("**/api/v1/cases", first)
    before = len(cases.cases)
    hand_in_rubbish(phone)
    phone.until("document.querySelector('.yw-fd-record')?.innerText.includes('发送中')")
    phone.until_here(lambda: tries)
    phone.ask("dispatchEvent(new Event('online'))")
    tries[0].abort()
    phone.until(SENT)
    assert len(cases.cases) == before + 1


def test_steps_taken_without_a_network_follow_each_other_when_it_is_back(
    phone: Screen, cases: PaperCases
) -> None:
    phone.open("/tasks")
    mine = next(
        one["id"]
        for one in phone.ask("fetch('/api/v1/cases?mine=1&limit=200').then((a) => a.json())")[
            "items"
        ]
        if one["state"] == "派遣"
    )
    number = cases.cases[mine]["number"]
    phone.page.context.set_offline(True)
    task = phone.page.locator(f".yw-fd-task[data-case={mine}]")
    for to in ("签收", "处置"):
        task.locator(".yw-fd-tasktop[aria-expanded=false]").click()
        expect(task).to_contain_text(number)
        task.locator(f"[data-to={to}]").click()
        task.locator("[type=submit]").click()
        phone.until(f"document.querySelector('.yw-fd-record')?.innerText.includes('{to}')")
    assert cases.cases[mine]["state"] == "派遣"
    phone.page.context.set_offline(False)
    phone.until(SENT)
    assert cases.cases[mine]["state"] == "处置"
    phone.errors.clear()


def test_what_was_typed_into_the_report_survives_a_reload(phone: Screen) -> None:
    phone.open("/report")
    phone.page.fill("#yw-fd-text", "围挡倒了一段")
    phone.until_is(DRAFT, "围挡倒了一段")  # it is written down
    phone.open("/report")
    assert phone.page.input_value("#yw-fd-text") == "围挡倒了一段"
    assert phone.errors == []


def test_the_report_form_opens_without_a_server_and_sends_when_it_is_back(
    chromium: Browser, program: FastAPI, cases: PaperCases
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    with port_of_our_own() as port:
        written_without_a_server(context, program, cases, port)
    context.close()


def written_without_a_server(
    context: BrowserContext, program: FastAPI, cases: PaperCases, port: int
) -> None:
    with serving(program, port):
        phone = Screen(context.new_page(), SimpleNamespace(url=f"http://127.0.0.1:{port}"))
        phone.open("/tasks").until("document.body.dataset.kept === '1'")
        shown = phone.page.locator(".yw-fd-task").count()
    before = len(cases.cases)
    phone.open("/tasks")
    assert phone.page.locator(".yw-fd-task").count() == shown > 0
    phone.open("/report")
    hand_in_rubbish(phone)
    phone.until("document.querySelector('.yw-fd-bar button')")
    assert len(cases.cases) == before
    with serving(program, port):
        phone.open("/report")  # what waited is sent as the page opens
        phone.until(SENT)
    assert len(cases.cases) == before + 1


@pytest.mark.parametrize("path", ["/cases", "/cases/c57", "/cases/board", "/tasks", "/report"])
def test_no_page_of_cases_overflows(desk: Screen, path: str) -> None:
    desk.open(path)
    for width, height in ((1920, 1080), (1366, 768), (390, 844)):
        desk.page.set_viewport_size({"width": width, "height": height})
        fits(desk, OVERFLOWING)
    desk.page.set_viewport_size({"width": 1920, "height": 1080})
