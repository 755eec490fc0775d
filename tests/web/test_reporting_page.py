"""报数 in a real browser on the real program: a clerk pastes and explains, a reviewer accepts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import report_program
from holding import fits, held
from screen import Enter, Screen

from app.engines.contracts import EngineUrls
from app.services import Services
from topics.kit.periods import local_start
from topics.kit.reporting.calendar import last_ended

pytestmark = pytest.mark.browser

FORM = "/reporting/economy.monthly_report/"
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const box = document.querySelector('.yw-rep-grid input');
  box.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""  # noqa: E501
SAVED = "tonglan.reportDesk.get().save === 'saved'"
OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('svg,.yw-unseen,.yw-rep-scroll,.yw-nav');
}).map((one) => one.className || one.tagName)"""  # noqa: E501


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return report_program.services_of(tmp_path_factory.mktemp("home"), urls, whole=False)


def newest(services: Services) -> str:
    """The newest period of the economy's form."""
    forms = services.reports.forms
    column = forms.columns(forms.spec("economy.monthly_report"))[0]
    return f"{local_start(last_ended(column, datetime.now(UTC))):%Y-%m}"


def table(screen: Screen, odd: str) -> str:
    """What the clerk has in Excel: last year's numbers, a little more; one county jumps."""
    filing = screen.ask("tonglan.reportDesk.get().filing")
    lines = ["县(市、区)\t" + "\t".join(one["title"] for one in filing["columns"])]
    for row in filing["rows"]:
        cells = [row["name"]]
        for column in filing["columns"]:
            known = filing["known"].get(f"{column['id']}|{row['code']}") or {}
            value = known.get("same") or 3.0
            if column["unit"] == "%":
                cells.append(f"{value + 0.4:.2f}")
            else:
                share = 1.6 if row["code"] == odd else 1.04
                cells.append(f"{value * share:,.2f}")
        lines.append("\t".join(cells))
    return "\r\n".join(lines) + "\r\n"


def test_from_the_clipboard_to_the_store(enter: Enter, services: Services, address: str) -> None:
    period = newest(services)
    clerk = enter("wangfang", "/reporting")
    assert "经济运行月报" in clerk.page.inner_text(".yw-rep-table")
    clerk.open(FORM + period)
    clerk.page.evaluate(PASTE, table(clerk, "440205"))
    clerk.until(SAVED)
    left = clerk.ask("tonglan.reportDesk.get().filing.left")
    assert "economy.retail|440205" in left
    assert clerk.page.is_disabled("[data-act=submit]")
    # Move as in Excel, and mend by hand what the sum of the counties asks for.
    for box in clerk.page.query_selector_all(".yw-rep-item textarea"):
        box.fill("两家商场开业,已核")
    clerk.until("tonglan.reportDesk.get().filing.left.length === 0")
    clerk.page.focus('[data-place="economy.retail|440205"]')
    clerk.page.keyboard.press("ArrowDown")
    assert clerk.ask("document.activeElement.dataset.place") == "economy.retail|440222"
    clerk.page.keyboard.press("Tab")
    assert clerk.ask("document.activeElement.dataset.place") == "economy.retail_growth|440222"
    note = clerk.page.locator("textarea[aria-label^='曲江区']").first
    with held(clerk.page, "**/draft", "PUT") as saving:
        note.fill("两家商场开业,已核对")
        saving.come()
        note.fill("两家商场开业,已核对两遍")  # as the last words are being saved
        clerk.page.click("[data-act=submit]")
        saving.let_go()
        clerk.until("document.querySelector('.yw-receipt')")
    assert "BS20" in clerk.page.inner_text(".yw-receipt")
    assert clerk.errors == []
    reviewer = enter("zhoumin", "/reporting")
    assert reviewer.page.inner_text(".yw-rep-acts .yw-act-main") == "审核"
    reviewer.open(FORM + period)
    assert "两家商场开业,已核对两遍" in reviewer.page.inner_text(".yw-rep-side")
    reviewer.page.click("[data-act=accept]")
    reviewer.page.click(".yw-dialog .yw-act-main")
    reviewer.until("tonglan.reportDesk.get().filing.state === '已审核'")
    asked = "/api/v1/observations?indicator=economy.retail&region=440205"
    found = reviewer.page.evaluate(
        "async (path) => (await (await fetch(path)).json()).items[0]", asked
    )
    assert (found["source"], found["period"][:7]) == ("报数", period)
    assert reviewer.errors == []
    reviewer.page.goto(address + "/?region=440205")
    reviewer.until("document.body.dataset.ready === '1'")
    reviewer.until(f"document.body.innerText.includes('{found['value']:.1f}')")


def test_two_clerks_at_once_lose_nothing(enter: Enter, services: Services) -> None:
    first, second = (enter(who, FORM + "2025-03") for who in ("wangfang", "liwen"))
    mine, theirs = "economy.retail|440203", "economy.retail|440204"
    first.page.fill(f'[data-place="{mine}"]', "11")
    first.page.fill(f'[data-place="{theirs}"]', "12")
    first.until(SAVED)
    second.page.fill(f'[data-place="{mine}"]', "21")
    second.until("document.querySelector('.yw-rep-conflict')")
    assert "王芳" in second.page.inner_text(".yw-rep-conflict")
    # What only the first typed has come in; what both typed is for the person to choose.
    assert second.page.input_value(f'[data-place="{theirs}"]') == "12"
    assert second.page.input_value(f'[data-place="{mine}"]') == "21"
    second.page.click(".yw-rep-conflict .yw-act-main")
    second.until(SAVED)
    filing = second.ask("tonglan.reportDesk.get().filing")
    assert [filing["values"][one]["text"] for one in (mine, theirs)] == ["21", "12"]
    allowed = {"Failed to load resource: the server responded with a status of 409 (Conflict)"}
    assert set(second.errors) <= allowed


@pytest.mark.parametrize("path", ["/reporting", FORM, "/governance"])
def test_no_page_overflows(enter: Enter, services: Services, path: str) -> None:
    screen = enter("boss", path + newest(services) if path == FORM else path, (1920, 1080))
    for width, height in ((1920, 1080), (1366, 768), (390, 844)):
        screen.page.set_viewport_size({"width": width, "height": height})
        fits(screen, OVERFLOWING)
    assert screen.errors == []
