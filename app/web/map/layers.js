/* Keeps a map's layers equal to the wanted list: order, opacity, visibility, filter, paint, layout. */
(function () {
  'use strict';
  const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
  const OPACITY = {
    fill: ['fill-opacity'],
    line: ['line-opacity'],
    circle: ['circle-opacity', 'circle-stroke-opacity'],
    symbol: ['icon-opacity', 'text-opacity'],
    heatmap: ['heatmap-opacity'],
    'fill-extrusion': ['fill-extrusion-opacity'],
    raster: ['raster-opacity'],
  };

  /* Our two short forms, `opacity` (0–1) and `visible`, in MapLibre's words. */
  function spelled(layer) {
    const made = Object.assign({}, layer, {
      paint: Object.assign({}, layer.paint),
      layout: Object.assign({}, layer.layout),
    });
    if (layer.opacity !== undefined) {
      OPACITY[layer.type].forEach((name) => {
        if (made.paint[name] === undefined) made.paint[name] = layer.opacity;
      });
    }
    if (layer.visible !== undefined) made.layout.visibility = layer.visible ? 'visible' : 'none';
    delete made.opacity;
    delete made.visible;
    return made;
  }

  function change(map, want, have) {
    for (const [part, set] of [['paint', 'setPaintProperty'], ['layout', 'setLayoutProperty']]) {
      const names = new Set(Object.keys(want[part]).concat(Object.keys(have[part])));
      names.forEach((name) => {
        if (!same(want[part][name], have[part][name])) map[set](want.id, name, want[part][name]);
      });
    }
    if (!same(want.filter, have.filter)) map.setFilter(want.id, want.filter || null);
    if (want.minzoom !== have.minzoom || want.maxzoom !== have.maxzoom) {
      map.setLayerZoomRange(want.id, want.minzoom || 0, want.maxzoom || 24);
    }
  }

  const moved = (want, have) => want.type !== have.type || want.source !== have.source || want['source-layer'] !== have['source-layer'];

  /* `have` is what the map shows, by id; the first of `wanted` is drawn first (lowest). */
  function sync(map, wanted, have) {
    const layers = wanted.map(spelled);
    const ids = new Set(layers.map((layer) => layer.id));
    Object.keys(have).forEach((id) => {
      const next = layers.find((layer) => layer.id === id);
      if (ids.has(id) && !moved(next, have[id])) return;
      map.removeLayer(id);
      delete have[id];
    });
    for (let place = layers.length - 1; place >= 0; place -= 1) {
      const layer = layers[place];
      const above = layers[place + 1] && layers[place + 1].id;
      if (!have[layer.id]) map.addLayer(layer, above);
      else change(map, layer, have[layer.id]);
      have[layer.id] = layer;
    }
    reorder(map, layers);
  }

  function reorder(map, layers) {
    const ours = new Set(layers.map((layer) => layer.id));
    const now = map.getLayersOrder().filter((id) => ours.has(id));
    if (same(now, layers.map((layer) => layer.id))) return;
    for (let place = layers.length - 2; place >= 0; place -= 1) map.moveLayer(layers[place].id, layers[place + 1].id);
  }

  window.tonglan.mapLayers = { sync };
})();
