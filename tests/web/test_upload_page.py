"""The upload pages in a real browser, against an API on paper: every step, every state."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paper_uploads
import pytest
import uvicorn
from holding import fits, held
from paper_uploads import REVIEWER, PaperUploads
from playwright.sync_api import Browser, Page, expect
from screen import Screen

from app.web.vendor import BrowserFilesMissing, built

pytestmark = pytest.mark.browser

DRAFT = "/upload/9f3c0000aaaa0e21"
SIZES = [(1440, 900), (1366, 768), (1920, 1080), (390, 844)]
# What stands outside the window although nothing around it cuts it off.
OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('svg,.yw-unseen,.yw-up-map');
}).map((one) => one.className || one.tagName)"""
SMALLEST = """Math.min(...[...document.querySelectorAll('body *')]
  .filter((one) => one.getClientRects().length && !one.closest('svg') && [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""  # noqa: E501


@dataclass
class Running:
    """The paper program."""

    url: str
    paper: PaperUploads


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    program, paper = paper_uploads.uploads_program()
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(
        uvicorn.Config(program, log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", paper)
    running.should_exit = True
    thread.join(15)
    listener.close()


@pytest.fixture
def desk(chromium: Browser, server: Running) -> Iterator[Screen]:
    """A window of the size of the picture, on a fresh paper API."""
    server.paper.reset()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield Screen(context.new_page(), server).watch()
    context.close()


def submission(desk: Screen, state: str) -> Screen:
    return desk.until(f"tonglan.desk.get().submission?.state === '{state}'")


def last(desk: Screen, kind: str) -> Any:
    return next(body for what, _, body in reversed(desk.city.paper.calls) if what == kind)


def answered(desk: Screen, name: str) -> list[Any]:
    """What was sent as this answer, one after the other; styles are saved in between."""
    sent = [body for what, _, body in desk.city.paper.calls if what == "patch"]
    return [body["answers"][name] for body in sent if name in body.get("answers", {})]


def styled(desk: Screen) -> Any:
    """The style that was saved last."""
    sent = [body.get("about", {}) for what, _, body in desk.city.paper.calls if what == "patch"]
    return [about["style"] for about in sent if "style" in about][-1]


def cell(page: Page, text: str) -> str:
    return page.locator("tr", has_text=text).first.inner_text()


def test_the_draft_shows_file_evidence_candidates_problems_and_versions(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    desk.until("document.querySelectorAll('.yw-cand-map svg').length === 3")
    assert "6 个文件 · 4.7 MB · 612 个点 · 23 个字段" in page.inner_text(".yw-file")
    found = page.inner_text(".yw-found")
    assert "99.8%" in found
    assert "按 UTF-8 解码失败 1,204 处" in found
    assert page.inner_text(".yw-cand-on .yw-cand-head").split() == ["CGCS2000", "3°带", "38(EPSG:4526)", "采用"]  # fmt: skip  # noqa: E501
    assert page.inner_text(".yw-checks h2 small") == "612 行 · 通过 579 · 可一键修正 32 · 需人工 1"
    assert "与 v6 比较:+9 新增 · −4 移除 · 31 属性变化" in page.inner_text(".yw-publish")
    expect(page.locator(".yw-versions")).to_contain_text("v5")
    assert (desk.errors, desk.outside) == ([], [])


def test_all_candidates_are_drawn_at_one_scale(desk: Screen) -> None:
    desk.open(DRAFT).until("document.querySelectorAll('.yw-cand-scale i').length === 3")
    bars = "[...document.querySelectorAll('.yw-cand-scale {}')].map((one) => one.{})"
    widths = desk.ask(bars.format("i", "style.width"))
    assert len(set(widths)) <= 2  # the chosen card's border takes two px of its picture
    assert set(desk.ask(bars.format("span", "textContent"))) == {"1 km"}


@pytest.mark.parametrize("path", [DRAFT, "/upload", "/submissions"])
def test_nothing_overflows_and_no_type_is_too_small_at_any_size(desk: Screen, path: str) -> None:
    desk.open(path)
    for width, height in SIZES:
        desk.page.set_viewport_size({"width": width, "height": height})
        fits(desk, OVERFLOWING)
        assert desk.ask("document.documentElement.scrollWidth") <= width
        assert desk.ask(SMALLEST) >= 12


def test_one_click_puts_a_problem_right_and_can_be_taken_back(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.locator("tr", has_text="已撤销").get_by_role("button", name="一键修正").click()
    desk.until("tonglan.desk.get().submission.answers.fixes.length === 1")
    assert ["region:区划"] in answered(desk, "fixes")
    assert "已修正" in cell(page, "已撤销")
    page.locator("tr", has_text="已撤销").get_by_role("button", name="撤回修正").click()
    desk.until("tonglan.desk.get().submission.answers.fixes.length === 0")


def test_two_quick_clicks_put_two_problems_right(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    mend = page.get_by_role("button", name="一键修正")
    with held(page, f"**/api/v1/submissions/{DRAFT[8:]}", "PATCH") as answer:
        mend.nth(0).click()
        answer.come()
        mend.nth(1).click()
        answer.let_go()
        desk.until("tonglan.desk.get().submission.answers.fixes.length === 2")


def test_all_that_can_be_put_right_is_one_click(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="全部修正").click()
    desk.until("tonglan.desk.get().submission.answers.fixes.length === 5")
    assert "需人工 1" in page.inner_text(".yw-checks h2 small")
    assert "还有 1 行需人工修改" in page.inner_text(".yw-foot")


def test_a_row_is_edited_by_hand_with_the_keyboard_alone(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="逐行编辑").focus()
    page.keyboard.press("Enter")
    desk.until("document.activeElement.getAttribute('aria-label') === '第 341 行 日期'")
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-09-30")
    page.get_by_role("button", name="保存并重新检查").click()
    desk.until("!document.querySelector('.yw-dialog')")
    assert {"341": {"日期": "2026-09-30"}} in answered(desk, "edits")


def test_escape_closes_a_dialog_and_gives_the_focus_back(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="逐行编辑").click()
    desk.until("document.querySelector('.yw-cell')")
    page.keyboard.press("Escape")
    desk.until("!document.querySelector('.yw-dialog')")
    assert desk.ask("document.activeElement.textContent") == "逐行编辑"


def test_geometry_before_and_after_is_drawn(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.locator(".yw-check-problem button", has_text="位于市域外").click()
    expect(page.locator(".yw-shape")).to_have_count(2)


def test_a_finding_can_be_overruled(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="改编码").click()
    page.locator(".yw-ev-change select").select_option("GB18030")
    desk.until("tonglan.desk.get().submission.answers.encoding === 'GB18030'")
    assert "人工指定" in page.inner_text(".yw-found")


def test_xian80_asks_for_seven_parameters_before_it_is_taken(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="改用 西安80 3° 带 38").click()
    page.get_by_label("ΔX(米)").fill("-12.5")
    page.get_by_role("button", name="按参数转换").click()
    desk.until("tonglan.desk.get().submission.answers.crs === 'EPSG:2362'")
    assert [-12.5, 0, 0, 0, 0, 0, 0] in answered(desk, "parameters")


def test_a_question_is_asked_plainly_and_answered_by_a_choice(desk: Screen) -> None:
    options = [
        {"value": "a", "title": "入河排污口", "detail": "612 个点"},
        {"value": "b", "title": "监测井", "detail": "40 个点"},
    ]
    question = {"kind": "part", "text": "压缩包里有两个图层;请选一个", "options": options}
    desk.city.paper.only.update(state="asking", state_title="待回答", question=question)
    page = desk.open(DRAFT).page
    assert page.locator("[aria-current=step]").inner_text().endswith("识别")
    page.get_by_text("监测井").click()
    page.get_by_role("button", name="就这样").click()
    submission(desk, "checked")
    assert "b" in answered(desk, "part")


def test_columns_of_coordinates_are_answered_by_role(desk: Screen) -> None:
    options = [
        {"value": '{"lon":"X坐标","lat":"Y坐标"}', "title": "“X坐标”“Y坐标”", "detail": ""},
        {"value": '{"lon":"经度","lat":"纬度"}', "title": "“经度”“纬度”", "detail": "第一行"},
    ]
    question = {"kind": "columns", "text": "有几列都像坐标;请指明", "options": options}
    desk.city.paper.only.update(state="asking", state_title="待回答", question=question)
    page = desk.open(DRAFT).page
    page.get_by_text("“经度”“纬度”").click()
    page.get_by_role("button", name="就这样").first.click()
    submission(desk, "checked")
    assert {"lon": "经度", "lat": "纬度"} in answered(desk, "columns")


def test_water_classes_are_coloured_by_themselves_and_saved_as_a_pair(desk: Screen) -> None:
    desk.open(DRAFT).until("tonglan.desk.get().submission.about.style.field === '水质类别'")
    style = styled(desk)
    assert [one["value"] for one in style["classes"]][:2] == ["Ⅰ", "Ⅱ"]
    assert all(one["dark"] != one["light"] for one in style["classes"])


def test_amounts_are_coloured_in_steps_of_one_ramp_and_by_value_where_wished(
    desk: Screen,
) -> None:
    page = desk.open(DRAFT).page
    desk.until("tonglan.desk.get().preview")
    desk.until("tonglan.desk.get().submission.about.style.field")
    page.get_by_label("着色字段").select_option("流量")
    desk.until("tonglan.desk.get().submission.about.style.kind === 'graduated'")
    steps = styled(desk)["classes"]
    assert [one["min"] for one in steps] == sorted(one["min"] for one in steps)
    assert "按值分类" in page.get_by_label("分级").inner_text()


def test_a_stale_revision_is_told_and_the_newest_is_loaded(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    desk.until("tonglan.desk.get().submission.about.style.field")
    desk.city.paper.only["revision"] = 99
    page.get_by_role("button", name="全部修正").click()
    desk.until("tonglan.desk.get().submission.revision === 99")
    assert "刚被别人改过" in page.inner_text(".yw-notice-bar")


def test_clerk_submits_reviewer_returns_with_a_reason_clerk_sees_why(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="下一步:审核").click()
    page.get_by_role("button", name="提交审核").click()
    submission(desk, "submitted")
    desk.city.paper.who = REVIEWER
    desk.open(DRAFT)
    assert page.get_by_role("button", name="退回").is_disabled()
    page.get_by_label("审核意见").fill("排口编码重复未处理")
    page.get_by_role("button", name="退回").click()
    submission(desk, "returned")
    desk.city.paper.who = paper_uploads.CLERK
    desk.open(DRAFT)
    assert "排口编码重复未处理" in page.inner_text(".yw-notice-warn")


def test_the_reviewer_sees_changes_on_the_map_and_as_a_table_and_passes(desk: Screen) -> None:
    desk.city.paper.only.update(state="submitted", state_title="待审核")
    desk.city.paper.who = REVIEWER
    page = desk.open(DRAFT).page
    desk.until("document.querySelector('.yw-change-legend')")
    assert page.inner_text(".yw-change-legend").split() == ["＋", "新增", "9", "－", "移除", "4", "改", "变化", "31"]  # fmt: skip  # noqa: E501
    page.locator(".yw-changes .yw-seg label", has_text="表格").click()
    assert "Ⅲ → Ⅱ" in page.inner_text(".yw-diff-table").replace("\n", " ")
    page.get_by_role("button", name="通过", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="通过").click()
    submission(desk, "published")
    assert "已发布 v7" in page.inner_text(".yw-notice-ok")


def test_an_earlier_version_is_back_after_one_question(desk: Screen) -> None:
    desk.city.paper.who = REVIEWER
    page = desk.open(DRAFT).page
    page.get_by_role("button", name="回退到第 5 版").click()
    assert "v6 保留" in page.inner_text(".yw-dialog")
    page.get_by_role("dialog").get_by_role("button", name="回退到此版").click()
    desk.until("document.querySelector('.yw-notice-bar')")
    assert "已回退到 v5" in page.inner_text(".yw-notice-bar")


def test_a_timed_release_is_passed_on_with_its_zone(desk: Screen) -> None:
    desk.city.paper.only.update(state="submitted", state_title="待审核")
    desk.city.paper.who = REVIEWER
    page = desk.open(DRAFT).page
    page.locator(".yw-decision .yw-seg label", has_text="定时发布").click()
    page.get_by_label("发布时间").fill("2199-01-04T08:00")
    page.get_by_role("button", name="通过,到点发布").click()
    page.get_by_role("dialog").get_by_role("button", name="通过").click()
    submission(desk, "approved")
    assert last(desk, "transition")["publish_at"] == "2199-01-04T08:00:00+08:00"


def upload(desk: Screen, file: Path) -> None:
    desk.page.set_input_files("input[type=file]", file)


def test_a_file_goes_up_in_hashed_chunks_and_becomes_a_submission(
    desk: Screen, tmp_path: Path
) -> None:
    file = tmp_path / "排污口.zip"
    file.write_bytes(bytes(range(256)) * 9000)
    desk.open("/upload?layer=water.outfalls")
    upload(desk, file)
    desk.until("tonglan.desk.get().transfer.state === 'done'")
    (kept,) = desk.city.paper.uploads.values()
    assert kept["body"] == file.read_bytes()
    assert kept["hashed"] == len(kept["body"])
    desk.page.get_by_role("button", name="下一步:识别").click()
    submission(desk, "checked")
    assert last(desk, "begin")["upload"] == "up1"
    assert desk.ask("location.pathname") == DRAFT


def test_a_paused_upload_goes_on_after_a_reload_where_it_stopped(
    desk: Screen, tmp_path: Path
) -> None:
    file = tmp_path / "大文件.zip"
    file.write_bytes(bytes(8_000_000))
    desk.city.paper.slow = 4
    desk.open("/upload?layer=water.outfalls")
    upload(desk, file)
    desk.until("tonglan.desk.get().transfer.sent > 1000000")
    desk.page.get_by_role("button", name="暂停").click()
    desk.until("tonglan.desk.get().transfer.state === 'paused'")
    desk.city.paper.slow = 0
    desk.open("/upload?layer=water.outfalls")
    assert "大文件.zip" in desk.page.inner_text(".yw-left")
    upload(desk, file)
    desk.until("tonglan.desk.get().transfer.state === 'done'")
    assert [len(one["body"]) for one in desk.city.paper.uploads.values()] == [8_000_000]


def test_a_full_disk_is_told_in_the_server_s_words_and_can_be_tried_again(
    desk: Screen, tmp_path: Path
) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(b"x" * 1000)
    desk.city.paper.refuse["chunk"] = (507, "服务器磁盘已满;请联系管理员清理后再传")
    desk.open("/upload?layer=water.outfalls")
    upload(desk, file)
    desk.until("tonglan.desk.get().transfer.state === 'failed'")
    assert "服务器磁盘已满" in desk.page.inner_text(".yw-transfer")
    desk.city.paper.refuse.clear()
    desk.page.get_by_role("button", name="重试").click()
    desk.until("tonglan.desk.get().transfer.state === 'done'")


def test_pieces_of_a_shapefile_are_refused_with_the_way_out(desk: Screen, tmp_path: Path) -> None:
    file = tmp_path / "排污口.shp"
    file.write_bytes(b"x")
    desk.open("/upload")
    upload(desk, file)
    assert "打成一个 zip" in desk.page.inner_text(".yw-notice-bar")
    assert desk.city.paper.uploads == {}


def test_the_page_says_that_no_state_secret_may_be_uploaded(desk: Screen) -> None:
    assert "非涉密系统,严禁上传国家秘密" in desk.open("/upload").page.inner_text(".yw-secret")


def test_a_submission_that_is_not_there_is_told_with_a_way_on(desk: Screen) -> None:
    page = desk.open("/upload/0000000000000000").page
    assert "没有这份上传单" in page.inner_text(".yw-failure")
    assert page.locator(".yw-missing-links a").count() == 2


def test_a_silent_server_freezes_the_page_and_it_catches_up(desk: Screen) -> None:
    page = desk.open(DRAFT).page
    page.context.set_offline(True)
    page.get_by_role("button", name="全部修正").click()
    desk.until("document.querySelector('.yw-bar-line')")
    assert "与服务器断开" in page.inner_text(".yw-bar-line")
    page.context.set_offline(False)
    desk.until("!document.querySelector('.yw-bar-line')")


def test_a_running_job_shows_its_step_and_can_be_stopped(desk: Screen) -> None:
    job = {"id": "j1", "kind": "layer.read", "state": "running", "progress": {"step": "检查", "done": 3, "of": 7}, "error": ""}  # fmt: skip  # noqa: E501
    desk.city.paper.only.update(state="received", state_title="已收件", job=job)
    page = desk.open(DRAFT).page
    assert "正在检查" in page.inner_text(".yw-job")
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "43"
    page.locator(".yw-job").get_by_role("button", name="取消").click()
    desk.until("tonglan.desk.get().submission.job.state === 'cancelled'")
    assert "处理已取消" in page.inner_text(".yw-notice-warn")


def test_a_file_that_cannot_be_read_is_told_with_what_to_do(desk: Screen) -> None:
    said = "排口.7z:是 7z 压缩包,不能直接读取;请解压后重新打成 zip"
    desk.city.paper.only.update(state="refused", state_title="读不了", report=None, message=said)
    page = desk.open(DRAFT).page
    assert "请解压后重新打成 zip" in page.inner_text(".yw-notice-bad")
    assert page.get_by_role("link", name="更换文件").get_attribute("href") == "/upload?layer=water.outfalls"  # fmt: skip  # noqa: E501
    assert desk.errors == []


def test_reviewers_find_what_waits_for_them(desk: Screen) -> None:
    desk.city.paper.only.update(state="submitted", state_title="待审核")
    desk.city.paper.who = REVIEWER
    page = desk.open("/submissions").page
    assert "李文" in page.inner_text(".yw-list-table")
    page.get_by_role("link", name="入河排污口").click()
    page.wait_for_url("**" + DRAFT)
    expect(page.get_by_role("button", name="通过", exact=True)).to_be_enabled()
