"""The map component by itself, mounted by React in a real browser."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import pytest
from screen import Screen

pytestmark = pytest.mark.browser

SQUARE = "{type: 'Feature', id: 7, geometry: {type: 'Polygon', coordinates: [[[0,0],[1,0],[1,1],[0,1],[0,0]]]}, properties: {code: 'a'}}"
MOUNT = f"""
window.bench = (() => {{
  const data = {{type: 'FeatureCollection', features: [{SQUARE}]}};
  const base = {{ home: {{bounds: [[0, 0], [1, 1]]}}, scale: true, interactive: ['area'],
    sources: {{s: {{type: 'geojson', data}}}},
    layers: [{{id: 'area', type: 'fill', source: 's', paint: {{'fill-color': '#abc'}}}}] }};
  function mount(more) {{
    const box = document.createElement('div');
    box.style.cssText = 'position:fixed;left:0;top:0;width:300px;height:300px;z-index:999';
    document.body.append(box);
    const root = ReactDOM.createRoot(box), told = [];
    const one = {{ box, told, map: null, props: null }};
    one.set = (change) => {{ one.props = {{...one.props, ...change}}; root.render(React.createElement(tonglan.CityMap, one.props)); }};
    one.unmount = () => {{ root.unmount(); box.remove(); }};
    one.set({{...base, setProps: (p) => told.push(p), onMap: (map) => (one.map = map), ...more}});
    return one;
  }}
  return {{ mount, data }};
}})();
"""


@pytest.fixture
def bench(screen: Screen) -> Screen:
    screen.open().until("document.querySelector('.yw-oa-row')")  # nothing comes in between
    screen.ask(MOUNT)
    return screen


def _mounted(bench: Screen, more: str = "{}") -> Screen:
    bench.ask(f"void (window.one = bench.mount({more}))")
    return bench.until("one.told.some(t => t.ready)")


def test_twenty_maps_come_and_go_without_leaving_canvases_listeners_or_contexts(
    bench: Screen,
) -> None:
    bench.ask(
        "window.count = 0; window.contexts = [];"
        "for (const target of [window, document]) {"
        " const add = target.addEventListener, remove = target.removeEventListener, known = new Map();"
        " const key = (t, f) => { if (!known.has(f)) known.set(f, new Set()); return known.get(f); };"
        " target.addEventListener = function (t, f, o) { if (f && !key(t, f).has(t)) { key(t, f).add(t); count++; } return add.call(this, t, f, o); };"
        " target.removeEventListener = function (t, f, o) { if (f && key(t, f).delete(t)) count--; return remove.call(this, t, f, o); }; }"
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (k, o) { const c = get.call(this, k, o);"
        " if (c && k.startsWith('webgl') && !contexts.includes(c)) contexts.push(c); return c; }; void 0"
    )
    canvases = bench.ask("document.querySelectorAll('canvas').length")
    for _ in range(20):
        _mounted(bench).ask("one.unmount()")
    bench.until_is("document.querySelectorAll('canvas').length", canvases)
    assert bench.ask("contexts.length") >= 20
    bench.until_is("contexts.filter(c => !c.isContextLost()).length", 0)
    bench.until_is("count", 0)
    assert bench.errors == []


def test_a_map_unmounted_while_it_loads_leaves_nothing(bench: Screen) -> None:
    canvases = bench.ask("document.querySelectorAll('canvas').length")
    bench.ask("void bench.mount({}).unmount()")
    bench.page.wait_for_timeout(500)
    assert bench.ask("document.querySelectorAll('canvas').length") == canvases
    assert bench.errors == []


def test_layers_follow_their_list_in_order_opacity_visibility_and_filter(bench: Screen) -> None:
    _mounted(bench)
    bench.ask(
        "one.set({layers: [{id: 'edge', type: 'line', source: 's', opacity: 0.4, filter: ['==', ['get', 'code'], 'a']},"
        " {id: 'area', type: 'fill', source: 's', visible: false, paint: {'fill-color': '#abc'}}]})"
    )
    bench.until("one.map.getLayersOrder().join() === 'edge,area'")
    assert bench.ask("one.map.getPaintProperty('edge', 'line-opacity')") == 0.4
    assert bench.ask("one.map.getLayoutProperty('area', 'visibility')") == "none"
    bench.ask("one.set({layers: [one.props.layers[1], one.props.layers[0]]})")
    bench.until("one.map.getLayersOrder().join() === 'area,edge'")
    bench.ask("one.set({layers: [{...one.props.layers[1], opacity: 0.9, filter: undefined}]})")
    bench.until("one.map.getLayersOrder().join() === 'edge'")
    assert bench.ask("one.map.getPaintProperty('edge', 'line-opacity')") == 0.9
    assert bench.ask("one.map.getFilter('edge')") is None


def test_a_new_value_changes_only_the_state_of_its_feature(bench: Screen) -> None:
    _mounted(bench)
    bench.ask("one.set({states: {v: {source: 's', key: 'value', values: {7: 3, 8: 4}}}})")
    bench.until("one.map.getFeatureState({source: 's', id: 7}).value === 3")
    bench.ask(
        "void (window.calls = []); const set = one.map.setFeatureState.bind(one.map);"
        "one.map.setFeatureState = (t, v) => { calls.push([t.id, v.value]); return set(t, v); };"
        "one.set({states: {v: {source: 's', key: 'value', ids: [7, 8], values: [3, 5]}}})"
    )
    bench.until("calls.length")
    assert bench.ask("calls") == [[8, 5]]
    bench.ask("one.set({states: {v: {source: 's', key: 'value', values: {7: 3}}}})")
    bench.until("one.map.getFeatureState({source: 's', id: 8}).value === undefined")


def test_click_and_hover_are_told_with_the_feature(bench: Screen) -> None:
    _mounted(bench).page.mouse.move(150, 150)
    bench.until("one.told.some(t => t.hover && t.hover.properties.code === 'a')")
    bench.page.mouse.click(150, 150)
    bench.until("one.told.some(t => t.click)")
    click = bench.ask("one.told.find(t => t.click).click")
    assert click["features"][0]["id"] == 7
    assert 0 < click["lngLat"][0] < 1


def test_a_map_nobody_moved_keeps_the_whole_in_view_when_its_box_changes(bench: Screen) -> None:
    _mounted(bench).ask("void (one.box.style.height = '150px')")
    bench.until("one.map.getCanvas().clientHeight === 150")
    bench.until("(b => b.getSouth() <= 0.01 && b.getNorth() >= 0.99)(one.map.getBounds())")


def test_flying_tells_the_new_viewport(bench: Screen) -> None:
    _mounted(bench).ask("one.set({go: {do: 'fly', center: [5, 5], zoom: 6}})")
    bench.until("one.told.some(t => t.viewport && Math.abs(t.viewport.center[0] - 5) < 1e-6)")


def test_no_tile_is_asked_for_where_a_layer_does_not_lie_also_when_it_moves(bench: Screen) -> None:
    asked: list[str] = []
    bench.page.route(
        "**/tiles/paper/**",
        lambda route: (asked.append(route.request.url), route.fulfill(status=204)),
    )
    source = "{{t: tonglan.mapSources.tiled('/tiles/paper/{0}/{{z}}/{{x}}/{{y}}.mvt', {1})}}"
    line = "[{id: 'line', type: 'line', source: 't', 'source-layer': 'paper'}]"
    where = "options: {center: [0.3516, 0.3516], zoom: 10}, home: undefined, interactive: []"
    bench.ask(
        f"void (window.one = bench.mount({{{where}, layers: {line}, sources: {source.format('v1', '[0.2, 0.2, 0.3, 0.3]')}}}))"
    )

    def columns(version: str, wanted: set[int]) -> set[int]:
        def found() -> set[int]:
            return {int(one.split("/")[-2]) for one in asked if f"/{version}/10/" in one}

        bench.until_here(lambda: found() >= wanted)
        return found()

    # Of zoom 10 a column is 0.3516 degrees wide and 512 begins at longitude 0: two are in sight.
    assert columns("v1", {512}) == {512}
    bench.ask(f"one.set({{sources: {source.format('v2', '[0.4, 0.2, 0.45, 0.3]')}}})")
    assert 513 in columns("v2", {513})  # where nothing was asked for before
    bench.ask(f"one.set({{sources: {source.format('v3', 'null')}}})")
    assert columns("v3", {512, 513}) == {512, 513}
    bench.ask("one.unmount()")
