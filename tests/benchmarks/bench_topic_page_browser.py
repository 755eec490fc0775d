"""How soon a topic's page can be used, and how long a drill takes until it is drawn.

Run: python -m tests.benchmarks.bench_topic_page_browser URL [topic …]
Against a running demo city, in headless Chromium with software GL, each time with a cold cache.
Beside the pages the overview, which draws the same map without a chart. A drill is the time from
the call that a click makes until the frame after the new page's panels stand in the document (map
and curves follow); of a county that was not seen yet: at once, after somebody had rested at the
city for some seconds, and after pointing at the county.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import FLAGS

COLD, DRILLS = 5, 6
BETWEEN, REST = 700, 6000  # ms at the city before a drill
TOPICS = ("economy", "ecology", "water", "market", "grid")
_DRILL = """async (code) => {
  const board = tonglan.board;
  const from = performance.now();
  const there = new Promise((done) => {
    const look = () => board.get().page.region.code === code && (leave(), done());
    const leave = board.subscribe(look);
  });
  tonglan.acts.region(code);
  await there;
  const read = performance.now();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [read - from, performance.now() - from];
}"""
_POINT = "(code) => tonglan.acts.hover(code)"


def until_ready(page: Page, seconds: float = 60) -> None:
    """Wait for the page's own word; polled, since the content policy forbids eval in pages."""
    for _ in range(int(seconds * 50)):
        if page.evaluate("document.body && document.body.dataset.ready === '1'"):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{page.url} was never ready")


def cold(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds until a fresh browser can use the page, and kilobytes that came over the wire."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    until_ready(page)
    took = time.perf_counter() - began
    size = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, one) => sum + one.transferSize, 0)"
    )
    context.close()
    return took, size / 1024


def drills(
    browser: Browser, address: str, *, pointed: bool = False, between: int = BETWEEN
) -> list[tuple[float, float]]:
    """Milliseconds of drills into counties: until answered, until the panels are drawn.

    Each county for the first time, after `between` ms at the city; `pointed`: the pointer rested
    on it for half a second before.
    """
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    until_ready(page)
    page.wait_for_timeout(1500)  # charts are there and the map is at rest
    places = page.evaluate("tonglan.board.get().boot.places.map((place) => place.code)")
    city = page.evaluate("tonglan.board.get().boot.city.code")
    times = []
    for code in places[:DRILLS]:
        page.wait_for_timeout(between - BETWEEN)
        if pointed:
            page.evaluate(_POINT, code)
            page.wait_for_timeout(500)
        times.append(tuple(page.evaluate(_DRILL, code)))
        page.wait_for_timeout(BETWEEN)
        page.evaluate(_DRILL, city)
        page.wait_for_timeout(BETWEEN)
    context.close()
    return times


def main() -> None:
    """Print medians and the slowest of each page."""
    url, *named = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for path in ["/", *(f"/topic/{topic}" for topic in named or TOPICS)]:
            found = [cold(browser, url + path) for _ in range(COLD)]
            seconds = sorted(one[0] for one in found)
            sys.stdout.write(
                f"{path}: interactive {statistics.median(seconds):.2f} s "
                f"({seconds[0]:.2f}–{seconds[-1]:.2f}), {found[-1][1]:.0f} kB\n"
            )
            if path == "/":
                continue
            asked = {
                "drill at once": drills(browser, url + path),
                "drill after some seconds": drills(browser, url + path, between=REST),
                "drill after pointing": drills(browser, url + path, pointed=True),
            }
            for how, times in asked.items():
                read = sorted(one[0] for one in times)
                drawn = sorted(one[1] for one in times)
                sys.stdout.write(
                    f"  {how}: answer {statistics.median(read):.0f} ms, panels drawn "
                    f"{statistics.median(drawn):.0f} ms (slowest {drawn[-1]:.0f})\n"
                )
        browser.close()


if __name__ == "__main__":
    main()
