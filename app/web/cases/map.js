/* The map of cases, linked both ways with the list; cases of 橙 and 红 alerts never vanish in a cluster. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, caseParts, CityMap, overviewMap } = tonglan;
  const T = tonglan.caseTexts;
  const FONT = tonglan.paintFont;
  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better
  const NEAR = 13; // zoom of one case
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const at = (row) => typeof row.lon === 'number' && typeof row.lat === 'number';

  const feature = (row, now) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [row.lon, row.lat] },
    properties: { case: row.id, tone: caseParts.tone(row, now), level: caseParts.levelOf(row), drill: Boolean(row.drill) } });
  const collection = (features) => ({ type: 'FeatureCollection', features });

  const many = (cell) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [cell.lon, cell.lat] }, properties: { point_count: cell.count } });

  function sources(base, rows, cells, chosen, hovered, now, clustered) {
    const made = {};
    base.forEach((layer) => (made[layer.id] = tonglan.mapSources.tiled(layer.tiles, layer.bounds)));
    const placed = rows.filter(at);
    made['yw-cs'] = { type: 'geojson', data: collection(placed.filter((row) => !caseParts.hot(row)).map((row) => feature(row, now)).concat(cells.map(many))), cluster: clustered, clusterRadius: 36, clusterMaxZoom: 12 };
    made['yw-cs-hot'] = { type: 'geojson', data: collection(placed.filter(caseParts.hot).map((row) => feature(row, now))) };
    made['yw-cs-here'] = { type: 'geojson', data: collection(placed.filter((row) => row.id === chosen || row.id === hovered).map((row) => Object.assign(feature(row, now), { id: row.id === chosen ? 1 : 2 }))) };
    return made;
  }

  const LETTERS = ['match', ['get', 'level'], '红', '红', '橙', '橙', ''];

  function marks(ink, rem, theme) {
    const colour = ['match', ['get', 'tone'], 'bad', ink.bad, 'warn', ink.warn, 'ok', ink.data, ink.none];
    const single = ['!', ['has', 'point_count']];
    return [
      { id: 'yw-cs-clusters', type: 'circle', source: 'yw-cs', filter: ['has', 'point_count'],
        paint: { 'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 0.55 * rem, 200, 1.2 * rem], 'circle-color': ink['data-2'], 'circle-opacity': 0.8, 'circle-stroke-color': ink['surface-1'], 'circle-stroke-width': 1 } },
      { id: 'yw-cs-counts', type: 'symbol', source: 'yw-cs', filter: ['has', 'point_count'], layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-font': FONT, 'text-size': 0.75 * rem, 'text-overlap': 'always' }, paint: { 'text-color': ink['on-alert'] } },
      { id: 'yw-cs-points', type: 'circle', source: 'yw-cs', filter: single,
        paint: { 'circle-radius': ['match', ['get', 'tone'], 'bad', 0.4 * rem, 0.3 * rem], 'circle-color': ['match', ['get', 'tone'], 'none', ink['surface-1'], colour], 'circle-stroke-color': ['match', ['get', 'tone'], 'none', ink.none, ink['surface-1']], 'circle-stroke-width': 1.4 } },
      { id: 'yw-cs-signs', type: 'symbol', source: 'yw-cs', filter: ['all', single, ['==', ['get', 'tone'], 'bad']], layout: { 'text-field': '!', 'text-font': FONT, 'text-size': 0.75 * rem, 'text-overlap': 'always' }, paint: { 'text-color': ink['on-alert'] } },
      { id: 'yw-cs-hots', type: 'circle', source: 'yw-cs-hot', paint: { 'circle-radius': 0.58 * rem, 'circle-color': ['match', ['get', 'level'], '红', ink.red, ink.orange], 'circle-stroke-color': ['match', ['get', 'tone'], 'bad', ink.bad, ink['surface-1']], 'circle-stroke-width': 2 } },
      { id: 'yw-cs-letters', type: 'symbol', source: 'yw-cs-hot', layout: { 'text-field': LETTERS, 'text-font': FONT, 'text-size': 0.75 * rem, 'text-overlap': 'always' }, paint: { 'text-color': ['match', ['get', 'level'], '红', theme === 'light' ? ink['surface-1'] : ink['on-alert'], ink['on-alert']] } },
      { id: 'yw-cs-rings', type: 'circle', source: 'yw-cs-here', paint: { 'circle-radius': 0.85 * rem, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ['match', ['id'], 1, ink['text-1'], ink['text-2']], 'circle-stroke-width': ['match', ['id'], 1, 0.16 * rem, 0.09 * rem] } },
    ];
  }

  function around(places) {
    if (!places.length) return CITY;
    const side = (n, pick) => pick(...places.map((place) => place.bounds[n]));
    return [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  }

  /* Lamp shapes and words: what the colours of the points say. */
  function Legend() {
    return h('div', { className: 'yw-over yw-cs-legend', role: 'group', 'aria-label': T.position }, ['bad', 'warn', 'ok', 'none'].map((tone) => h('span', { key: tone }, h('i', { className: 'yw-cs-dot yw-cs-dot-' + tone }), T.legend[tone])),
      h('span', null, h(caseParts.Level, { level: '橙' }), T.legend.hot));
  }

  /* `rows` with their places; `onChoose(id)`, `onHover(id|null)`; `go` moves the map; children lie over it. */
  function Map({ rows, cells, onLook, chosen, hovered, onChoose, onHover, now, onReady, go, note, legend, clustered, home, onClick }) {
    const boot = tonglan.boot();
    const theme = tonglan.useTheme();
    const ink = boot.colours[theme];
    const rem = rootSize();
    const [problem, setProblem] = React.useState(null);
    const [step, setStep] = React.useState(undefined);
    const base = React.useMemo(() => boot.layers.filter((layer) => overviewMap.GROUND.includes(layer.id)), []);
    const made = React.useMemo(() => {
      const all = sources(base, rows, cells || NONE, chosen, hovered, now, clustered !== false);
      all['yw-places'] = { type: 'geojson', data: overviewMap.labels(boot.places, null) };
      return all;
    }, [rows, cells, chosen, hovered, clustered]);
    const layers = React.useMemo(() => overviewMap.ground(base, ink, theme, rem).concat(marks(ink, rem, theme)), [theme, rem]);
    const start = React.useMemo(() => home || { bounds: around(boot.places), padding: rem }, []);
    const told = React.useCallback((what) => {
      if (what.click) {
        const hit = what.click.features.find((one) => one.properties.case);
        const many = what.click.features.find((one) => one.properties.point_count);
        if (hit && onChoose) onChoose(hit.properties.case);
        else if (many) setStep({ do: 'fly', center: what.click.lngLat, zoom: NEAR, at: Date.now() });
        else if (onClick) onClick(what.click.lngLat);
      }
      if ('hover' in what && onHover) onHover((what.hover && what.hover.properties.case) || null);
      if (what.viewport && onLook) onLook(what.viewport);
      if ('problem' in what) setProblem(what.problem);
      if ((what.ready || what.problem) && onReady) onReady();
    }, [onChoose, onHover, onReady, onClick, onLook]);
    const seen = React.useCallback((map) => onLook && onLook({ bounds: map.getBounds().toArray(), zoom: map.getZoom() }), [onLook]);
    React.useEffect(() => go && setStep(go), [go]);
    const button = (what, sign, title) => h('button', { type: 'button', title, 'aria-label': title, onClick: () => setStep({ do: what, at: Date.now() }) }, sign);
    const W = tonglan.texts;
    return h('div', { className: 'yw-map yw-cs-map', id: 'yw-map', tabIndex: -1 },
      h(CityMap, { id: 'yw-cs-citymap', home: start, sources: made, layers, interactive: INTERACTIVE, setProps: told, onMap: seen, go: step, scale: true, label: T.mapLabel }),
      legend && h(Legend),
      h('div', { className: 'yw-over yw-zoom' }, button('in', '＋', W.zoomIn), button('out', '－', W.zoomOut), button('home', W.whole, W.wholeTitle)),
      h('p', { className: 'yw-approval' }, [note, boot.city.approval].filter(Boolean).join(' · ')),
      problem && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, problem.kind === 'source' ? W.mapTiles(problem.source) : { webgl: W.mapNoWebgl, lost: W.mapLost, library: W.mapNoLibrary }[problem.kind]));
  }
  const NONE = [];
  const INTERACTIVE = ['yw-cs-hots', 'yw-cs-points', 'yw-cs-clusters'];

  tonglan.CaseMap = Map;
  tonglan.caseMapNear = (row) => (at(row) ? { do: 'fly', center: [row.lon, row.lat], zoom: NEAR, at: Date.now() } : null);
})();
