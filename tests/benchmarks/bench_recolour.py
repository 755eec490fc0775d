"""Recolouring 20,000 polygons by a new indicator, beside Plotly's choroplethmap, in one run.

`python -m tests.benchmarks.bench_recolour`: headless Chromium, software GL; from the new values to
the first frame that shows them, medians.
"""

# ruff: noqa: E501  # expressions for the browser stay on one line
from __future__ import annotations

import argparse
import functools
import http.server
import json
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import plotly.offline
from playwright.sync_api import Page, sync_playwright

from app.web.vendor import built

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "app" / "web"
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
FLAGS += ["--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run"]

_CITY = """
async ([side, base]) => {
  const ml = await import(base);
  const states = window.tonglan.mapStates;
  const box = document.createElement('div');
  box.style.cssText = 'position:fixed;inset:0';
  document.body.append(box);
  const map = new ml.Map({container: box, style: {version: 8, sources: {}, layers: []},
    bounds: [[113, 24], [114, 25]], fadeDuration: 0, attributionControl: false});
  await new Promise(done => map.once('load', done));
  map.addSource('cells', {type: 'geojson', data: window.cells(side)});
  map.addLayer({id: 'cells', type: 'fill', source: 'cells', paint: {'fill-color':
    ['interpolate', ['linear'], ['coalesce', ['feature-state', 'v'], 0], 0, '#17303A', 1, '#9AD5D6']}});
  await new Promise(done => map.once('idle', done));
  const kept = {};
  window.recolour = async () => {
    const ids = [], values = [];
    for (let n = 0; n < side * side; n += 1) { ids.push(n + 1); values.push(Math.random()); }
    const began = performance.now();
    states.sync(map, {v: {source: 'cells', key: 'v', ids, values}}, kept);
    await new Promise(done => map.once('idle', done));
    return performance.now() - began;
  };
}
"""
_PLOTLY = """
async ([side]) => {
  const box = document.createElement('div');
  box.style.cssText = 'position:fixed;inset:0';
  document.body.append(box);
  const cells = window.cells(side), ids = cells.features.map(f => f.id);
  const z = () => ids.map(() => Math.random());
  const layout = {map: {style: {version: 8, sources: {}, layers: []}, center: {lon: 113.5, lat: 24.5},
    zoom: 8.5}, margin: {l: 0, r: 0, t: 0, b: 0}};
  await Plotly.newPlot(box, [{type: 'choroplethmap', geojson: cells, locations: ids, z: z(),
    featureidkey: 'id'}], layout);
  const idle = () => new Promise(done => box._fullLayout.map._subplot.map.once('idle', done));
  await Promise.race([idle(), new Promise(done => setTimeout(done, 20000))]);
  window.recolour = async () => {
    const began = performance.now(), drawn = idle();
    await Plotly.restyle(box, {z: [z()]});
    await drawn;
    return performance.now() - began;
  };
}
"""
_CELLS = """
window.cells = (side) => { const features = [];
  for (let r = 0; r < side; r += 1) for (let c = 0; c < side; c += 1) {
    const x = 113 + c / side, y = 24 + r / side, d = 0.9 / side;
    features.push({type: 'Feature', id: features.length + 1, properties: {}, geometry: {type: 'Polygon',
      coordinates: [[[x, y], [x + d, y], [x + d, y + d], [x, y + d], [x, y]]]}}); }
  return {type: 'FeatureCollection', features}; };
"""


def main() -> None:
    """Print a markdown table and one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=142)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        base = _site(Path(folder))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        figures = {}
        for name, script in (("CityMap (feature-state)", _CITY), ("Plotly choroplethmap", _PLOTLY)):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{base}/{'city' if script is _CITY else 'plotly'}.html")
            figures[name] = _measured(page, script, asked, f"{base}/maplibre-gl.mjs")
            page.close()
        browser.close()
    cells = asked.side**2
    sys.stdout.write(json.dumps({"polygons": cells, **figures}, ensure_ascii=False) + "\n\n")
    sys.stdout.write(
        f"| {cells} polygons, new values → drawn | median ms | min–max |\n|---|---|---|\n"
    )
    for name, times in figures.items():
        middle = round(statistics.median(times))
        sys.stdout.write(f"| {name} | {middle} | {round(min(times))}–{round(max(times))} |\n")


def _measured(page: Page, script: str, asked: argparse.Namespace, library: str) -> list[float]:
    page.set_default_timeout(120_000)
    page.evaluate(_CELLS)
    page.evaluate(script, [asked.side, library])
    page.evaluate("recolour()")  # warm
    return [float(page.evaluate("recolour()")) for _ in range(asked.rounds)]


def _site(folder: Path) -> str:
    head = "<!doctype html><meta charset=utf-8><body>"
    (folder / "city.html").write_text(
        f"{head}<script>window.tonglan={{}}</script><script src=states.js></script>"
    )
    (folder / "plotly.html").write_text(f"{head}<script src=plotly.js></script>")
    (folder / "plotly.js").write_text(plotly.offline.get_plotlyjs(), encoding="utf-8")
    shutil.copy(WEB / "map" / "states.js", folder)
    for file in built().glob("maplibre*.mjs"):
        shutil.copy(file, folder)
    handler: Any = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - the base class declares it so
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    main()
