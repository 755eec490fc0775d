/* The period's values on the map, in the same classes as on the overview; missing is hatched. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, overviewMap, CityMap, texts: words, indicatorTexts: texts } = tonglan;
  const CITY = [[112.8, 23.8], [114.8, 25.6]]; // 韶关, where no county layer says better
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  function around(places) {
    if (!places.length) return CITY;
    const side = (n, pick) => pick(...places.map((place) => place.bounds[n]));
    return [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  }

  const codeOf = (feature, places) => {
    const place = feature && places.find((one) => one.code === feature.properties.code);
    return place ? place.code : null;
  };

  function Legend({ map }) {
    const marks = map.breaks.length ? [map.breaks[0], map.breaks[Math.floor(map.breaks.length / 2)], map.breaks[map.breaks.length - 1]] : [];
    return h('div', { className: 'yw-over yw-legend yw-ind-legend' },
      h('div', { className: 'yw-ramp', 'aria-hidden': true }, [1, 2, 3, 4, 5, 6, 7].map((n) => h('i', { key: n, style: { background: 'var(--q' + n + ')' } }))),
      h('div', { className: 'yw-ramp-marks' }, marks.map((mark, n) => h('span', { key: n }, mark.toLocaleString('zh-CN').replace('-', '−'))), h('span', { className: 'yw-ramp-unit' }, map.unit)),
      h('div', { className: 'yw-legend-foot' }, h('span', null, h('i', { className: 'yw-hatch' }), texts.missing)));
  }

  function MapCard({ page, theme, hovered, hover, go, ready }) {
    const boot = React.useMemo(() => tonglan.boot(), []);
    const { map } = page.places;
    const city = page.region.path[0].code;
    const rem = rootSize();
    const ink = boot.colours[theme];
    const [problem, setProblem] = React.useState(null);
    const [move, setMove] = React.useState(undefined);
    const base = React.useMemo(() => boot.layers.filter((layer) => overviewMap.BASE.includes(layer.id) && layer.id !== 'city.towns'), []);
    const labels = React.useMemo(() => overviewMap.labels(boot.places, map), [map]);
    const drawing = {
      sources: React.useMemo(() => overviewMap.sources(base, labels, {}), [labels]),
      layers: React.useMemo(() => overviewMap.layers(base, [], map, ink, theme, rem), [map, theme]),
      states: React.useMemo(() => overviewMap.states(boot.places, map, page.region.code, hovered), [map, page.region.code, hovered]),
      images: React.useMemo(() => ({ 'yw-hatch': { hatch: ink['line-2'] }, 'yw-late': { hatch: ink['warn-text'] } }), [theme]),
      home: React.useMemo(() => ({ bounds: around(boot.places), padding: { top: 0.8 * rem, bottom: 0.8 * rem, left: 0.8 * rem, right: 0.8 * rem } }), []),
    };
    const latest = React.useRef(null);
    latest.current = { region: page.region.code, city, go, hover };
    const tell = React.useCallback((told) => {
      const { region, city: top, go: move_, hover: point } = latest.current;
      if (told.click) {
        const code = codeOf(told.click.features.find((feature) => codeOf(feature, boot.places)), boot.places);
        if (code) move_({ region: code === region ? top : code });
      }
      if ('hover' in told) point(codeOf(told.hover, boot.places));
      if ('problem' in told) setProblem(told.problem);
      if (told.ready || told.problem) ready();
    }, []);
    React.useEffect(() => {
      if (!boot.places.length) ready(); // nothing will ever be drawn
    }, []);
    const step = (what) => setMove({ do: what, at: Date.now() });
    const button = (what, sign, title) => h('button', { key: what, type: 'button', title, 'aria-label': title, onClick: () => step(what) }, sign);
    const trouble = problem ? { webgl: words.mapNoWebgl, lost: words.mapLost, library: words.mapNoLibrary }[problem.kind] || words.mapTiles('') : !boot.places.length && words.mapEmpty;
    return h('section', { className: 'yw-card yw-ind-map' }, h('h2', null, texts.map, h('small', null, page.places.period + ' · ' + texts.mapHint)),
      h('div', { className: 'yw-map yw-ind-mapbox' },
        h(CityMap, Object.assign({ id: 'yw-ind-map', interactive: boot.places.length ? ['yw-choropleth', 'yw-missing', 'yw-names'] : [], setProps: tell, go: move, label: texts.mapLabel, onMap: (one) => (tonglan.theMap = one) }, drawing)),
        h(Legend, { map }),
        h('div', { className: 'yw-over yw-zoom' }, button('in', '＋', texts.zoomIn), button('out', '－', texts.zoomOut), button('home', texts.wholeSign, texts.whole)),
        h('p', { className: 'yw-approval' }, boot.city.approval),
        trouble && h('p', { className: 'yw-over yw-map-problem', role: 'status' }, trouble)));
  }
  tonglan.IndicatorMapCard = MapCard;
})();
