/* The catalogue's map: county lines, the chosen layers in their styles, difference, drawing. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, CityMap, paint, drawing, catalogueTexts: texts } = tonglan;
  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better
  const NOTHING = { type: 'FeatureCollection', features: [] };

  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  function around(places) {
    if (!places.length) return CITY;
    const side = (n, pick) => pick(...places.map((place) => place.bounds[n]));
    return [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  }

  const tiles = (url) => ({ type: 'vector', tiles: [url], minzoom: 0, maxzoom: 14 });
  const urlOf = (layer) => '/tiles/' + layer.id + '/' + layer.version + '/{z}/{x}/{y}.mvt';

  function base(counties, ink, rem) {
    if (!counties) return [];
    const from = { source: 'yw-counties', 'source-layer': counties.id };
    return [
      { id: 'yw-base', type: 'fill', ...from, paint: { 'fill-color': ink['surface-3'], 'fill-opacity': 0.6 } },
      { id: 'yw-base-line', type: 'line', ...from, layout: { 'line-join': 'round' }, paint: { 'line-color': ink['line-2'], 'line-width': 0.06 * rem } },
    ];
  }

  /* Added, removed and changed features: told apart by dash and words, not by colour alone. */
  function difference(ink, rem) {
    const is = (change) => ['==', ['get', 'change'], change];
    const dash = { added: [1, 0], removed: [1, 2], changed: [3, 1.5] };
    const lines = Object.keys(dash).map((change) => ({ id: 'yw-diff-' + change, type: 'line', source: 'yw-diff', filter: is(change),
      paint: { 'line-color': change === 'removed' ? ink['text-3'] : ink.accent, 'line-width': 0.16 * rem, 'line-dasharray': dash[change] } }));
    return lines.concat({ id: 'yw-diff-point', type: 'circle', source: 'yw-diff', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 0.4 * rem, 'circle-color': ['match', ['get', 'change'], 'added', ink.accent, ink['surface-1']],
        'circle-stroke-color': ['match', ['get', 'change'], 'removed', ink['text-3'], ink.accent], 'circle-stroke-width': 2.5 } });
  }

  const highlight = (ink, rem) => [
    { id: 'yw-pick-line', type: 'line', source: 'yw-pick', paint: { 'line-color': ink['text-1'], 'line-width': 0.2 * rem } },
    { id: 'yw-pick-point', type: 'circle', source: 'yw-pick', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 0.55 * rem, 'circle-opacity': 0, 'circle-stroke-color': ink['text-1'], 'circle-stroke-width': 2.5 } },
  ];

  /* `shown` are layers {id, version, geometry, style}; `picked` and `diff` are GeoJSON or null. */
  function CatalogueMap({ shown, picked, diff, drawn, theme, go, tell, onMap }) {
    const boot = tonglan.boot();
    const rem = rootSize();
    const ink = boot.colours[theme];
    const counties = boot.layers.find((layer) => layer.id === 'city.counties');
    const sources = React.useMemo(() => {
      const made = { 'yw-draw': { type: 'geojson', data: drawn || NOTHING }, 'yw-pick': { type: 'geojson', data: picked || NOTHING }, 'yw-diff': { type: 'geojson', data: diff || NOTHING } };
      if (counties) made['yw-counties'] = tiles(counties.tiles);
      shown.forEach((layer) => (made['yw-l-' + layer.id + layer.version] = tiles(urlOf(layer))));
      return made;
    }, [shown, picked, diff, drawn]);
    const layers = React.useMemo(() => [].concat(
      base(counties, ink, rem),
      shown.flatMap((layer) => paint(layer, { source: 'yw-l-' + layer.id + layer.version, 'source-layer': layer.id }, theme, ink, rem)),
      difference(ink, rem), highlight(ink, rem), drawing.layers(ink, rem)
    ), [shown, theme]);
    const home = React.useMemo(() => ({ bounds: around(boot.places), padding: 1.5 * rem }), []);
    const interactive = React.useMemo(() => shown.map((layer) => layer.id), [shown]);
    return h(CityMap, { id: 'yw-catalogue-map', sources, layers, home, go, interactive: interactive.length ? interactive : ['yw-base'], scale: true, label: texts.title, setProps: tell, onMap });
  }
  tonglan.CatalogueMap = CatalogueMap;
})();
