/* The map of a topic, linked both ways: what is pointed at or chosen here is so in the rows, and back. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, board, acts, overviewMap, topicMap, topicMapParts, topicTexts, CityMap } = tonglan;
  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better
  const AROUND = 0.35; // of a county's size that stays in sight around it
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const nothing = [];

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
    if (!places.length) return CITY;
    const side = (n, pick) => pick(...places.map((place) => place.bounds[n]));
    return [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  }

  function wider([[west, south], [east, north]], part) {
    const [x, y] = [(east - west) * part, (north - south) * part];
    return [[west - x, south - y], [east + x, north + y]];
  }

  /* The county that is chosen or that the chosen town or site lies in. */
  const countyOf = (page, places) => {
    const step = page && page.path.find((one) => places.some((place) => place.code === one.code));
    return step ? step.code : null;
  };

  /* Where the chosen town lies, from the tiles that are drawn. */
  function townBounds(map, code) {
    if (!map || !map.getSource('city.towns')) return null;
    let box = null;
    const grow = (point) => {
      if (typeof point[0] !== 'number') return point.forEach(grow);
      box = box ? [[Math.min(box[0][0], point[0]), Math.min(box[0][1], point[1])], [Math.max(box[1][0], point[0]), Math.max(box[1][1], point[1])]] : [point, point];
      return undefined;
    };
    map.querySourceFeatures('city.towns', { sourceLayer: 'city.towns', filter: ['==', ['get', 'code'], code] }).forEach((feature) => grow(feature.geometry.coordinates));
    return box;
  }

  /* What the region's page looks at: the whole city, a county with its surroundings, a town. */
  function windowOf(page, places, map) {
    const county = countyOf(page, places);
    if (!county) return around(places);
    if (page.region.level === 'town') {
      const town = townBounds(map, page.region.code);
      if (town) return wider(town, 0.8);
    }
    return wider(around(places.filter((place) => place.code === county)), AROUND);
  }

  /* The coloured areas; around a county that has no towns to colour the city's stay, dimmed. */
  function useAreas(page) {
    const city = React.useRef({ tab: '', areas: null });
    if (!page || !page.map) return null;
    if (page.path.length === 1) city.current = { tab: page.tab, areas: page.map.areas };
    return page.map.areas || (city.current.tab === page.tab ? city.current.areas : null);
  }

  function useDrawing(page, rem) {
    const { layers: published, places, colours } = board.use((state) => state.boot);
    const view = board.use((state) => state.view);
    const hovered = board.use((state) => state.hovered);
    const map = page && page.map;
    const ink = colours[view.theme];
    const county = countyOf(page, places);
    const offered = React.useMemo(() => ((map && map.layers) || nothing).filter((layer) => !overviewMap.BASE.includes(layer.id)), [map && map.layers]);
    const on = tonglan.topicLayersOn();
    const towns = hovered && /^\d{9,12}$/.test(hovered) ? hovered : '';
    const areas = useAreas(page);
    const labels = React.useMemo(() => topicMap.labels(places, areas, county), [places, areas, county]);
    const base = React.useMemo(() => published.filter((layer) => overviewMap.BASE.includes(layer.id) || offered.some((one) => one.id === layer.id)), [published, offered]);
    const spot = hovered && hovered.startsWith('@') ? hovered : '';
    const sources = React.useMemo(() => topicMap.sources(base, offered, labels, spot, (map && map.marks) || nothing), [base, offered, labels, spot, map && map.marks]);
    const known = React.useMemo(() => new Set(Object.keys(sources)), [sources]);
    return {
      offered, on, county,
      drawing: {
        sources,
        layers: React.useMemo(() => topicMap.layers({ map, areas, offered, on, view, county, hovered: towns, theme: view.theme, ink, rem, known }), [map, areas, offered, on.join(), view.theme, view.region, county, towns, rem, known]),
        states: React.useMemo(() => overviewMap.states(places, null, county || view.region, hovered), [places, county, view.region, hovered]),
        images: React.useMemo(() => ({ 'yw-hatch': { hatch: ink['line-2'] } }), [view.theme]),
      },
    };
  }

  /* A click drills into the area under the pointer; the second of a double click is not one of its own. */
  function useTold(places, setProblem, setEvent) {
    return React.useCallback((told) => {
      const codeOf = (feature) => feature && feature.properties && feature.properties.code;
      const event = told.click ? tonglan.eventOf(told.click.features) : null;
      if (told.click) setEvent(event);
      if (told.click && told.click.turn < 2 && !event) {
        const { view } = board.get();
        const code = codeOf(told.click.features.find(codeOf));
        if (code && code !== view.region) acts.region(String(code));
      }
      if ('hover' in told) acts.hover(told.hover ? String(codeOf(told.hover) || '') || null : null);
      if ('problem' in told) {
        setProblem(told.problem);
        if (told.problem) board.set({ mapReady: true }); // the page is usable without its map
      }
      if (told.ready) board.set({ mapReady: true });
    }, [places]);
  }

  function MapCard() {
    const page = board.use((state) => state.page);
    const boot = board.use((state) => state.boot);
    const rem = useRem();
    const [problem, setProblem] = React.useState(null);
    const [go, setGo] = React.useState(undefined);
    const [map, setMap] = React.useState(null);
    const { offered, on, county, drawing } = useDrawing(page, rem);
    const [event, setEvent] = React.useState(null);
    const setProps = useTold(boot.places, setProblem, setEvent);
    /* On a phone the date stands above the city and the legend below it. */
    const phone = window.innerWidth < 48 * rem;
    const pad = { top: phone ? 2 * rem : rem, bottom: phone ? 4 * rem : rem, left: rem, right: rem };
    const home = React.useMemo(() => ({ bounds: around(boot.places), padding: pad }), [boot.places, rem]);
    const fit = () => board.get().page && setGo({ do: 'fit', bounds: windowOf(board.get().page, boot.places, map), padding: pad, at: Date.now() });
    const step = (what) => (what === 'area' ? fit() : setGo({ do: what, at: Date.now() }));
    const region = page && page.region.code;
    React.useEffect(() => {
      if (!page) return;
      const turn = () => (county ? fit() : go && setGo({ do: 'home', at: Date.now() }));
      tonglan.painted().then(() => region === (board.get().page || page).region.code && turn()); // the panels first
    }, [region]);
    React.useEffect(() => {
      if (!boot.places.length) board.set({ mapReady: true }); // nothing will ever be drawn
    }, []);
    const interactive = React.useMemo(() => overviewMap.eventPoints(offered).concat(boot.places.length ? ['yw-tp-towns', 'yw-tp-counties'] : []), [boot.places, offered]);
    const shown = page && page.map;
    const marks = shown && on.length + (shown.marked || []).length && (shown.marked || []).every((id) => !offered.some((layer) => layer.id === id) || on.includes(id)) ? shown.marks || nothing : (shown && !shown.marked && shown.marks) || nothing;
    return h('div', { className: 'yw-map yw-tp-map', id: 'yw-map', tabIndex: -1 },
      h(CityMap, Object.assign({ id: 'yw-topic-map', interactive, setProps, go, home, scale: true, after: tonglan.painted, label: topicTexts.mapLabel, options: { doubleClickZoom: false }, onMap: (one) => (setMap(one), (tonglan.theMap = one)) }, drawing)),
      h(tonglan.TopicMarks, { map, marks }),
      shown && h(topicMapParts.Layers, { offered, on }),
      shown && h(topicMapParts.Legend, { map: shown, on }),
      h(topicMapParts.Buttons, { step }),
      h(tonglan.EventNote, { event, close: () => setEvent(null) }),
      h('p', { className: 'yw-approval' }, [shown && shown.date, (shown && shown.note) || boot.city.approval].filter(Boolean).join(' · ')),
      problem && h(topicMapParts.Problem, { problem, offered }));
  }
  tonglan.TopicMapCard = MapCard;
})();
