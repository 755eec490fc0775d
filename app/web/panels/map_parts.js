/* The small panels over the map. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, texts, classes, board, acts, overviewMap } = tonglan;

  function MapCrumbs() {
    const path = board.use((state) => state.model && state.model.region.path);
    if (!path) return null;
    const last = path.length - 1;
    return h(
      'nav',
      { className: 'yw-over yw-crumbs', 'aria-label': texts.county },
      path.map((step, n) => h('span', { key: step.code, className: 'yw-crumb' }, n > 0 && h('i', { 'aria-hidden': true }, '›'),
        n === last ? h('b', { 'aria-current': 'location' }, step.name) : h('button', { type: 'button', className: 'yw-plain', onClick: () => acts.region(step.code) }, step.name))),
      last === 0 && h('span', { className: 'yw-t3' }, '› ' + texts.pick)
    );
  }

  function IndicatorChoice({ map }) {
    return h(
      'select',
      { className: 'yw-select', 'aria-label': texts.pickIndicator, value: map.indicator, onChange: (event) => acts.indicator(event.target.value) },
      map.choices.map((choice) => h('option', { key: choice.id, value: choice.id }, choice.title))
    );
  }

  /* The value on the map of the county that is chosen; on the map itself a click chooses. */
  function ChosenValue({ map }) {
    const region = board.use((state) => state.view.region);
    const place = board.use((state) => state.boot.places.find((one) => one.code === region));
    if (!place) return null;
    return h('div', { className: 'yw-legend-value' }, h('span', null, place.name),
      h('span', tonglan.explained(map.indicator, region), h('b', null, map.text[region] || texts.missing), map.unit && h('small', null, ' ' + map.unit)));
  }

  /* How many counties are late, no longer updated or doubtful; nothing on a good day. */
  function Marks({ marks }) {
    const found = Object.values(marks || {});
    return Object.keys(texts.marks).filter((mark) => found.includes(mark)).map((mark) =>
      h('span', { key: mark, className: 'yw-legend-mark' }, h('i', { className: 'yw-hatch yw-hatch-' + mark }), texts.marks[mark] + ' ' + found.filter((one) => one === mark).length));
  }

  function MapLegend() {
    const map = board.use((state) => state.model && state.model.map);
    const events = board.use((state) => state.view.layers.includes('grid.events'));
    if (!map) return null;
    const marks = map.breaks.length ? [map.breaks[0], map.breaks[Math.floor(map.breaks.length / 2)], map.breaks[map.breaks.length - 1]] : [];
    return h(
      'div',
      { className: 'yw-over yw-legend' },
      h('div', { className: 'yw-legend-head' }, h(IndicatorChoice, { map }), h('span', { className: 'yw-t3' }, map.period)),
      h(ChosenValue, { map }),
      h('div', { className: 'yw-ramp', 'aria-hidden': true }, [1, 2, 3, 4, 5, 6, 7].map((n) => h('i', { key: n, style: { background: 'var(--q' + n + ')' } }))),
      h('div', { className: 'yw-ramp-marks' }, marks.map((mark, n) => h('span', { key: n }, tonglan.patch.written(mark, String(mark).includes('.') ? 1 : 0))),
        h('span', { className: 'yw-ramp-unit' }, map.unit)),
      h('div', { className: 'yw-legend-foot' }, h('span', null, h('i', { className: 'yw-hatch' }), texts.noValue),
        h(Marks, { marks: map.marks }),
        events && h('span', null, h('i', { className: 'yw-ring' }), texts.clusters))
    );
  }

  function Box({ layer, on }) {
    const count = layer.features ? layer.features.toLocaleString('zh-CN') : '';
    const old = layer.freshness === 'late' || layer.freshness === 'dead';
    return h(
      'button',
      { type: 'button', role: 'checkbox', 'aria-checked': on, className: classes('yw-layer', on && 'yw-on'), onClick: () => acts.layer(layer.id) },
      h('i', { className: 'yw-box', 'aria-hidden': true }), h('span', null, layer.title), old && h(tonglan.FreshDot, { state: layer.freshness }),
      h('em', null, old && h('b', null, layer.age), count)
    );
  }

  function Swap({ layers, on }) {
    return h(
      'div',
      { className: 'yw-swap', role: 'group', 'aria-label': texts.layersHint },
      h('p', null, texts.layersHint),
      on.map((id) => (layers.find((layer) => layer.id === id) || {}).title && h('button', { key: id, type: 'button', className: 'yw-button', onClick: () => acts.swap(id) },
        layers.find((layer) => layer.id === id).title))
    );
  }

  function LayerSwitch() {
    const layers = board.use((state) => state.boot.layers);
    const map = board.use((state) => state.model && state.model.map);
    const on = board.use((state) => state.view.layers);
    const open = board.use((state) => state.layersOpen);
    const swap = board.use((state) => state.swap);
    const offered = layers.filter((layer) => !overviewMap.BASE.includes(layer.id));
    const shown = offered.filter((layer) => on.includes(layer.id)).length;
    const toggle = () => board.set({ layersOpen: !open });
    return h(
      'div',
      { className: 'yw-over yw-layers' },
      h('button', { type: 'button', className: 'yw-plain yw-layers-head', 'aria-expanded': open, onClick: toggle },
        h('b', null, texts.layers), h('span', { className: 'yw-t3' }, shown + (map ? 1 : 0) + ' / ' + (offered.length + 1))),
      open && h('div', { className: 'yw-layers-list' },
        map && h('div', { className: 'yw-layer yw-on yw-layer-fixed' }, h('i', { className: 'yw-box', 'aria-hidden': true }), h('span', null, map.title), h('em', null, texts.countyLevel)),
        offered.map((layer) => h(Box, { key: layer.id, layer, on: on.includes(layer.id) })),
        swap && h(Swap, { layers, on }))
    );
  }

  function MapButtons({ zoomIn, zoomOut, whole }) {
    const button = (label, title, act) => h('button', { type: 'button', title, 'aria-label': title, onClick: act }, label);
    return h('div', { className: 'yw-over yw-zoom' }, button('＋', texts.zoomIn, zoomIn), button('－', texts.zoomOut, zoomOut), button(texts.whole, texts.wholeTitle, whole));
  }

  Object.assign(tonglan, { MapCrumbs, MapLegend, LayerSwitch, MapButtons });
})();
