/* The map with what lies over it: breadcrumb, layer switch, legend, zoom, scale, approval line. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, board, acts, overviewMap, CityMap } = tonglan;
  const { MapCrumbs, MapLegend, LayerSwitch, MapButtons } = tonglan;
  const PAD = { top: 0.8, bottom: 0.8, left: 1, right: 6 }; // rem around the city, more where the layer switch lies

  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better

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

  function useTold(places, setProblem) {
    return React.useCallback((told) => {
      if (told.click) {
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

  function MapPanel({ id }) {
    const boot = board.use((state) => state.boot);
    const rem = useRem();
    const [problem, setProblem] = React.useState(null);
    const [go, setGo] = React.useState(undefined);
    const drawing = useDrawing(rem, setProblem);
    const setProps = useTold(boot.places, setProblem);
    const step = (what) => setGo({ do: what, at: Date.now() });
    const interactive = boot.places.length ? ['yw-choropleth', 'yw-missing', 'yw-names'] : [];
    return h(
      'div',
      { className: 'yw-map', id: 'yw-map', tabIndex: -1 },
      h(CityMap, Object.assign({ id, interactive, setProps, go, scale: true, label: texts.mapLabel, onMap: (map) => (tonglan.theMap = map) }, drawing)),
      h(MapCrumbs),
      h(LayerSwitch),
      h(MapLegend),
      h(MapButtons, { zoomIn: () => step('in'), zoomOut: () => step('out'), whole: () => step('home') }),
      h('p', { className: 'yw-approval' }, boot.city.approval),
      problem && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, said(problem, boot.layers)),
      !problem && !boot.places.length && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, texts.mapEmpty)
    );
  }
  tonglan.MapPanel = MapPanel;
})();
