/* The map with what lies over it: breadcrumb, layer switch, legend, zoom, scale, approval line. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, board, acts, overviewMap, CityMap } = tonglan;
  const { AlertMarks, MapCrumbs, MapLegend, LayerSwitch, MapButtons } = tonglan;
  const PAD = { top: 0.8, bottom: 0.8, left: 1, right: 6 }; // rem around the city, more where the layer switch lies

  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better

  const NEAR = 9.6; // zoom at which the place of an alert is recognised

  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  function useRem() {
    const [rem, setRem] = React.useState(rootSize());
    React.useEffect(() => {
      const size = () => setRem(rootSize());
      window.addEventListener('resize', size);
      return () => window.removeEventListener('resize', size);
    }, []);
    return rem;
  }

  function around(places) {
    if (!places.length) return null;
    const side = (n, pick) => pick(...places.map((place) => place.bounds[n]));
    return [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  }

  const padding = (rem) => Object.fromEntries(Object.keys(PAD).map((side) => [side, PAD[side] * rem]));

  /* Everything the map is told, each part made anew only when what it depends on changes. */
  function useDrawing(rem, setProblem) {
    const { layers, places, colours } = board.use((state) => state.boot);
    const map = board.use((state) => state.model && state.model.map);
    const view = board.use((state) => state.view);
    const hovered = board.use((state) => state.hovered);
    const ink = colours[view.theme];
    const labels = React.useMemo(() => overviewMap.labels(places, map), [places, map && map.text, map && map.marks]);
    const wanted = layers.filter((layer) => overviewMap.clustered(layer) && view.layers.includes(layer.id)).map((layer) => layer.id);
    const points = tonglan.usePoints(wanted, (source) => setProblem({ kind: 'source', source }));
    return {
      sources: React.useMemo(() => overviewMap.sources(layers, labels, points), [layers, labels, points]),
      layers: React.useMemo(() => overviewMap.layers(layers, view.layers, map, ink, view.theme, rem),
        [layers, view.layers, view.theme, map && map.breaks, rem]),
      states: React.useMemo(() => overviewMap.states(places, map, view.region, hovered), [places, map && map.values, map && map.marks, view.region, hovered]),
      images: React.useMemo(() => ({ 'yw-hatch': { hatch: ink['line-2'] }, 'yw-late': { hatch: ink['warn-text'] } }), [view.theme]),
      home: React.useMemo(() => ({ bounds: around(places) || CITY, padding: padding(rem) }), [places, rem]),
    };
  }

  function said(problem, layers) {
    const titled = (id) => (layers.find((layer) => layer.id === id) || { title: id }).title;
    if (problem.kind === 'source') return texts.mapTiles(titled(problem.source));
    return { webgl: texts.mapNoWebgl, lost: texts.mapLost, library: texts.mapNoLibrary }[problem.kind];
  }

  function codeOf(feature, places) {
    const place = feature && places.find((one) => one.code === feature.properties.code);
    return place ? place.code : null;
  }

  function useTold(places, setProblem, setEvent) {
    return React.useCallback((told) => {
      const event = told.click ? tonglan.eventOf(told.click.features) : null;
      if (told.click) setEvent(event);
      if (told.click && !event) {
        const code = codeOf(told.click.features.find((feature) => codeOf(feature, places)), places);
        if (code) acts.region(code);
      }
      if ('hover' in told) board.set({ hovered: codeOf(told.hover, places) });
      if ('problem' in told) {
        setProblem(told.problem);
        if (told.problem) board.set({ mapReady: true }); // the page is usable without its map
      }
      if (told.ready) board.set({ mapReady: true });
    }, [places]);
  }

  /* The open alerts of the region and the one that is chosen; the map flies to it. */
  function useAlert(setGo, map) {
    const rows = tonglan.useAlertRows();
    const id = board.use((state) => state.alert);
    const chosen = rows.find((row) => row.id === id) || null;
    React.useEffect(() => {
      if (map && chosen && typeof chosen.lon === 'number') setGo({ do: 'fly', center: [chosen.lon, chosen.lat], zoom: Math.max(NEAR, map.getZoom()), at: Date.now() });
      else if (map && !id) setGo((old) => (old && old.do === 'fly' ? { do: 'home', at: Date.now() } : old));
    }, [id, map]);
    return { rows, chosen };
  }

  /* What is known of the alert that the map has flown to, and the way to its page. */
  function AlertNote({ row }) {
    const close = () => acts.alert(row.id);
    const value = row.value ? [row.value.text + (row.value.unit ? ' ' + row.value.unit : ''), row.limit && row.limit.text].filter(Boolean).join(' / ') : '';
    return h('div', { className: 'yw-over yw-oa-note', role: 'note' }, h(tonglan.AlertShape, { level: row.level }), h('span', null, h('b', null, row.title), h('small', null, [row.place, value, row.state].filter(Boolean).join(' · '))),
      h('a', { className: 'yw-button', href: tonglan.alertsLink({ alert: row.id }) }, tonglan.alertWords.centre), h('button', { type: 'button', className: 'yw-plain', 'aria-label': texts.close, onClick: close }, '×'));
  }

  function MapPanel({ id }) {
    const boot = board.use((state) => state.boot);
    const rem = useRem();
    const [problem, setProblem] = React.useState(null);
    const [go, setGo] = React.useState(undefined);
    const drawing = useDrawing(rem, setProblem);
    const [event, setEvent] = React.useState(null);
    const setProps = useTold(boot.places, setProblem, setEvent);
    const [map, setMap] = React.useState(null);
    const alert = useAlert(setGo, map);
    const step = (what) => setGo({ do: what, at: Date.now() });
    const interactive = overviewMap.eventPoints(boot.layers).concat(boot.places.length ? ['yw-choropleth', 'yw-missing', 'yw-names'] : []);
    return h(
      'div',
      { className: 'yw-map', id: 'yw-map', tabIndex: -1 },
      h(CityMap, Object.assign({ id, interactive, setProps, go, scale: true, label: texts.mapLabel, onMap: (made) => (setMap(made), (tonglan.theMap = made)) }, drawing)),
      h(AlertMarks, { map, items: alert.rows, chosen: alert.chosen && alert.chosen.id, pick: (item) => acts.alert(item.id) }),
      h(MapCrumbs),
      h(LayerSwitch),
      h(MapLegend),
      h(MapButtons, { zoomIn: () => step('in'), zoomOut: () => step('out'), whole: () => step('home') }),
      h('p', { className: 'yw-approval' }, boot.city.approval),
      alert.chosen ? h(AlertNote, { row: alert.chosen }) : h(tonglan.EventNote, { event, close: () => setEvent(null) }),
      problem && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, said(problem, boot.layers)),
      !problem && !boot.places.length && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, texts.mapEmpty)
    );
  }
  tonglan.MapPanel = MapPanel;
})();
