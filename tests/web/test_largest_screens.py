"""The overview on a wall and on a large screen: what is added there, and that nothing is cut."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import pytest
from screen import Screen

pytestmark = pytest.mark.browser
DRAWN = "document.querySelectorAll('[data-course]').length"
# Elements whose left and right edge lie on different thirds of the screen, those of the page's frame apart.
ACROSS = """[...document.querySelectorAll('.yw-card, .yw-map, .yw-tb, .yw-head-part > *, .yw-oa-row, .yw-kpi, [data-bars]')].filter(e => {
  const r = e.getBoundingClientRect(); const third = innerWidth / 3;
  return r.width > 0 && Math.floor((r.left + 1) / third) !== Math.floor((r.right - 1) / third);
}).map(e => e.className)"""
OUTSIDE = """[...document.querySelectorAll('.yw-co, .yw-ob')].filter(box => [...box.querySelectorAll('span, b, i')].some(e => {
  const r = e.getBoundingClientRect(); const b = box.getBoundingClientRect();
  return r.width > 0 && (r.left < b.left - 1 || r.right > b.right + 1 || r.top < b.top - 1 || r.bottom > b.bottom + 1);
})).map(box => box.dataset.course || box.dataset.bars)"""


def sized(screen: Screen, wide: int, high: int, path: str) -> Screen:
    screen.page.set_viewport_size({"width": wide, "height": high})
    return screen.open(path)


def wall(screen: Screen) -> Screen:
    """5760×1080 at half its size: the layout goes by rem and by shape."""
    sized(screen, 2880, 540, "/?k=1.125").until(f"{DRAWN} === 5")
    return screen.until("document.querySelectorAll('.yw-oa-row').length === 8")


def test_a_wall_shows_a_course_and_county_bars_in_every_topic_and_nothing_lies_over_a_bezel(
    screen: Screen,
) -> None:
    wall(screen)
    assert screen.ask("document.querySelectorAll('[data-bars]').length") == 4
    assert screen.ask("document.querySelectorAll('[data-bars] [role=listitem]').length") == 40
    screen.until_is(ACROSS, [])
    screen.until_is(OUTSIDE, [])
    shape = screen.ask(
        "[...document.querySelectorAll('[data-course]')].map(e => e.querySelectorAll('.yw-co-line').length)"
    )
    assert shape == [2, 2, 1, 2, 2]  # the third has no forecast, and draws none
    assert screen.errors == []


def test_every_row_of_a_topic_keeps_its_height_beside_what_a_wall_adds(screen: Screen) -> None:
    wall(screen)
    rem = screen.ask("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    heights = screen.ask(
        "[...document.querySelectorAll('.yw-kpi')].map(e => e.getBoundingClientRect().height)"
    )
    assert len(heights) == 22
    assert min(heights) >= 3.5 * rem


def test_the_words_of_two_limits_do_not_lie_over_each_other(screen: Screen) -> None:
    wall(screen)
    boxes = screen.ask(
        "[...document.querySelector('[data-course]').querySelectorAll('.yw-co-level')].map(e => e.getBoundingClientRect()).map(r => [r.top, r.bottom])"
    )
    (one, two) = sorted(boxes)
    assert one[1] <= two[0] + 1


def test_a_bar_chooses_its_county_for_the_whole_wall(screen: Screen) -> None:
    wall(screen)
    screen.page.click("[data-bars] >> text=曲江区 >> nth=0")
    screen.until("tonglan.board.get().model.region.code === '440205'")
    screen.until("document.querySelectorAll('.yw-ob-chosen').length === 4")


def test_the_header_of_a_wall_has_its_counts_in_the_middle_of_the_middle_panel(
    screen: Screen,
) -> None:
    wall(screen).until(
        "(r => Math.abs((r.left + r.right) / 2 - 1440) < 10)(document.querySelector('.yw-head-mid .yw-acounts').getBoundingClientRect())"
    )


def test_a_large_screen_has_two_courses_under_its_map(screen: Screen) -> None:
    sized(screen, 1920, 1080, "/?k=0.75").until(f"{DRAWN} === 2")
    screen.until(
        "((strip, bar, left) => strip.top >= bar.bottom && Math.abs(strip.width - left.width) < 2)"
        "(...['.yw-costrip', '.yw-tb', '.yw-map'].map((one) => document.querySelector(one).getBoundingClientRect()))"
    )
    screen.until_is(OUTSIDE, [])


@pytest.mark.parametrize(("wide", "high", "path"), [(1920, 1080, "/"), (2880, 540, "/?k=1.8")])
def test_where_there_is_no_room_nothing_is_added_or_asked(
    screen: Screen, wide: int, high: int, path: str
) -> None:
    asked: list[str] = []
    screen.page.on("request", lambda one: asked.append(one.url))
    sized(screen, wide, high, path).page.wait_for_timeout(300)
    assert screen.ask(DRAWN) == 0
    assert not [one for one in asked if "overview-panels" in one]


def test_the_header_of_desk_work_keeps_its_parts_apart_on_a_wall(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 2880, "height": 540})
    screen.page.goto(f"{screen.city.url}/duty")
    screen.until("document.querySelectorAll('.yw-workhead > *').length > 2")
    style = "getComputedStyle(document.querySelector('.yw-workhead'))"
    assert screen.ask(f"parseFloat({style}.columnGap)") >= 8
    assert screen.ask(f"parseFloat({style}.paddingLeft)") >= 8
