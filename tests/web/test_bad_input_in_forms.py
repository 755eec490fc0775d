"""Wrong input typed by hand: said beside the field, what was typed stays, mended it goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duty_program
import geopandas as gpd
import pytest
from screen import Enter
from shapely import box

from app.engines.contracts import EngineUrls
from app.services import Services
from layers.contracts import Classification, ImportRequest
from topics.kit.words.clock import local

pytestmark = pytest.mark.browser
PHONE = (390, 844)
AT = "input[type=datetime-local]"


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    made = duty_program.services_of(tmp_path_factory.mktemp("home"), urls)
    shapes = {"440203": box(113.4, 24.6, 113.6, 24.95), "440204": box(113.6, 24.6, 113.8, 24.95)}
    frame = gpd.GeoDataFrame(
        {"code": list(shapes), "name": ["武江区", "浈江区"]},
        geometry=list(shapes.values()),
        crs=4326,
    )
    public = Classification.PUBLIC
    request = ImportRequest("city.counties", key="code", publish=True, classification=public)
    made.layers.import_frame(frame, request)
    return made


def moment(**later: float) -> str:
    return f"{local(datetime.now(UTC)) + timedelta(**later):%Y-%m-%dT%H:%M}"


def test_a_report_that_was_refused_is_opened_again_as_it_was_typed_and_sent_mended(
    enter: Enter, services: Services
) -> None:
    """The phone stands in 浈江区, its bearer says 武江区."""
    screen = enter("zhangwei", "/report", PHONE)
    page = screen.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 113.7, "latitude": 24.8})
    page.fill("#yw-fd-category", "绿地脏乱")
    page.click(".yw-fd-categories li button >> nth=0")
    page.fill("#yw-fd-text", "绿地里有三袋垃圾")
    page.click(".yw-fd-place button >> nth=0")
    screen.until("document.querySelector('.yw-fd-place select').value === '440204'")
    page.select_option(".yw-fd-place select", "440203")
    page.click(".yw-fd-submit")
    refused = page.wait_for_selector(".yw-fd-result .yw-fd-why")
    assert refused is not None
    assert refused.inner_text() == "坐标在浈江区,离武江区 10.1 km;请改坐标,或改区划"
    screen.shot("bad-report-refused")
    page.click(".yw-fd-result button:has-text('打开修改')")
    page.wait_for_selector("#yw-fd-text")
    screen.until("document.querySelector('#yw-fd-text').value === '绿地里有三袋垃圾'")
    assert page.inner_text(".yw-fd-chosen b") == "绿地脏乱"
    assert page.locator(".yw-fd-refused").count() == 0
    page.select_option(".yw-fd-place select", "440204")
    page.click(".yw-fd-submit")
    number = page.wait_for_selector(".yw-fd-number")
    assert number is not None
    case = services.cases.require(number.inner_text())
    assert (case.report.region, case.report.text) == ("440204", "绿地里有三袋垃圾")
    assert [one for one in screen.errors if "422" not in one] == []


def test_times_out_of_order_are_said_beside_their_fields_and_nothing_typed_is_lost(
    enter: Enter, services: Services
) -> None:
    screen = enter("zhangwei", "/duty?tab=incidents")
    page = screen.page
    before = len(services.duty.incidents.list_newest())
    page.click("text=登记突发事件")
    page.fill(".yw-dialog input >> nth=0", "马坝河火情")
    page.fill(".yw-dialog input >> nth=1", "火灾")
    page.fill(f".yw-dialog {AT} >> nth=0", moment(days=2))
    page.fill(f".yw-dialog {AT} >> nth=1", moment(days=1))
    page.click(".yw-dialog-foot button:has-text('提交')")
    page.wait_for_selector(".yw-field-wrong >> nth=1")
    said = page.locator("label:has(.yw-field-wrong)").all_inner_texts()
    assert [tuple(one.split("\n")) for one in said] == [
        ("发生时间", "发生时间晚于接报时间;请改正其中一个"),
        ("接报时间", "接报时间在将来;请核对日期和钟点"),
    ]
    assert page.locator(".yw-dialog .yw-dt-wrong").count() == 0
    assert page.input_value(".yw-dialog input >> nth=0") == "马坝河火情"
    assert len(services.duty.incidents.list_newest()) == before
    screen.shot("bad-incident")
    page.fill(f".yw-dialog {AT} >> nth=0", moment(hours=-2))
    page.fill(f".yw-dialog {AT} >> nth=1", moment(hours=-1))
    page.click(".yw-dialog-foot button:has-text('提交')")
    page.wait_for_selector("h3:has-text('马坝河火情')")
    assert len(services.duty.incidents.list_newest()) == before + 1
    assert [one for one in screen.errors if "422" not in one] == []


def test_a_deadline_gone_by_is_said_beside_it_and_the_text_stays(
    enter: Enter, services: Services
) -> None:
    screen = enter("heshi", "/indicators?explain=ecology.aqi|440200")
    page = screen.page
    page.click(".yw-dv-section button:has-text('督办')")
    page.fill(".yw-dv-form [role=combobox]", "生态环境局")
    page.keyboard.press("Enter")
    page.fill(".yw-dv-form textarea", "查明超标来源")
    page.fill(f".yw-dv-form {AT}", moment(days=-1))
    page.click(".yw-dv-form button[type=submit]")
    wrong = page.wait_for_selector(".yw-dv-form .yw-field-wrong")
    assert wrong is not None
    assert wrong.inner_text() == "办理期限已经过去;请选以后的时间"
    assert page.input_value(".yw-dv-form textarea") == "查明超标来源"
    assert services.directives.open_about("indicator", ["ecology.aqi|440200"]) == {}
    screen.shot("bad-directive")


@pytest.mark.parametrize("size", [PHONE, (1920, 1080)])
def test_a_month_that_is_none_shows_another_and_says_so(
    enter: Enter, size: tuple[int, int]
) -> None:
    screen = enter("heshi", "/evaluation?month=2026-13", size)
    text = screen.page.inner_text(".yw-notice")
    assert "地址里的月份“2026-13”不存在" in text
    assert "请用左右箭头换月份" in text
    assert screen.page.locator(".yw-failure").count() == 0
    assert screen.errors == []
