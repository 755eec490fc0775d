"""/case-imports in a real browser: a messy table, refused rows named, the corrected one taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duty_program
import openpyxl
import pytest
from holding import fits
from screen import Enter, Screen

from app.engines.contracts import EngineUrls
from app.services import Services
from topics.kit.cases.lines import CaseQuery, Sight

pytestmark = pytest.mark.browser

HEAD = "工单编号,小类代码,上报时间,县区,问题描述,经度,纬度\n"
GOOD = "A1,06010,{when},武江区,路口暴露垃圾,113.59,24.80\n"
ROWS = (
    GOOD,
    "A2,06010,2026-02-31 10:00,武江区,日期不存在,113.59,24.80\n",
    "A3,99999,{when},武江区,没有这个代码,113.59,24.80\n",
    "A4,06010,{when},火星区,没有这个区,,\n",
    "A5,06010,{when},武江区,坐标不是数,东经,24.80\n",
)
OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1
    && !one.closest('svg,.yw-unseen,.yw-nav,.yw-imp-scroll');
}).map((one) => one.className || one.tagName)"""


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return duty_program.services_of(tmp_path_factory.mktemp("home"), urls)


@cache
def when() -> str:
    """The same in all tests: a row that comes again is as it was."""
    return f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d} 09:30"


def table(*rows: str, code: str = "gbk") -> bytes:
    return (HEAD + "".join(row.format(when=when()) for row in rows)).encode(code)


def send(screen: Screen, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    screen.page.set_input_files(".yw-imp-drop input[type=file]", [file])  # type: ignore[list-item]
    screen.page.wait_for_selector(f"h2:has-text('{name}')")


def numbers(screen: Screen) -> list[int]:
    found = screen.page.locator(".yw-imp-numbers b").all_inner_texts()
    return [int(one.replace(",", "")) for one in found]


def cases(services: Services) -> int:
    sight = Sight(tuple(services.cases.categories.schemes))
    return len(services.cases.lists.lines_where(CaseQuery(sight), datetime.now(UTC), 100))


def test_good_rows_are_taken_and_each_refused_row_is_named_with_its_fix(
    enter: Enter, services: Services
) -> None:
    screen = enter("zhangwei", "/case-imports")
    send(screen, "十一月.csv", table(*ROWS))
    screen.page.wait_for_selector(".yw-imp-scroll tbody tr >> nth=3")
    text = screen.page.inner_text(".yw-imp-scroll")
    for said in ("2026-02-31", "99999", "火星区"):
        assert said in text
    rows = [
        one.split("\t")[0].strip()
        for one in screen.page.locator(".yw-imp-scroll tbody tr").all_inner_texts()
    ]
    assert rows == ["3", "4", "5", "6"]
    assert cases(services) == 1
    with screen.page.expect_download() as download:
        screen.page.click("text=下载未收的行")
    fetched = Path(download.value.path()).read_text("utf-8-sig")
    assert "火星区" in fetched
    assert "路口暴露垃圾" not in fetched
    assert screen.errors == []


def test_the_corrected_table_is_taken_and_nothing_twice(
    enter: Enter, services: Services, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["网格案件清单"])
    sheet.append(HEAD.strip().split(","))
    for number in ("A1", "A2", "A3"):
        sheet.append([number, "06010", when(), "武江区", "路口暴露垃圾", 113.59, 24.80])
    path = tmp_path / "更正.xlsx"
    book.save(path)
    screen = enter("zhangwei", "/case-imports")
    send(screen, "更正.xlsx", path.read_bytes())
    screen.page.wait_for_selector("text=全部登记,没有未收的行")
    assert cases(services) == 3  # A1 was there
    assert numbers(screen) == [2, 1, 0]
    assert screen.errors == []


def test_a_file_that_is_no_table_is_refused_in_words(enter: Enter) -> None:
    screen = enter("zhangwei", "/case-imports")
    file = {"name": "照片.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(99)}
    screen.page.set_input_files(".yw-imp-drop input[type=file]", [file])  # type: ignore[list-item]
    screen.page.wait_for_selector("[role=alert]")
    assert screen.page.inner_text("[role=alert]").strip() != ""


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844), (5760, 1080)])
def test_the_page_fits_with_a_report_open(enter: Enter, size: tuple[int, int]) -> None:
    screen = enter("zhangwei", "/case-imports", size)
    send(screen, f"尺寸{size[0]}.csv", table(*ROWS[1:]))
    screen.page.wait_for_selector(".yw-imp-scroll tbody tr")
    fits(screen, OVERFLOWING)
    assert screen.ask("document.documentElement.scrollWidth <= innerWidth")
