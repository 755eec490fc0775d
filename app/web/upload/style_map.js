/* A small map of what is in a submission, over quiet borders and rivers. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h } = tonglan;
  const T = tonglan.uploadTexts;
  const SOURCE = 'yw-new';
  const RIVER = { light: '#3F86BD', dark: '#4A90C2' }; // as on the overview map: no water class is meant

  /* What lies below: county and town lines, rivers, in quiet inks. */
  function ground(layers, theme, rem) {
    const ink = tonglan.boot().colours[theme];
    const tiles = (id) => layers.find((layer) => layer.id === id);
    const line = (id, paint) => (tiles(id) ? [{ id, type: 'line', source: id, 'source-layer': id, paint }] : []);
    const base = ['city.counties', 'city.towns', 'city.rivers'].filter(tiles);
    return {
      sources: Object.fromEntries(base.map((id) => [id, { type: 'vector', tiles: [tiles(id).tiles], maxzoom: 14 }])),
      layers: [
        { id: 'yw-ground', type: 'background', paint: { 'background-color': ink['surface-3'] } },
        ...(tiles('city.counties') ? [{ id: 'city.counties/area', type: 'fill', source: 'city.counties', 'source-layer': 'city.counties', paint: { 'fill-color': ink['surface-2'] } }] : []),
        ...line('city.towns', { 'line-color': ink.line, 'line-width': 0.8 }),
        ...line('city.counties', { 'line-color': ink['line-2'], 'line-width': 1.1 }),
        ...line('city.rivers', { 'line-color': RIVER[theme], 'line-width': 0.12 * rem, 'line-opacity': 0.8 }),
      ],
    };
  }

  const flat = (coordinates) => (typeof coordinates[0] === 'number' ? [coordinates] : coordinates.flatMap(flat));

  /* The window of a collection; far strays, which would shrink all others to a spot, stay outside. */
  function boundsOf(collection) {
    const points = ((collection && collection.features) || []).flatMap((one) => (one.geometry && one.geometry.coordinates ? flat(one.geometry.coordinates) : []));
    if (!points.length) return null;
    const side = (n) => {
      const all = points.map((point) => point[n]).sort((a, b) => a - b);
      const at = (share) => all[Math.round(share * (all.length - 1))];
      const [low, high, reach] = [at(0.02), at(0.98), (at(0.98) - at(0.02)) * 2 + 0.01];
      return [Math.max(at(0), low - reach), Math.min(at(1), high + reach)];
    };
    const [lon, lat] = [side(0), side(1)];
    const pad = 0.004; // degrees, so that a single point has a window too
    return [[lon[0] - pad, lat[0] - pad], [lon[1] + pad, lat[1] + pad]];
  }

  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  /* A map of one collection over the ground. `more` are further MapLibre layers over it. */
  function WorkMap({ collection, style, geometry, theme, label, className, layers, images, children }) {
    const boot = tonglan.boot();
    const [problem, setProblem] = React.useState(null);
    const [go, setGo] = React.useState(undefined);
    const rem = rootSize();
    const under = React.useMemo(() => ground(boot.layers || [], theme, rem), [theme, rem]);
    const sources = React.useMemo(() => Object.assign({}, under.sources, { [SOURCE]: { type: 'geojson', data: collection } }), [under, collection]);
    const over = React.useMemo(() => (layers ? layers(theme, rem) : tonglan.paint({ id: SOURCE, geometry, style }, { source: SOURCE }, theme, boot.colours[theme], rem)), [layers, style, geometry, theme, rem]);
    const home = React.useMemo(() => ({ bounds: boundsOf(collection) || [[112.8, 23.8], [114.8, 25.6]], padding: rem }), [collection, rem]);
    const setProps = React.useCallback((told) => 'problem' in told && setProblem(told.problem && told.problem.kind !== 'source' ? told.problem : null), []);
    const all = React.useMemo(() => under.layers.concat(over), [under, over]);
    const step = (what) => () => setGo({ do: what, at: Date.now() });
    const button = (text, title, act) => h('button', { type: 'button', title, 'aria-label': title, onClick: act }, text);
    return h('div', { className: tonglan.classes('yw-up-map', className), 'data-theme': theme },
      !problem && h(tonglan.CityMap, { sources, layers: all, home, label, setProps, go, scale: true, images, options: { maxZoom: 17 }, onMap: (map) => (tonglan.theMap = map) }),
      problem ? h('p', { className: 'yw-empty' }, T.mapProblem[problem.kind] || T.mapProblem.library)
        : h('div', { className: 'yw-over yw-zoom' }, button('＋', T.zoomIn, step('in')), button('－', T.zoomOut, step('out')), button(T.whole, T.wholeTitle, step('home'))),
      children);
  }

  Object.assign(tonglan, { WorkMap, WORK_SOURCE: SOURCE });
})();
