/* A map of alerts: counties and rivers in grey, the alerts over them; flies to the one that is chosen. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, board, acts, overviewMap, CityMap, AlertMarks, alertTexts: texts } = tonglan;
  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better
  const CLOSE = 10.2; // zoom at which a section and its river stand in sight
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  function around(places) {
    if (!places.length) return CITY;
    const side = (n, pick) => pick(...places.map((place) => place.bounds[n]));
    return [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  }

  function useDrawing(region) {
    const { layers, places, colours } = board.use((state) => state.boot);
    const theme = board.use((state) => state.view.theme);
    const rem = rootSize();
    const wanted = React.useMemo(() => layers.filter((layer) => overviewMap.GROUND.includes(layer.id)), [layers]);
    const labels = React.useMemo(() => overviewMap.labels(places, null), [places]);
    const county = places.some((place) => place.code === region) ? region : '';
    return {
      sources: React.useMemo(() => overviewMap.sources(wanted, labels, {}), [wanted, labels]),
      layers: React.useMemo(() => overviewMap.ground(wanted, colours[theme], theme, rem), [wanted, theme]),
      states: React.useMemo(() => overviewMap.states(places, null, county, ''), [places, county]),
      home: React.useMemo(() => ({ bounds: around(places), padding: rem }), [places]),
    };
  }

  /* `rows` on a map; `close` begins at the chosen one. */
  function AlertMap({ rows, chosen, close, region, id, children }) {
    const [map, setMap] = React.useState(null);
    const [problem, setProblem] = React.useState(null);
    const [go, setGo] = React.useState(undefined);
    const drawing = useDrawing(region);
    const one = rows.find((row) => row.id === chosen);
    const at = one && typeof one.lon === 'number' ? [one.lon, one.lat] : null;
    React.useEffect(() => {
      if (!map) return;
      if (at) setGo({ do: 'fly', center: at, zoom: close ? CLOSE : Math.max(CLOSE - 0.8, map.getZoom()), at: Date.now() });
      else if (close) setGo({ do: 'home', at: Date.now() });
    }, [chosen, Boolean(at), map]);
    const setProps = React.useCallback((told) => 'problem' in told && setProblem(told.problem), []);
    const words = problem && ({ webgl: tonglan.texts.mapNoWebgl, lost: tonglan.texts.mapLost, library: tonglan.texts.mapNoLibrary }[problem.kind] || tonglan.texts.mapTiles(problem.source));
    return h('div', { className: 'yw-al-map' },
      h(CityMap, Object.assign({ id, setProps, go, scale: true, label: texts.mapLabel, onMap: (made) => (setMap(made), (tonglan[close ? 'theMap' : 'theWideMap'] = made)) }, drawing)),
      h(AlertMarks, { map, items: rows, chosen, pick: (item) => acts.choose(item.id) }),
      problem && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, words), children);
  }

  /* All alerts of the list on one map. */
  function AlertMapView() {
    const rows = board.use((state) => state.rows);
    const chosen = board.use((state) => state.view.alert);
    const region = board.use((state) => state.view.region[0] || '');
    const approval = board.use((state) => state.boot.city.approval);
    const open = React.useMemo(() => rows.filter((row) => row.open), [rows]);
    const lost = open.filter((row) => typeof row.lon !== 'number').length;
    return h(AlertMap, { rows: open, chosen, region, id: 'yw-alertmap' }, h('p', { className: 'yw-approval' }, approval), lost > 0 && h('p', { className: 'yw-over yw-al-lost' }, texts.noPosition(lost)));
  }
  Object.assign(tonglan, { AlertMap, AlertMapView });
})();
