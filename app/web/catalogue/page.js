/* The catalogue page: list, map with tools, and everything that is known of the chosen layer. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, drawing: draw, catalogueTexts: texts } = tonglan;
  const AT_ONCE = 3; // thematic layers on the map (SCREENS, map)
  const RADIUS = 1000; // m, the first buffer

  function useLayer(id) {
    const one = tonglan.useData(id && '/api/v1/layers/' + encodeURIComponent(id));
    return Object.assign({}, one, { data: one.data && one.data.id === id ? one.data : null });
  }

  const mapped = (layers) => layers.filter((layer) => layer.version).map((layer) => ({ id: layer.id, title: layer.title, version: layer.version, style: layer.style,
    geometry: (layer.live && layer.live.geometry) || layer.geometry, fields: (layer.catalogue && layer.catalogue.fields) || [] }));

  /* The layers that are drawn, with what the catalogue says of each; fetched once a version. */
  function useShown(ids, layers) {
    const [known, setKnown] = React.useState({});
    const wanted = ids.filter((id) => (layers || []).some((layer) => layer.id === id && layer.version));
    const key = wanted.map((id) => id + ':' + (layers.find((one) => one.id === id) || {}).version).join();
    const load = (id) => tonglan.api.get('/api/v1/layers/' + encodeURIComponent(id)).then((layer) => setKnown((old) => Object.assign({}, old, { [id]: layer })), () => undefined);
    React.useEffect(() => wanted.forEach(load), [key]);
    return { shown: React.useMemo(() => mapped(wanted.map((id) => known[id]).filter(Boolean)), [key, known]), refresh: load };
  }

  function address(id) {
    const query = window.location.search;
    window.history.replaceState(null, '', (id ? '/layers/' + encodeURIComponent(id) : '/layers') + query);
  }

  function Detail({ layer, failure, reload, refresh, draw: drawDiff, preview }) {
    const [tab, setTab] = React.useState('about');
    const boot = tonglan.boot();
    if (failure) return h('section', { className: 'yw-card yw-cat-detail' }, h(tonglan.Failure, { failure, again: reload }));
    if (!layer) return h('section', { className: 'yw-card yw-cat-detail' }, h('p', { className: 'yw-empty' }, texts.choose));
    const may = { edit: boot.work.review, publish: boot.work.review }; // what exactly, the API decides
    const bodies = {
      about: () => h(tonglan.LayerAbout, { layer, mayEdit: may.edit, reload }),
      fields: () => h(tonglan.LayerFields, { layer, mayEdit: may.edit, reload }),
      versions: () => h(tonglan.LayerVersions, { layer, mayPublish: may.publish, reload: () => (reload(), refresh(layer.id)), draw: drawDiff }),
      style: () => h(tonglan.LayerStyle, { key: layer.id, layer, mayEdit: may.edit, preview, done: () => (reload(), refresh(layer.id)) }),
    };
    return h('section', { className: 'yw-card yw-cat-detail', 'aria-label': layer.title },
      h('h2', null, layer.title, h('small', null, layer.live ? [texts.kinds[layer.live.geometry], texts.features(layer.live.features), texts.version(layer.live.number)].join(' · ') : texts.notPublished),
        h('span', { className: 'yw-grow' }), boot.work.upload && h('a', { className: 'yw-link', href: '/upload?layer=' + encodeURIComponent(layer.id) }, texts.upload)),
      h('div', { className: 'yw-cat-tabs', role: 'tablist' }, Object.keys(texts.tabs).map((one) => h('button', { key: one, type: 'button', role: 'tab', 'aria-selected': tab === one, onClick: () => setTab(one) }, texts.tabs[one]))),
      h('div', { className: 'yw-cat-body', role: 'tabpanel' }, bodies[tab]()));
  }

  function Results({ tool, layer, drawn, geometry, identified, bounds, radius, setRadius, pick, close }) {
    const measuring = tool === 'distance' || tool === 'area';
    const asking = tool === 'polygon' || tool === 'buffer';
    const fieldsOf = (id) => (layer && layer.id === id ? layer.fields : []);
    const body = tool === 'table' ? h(tonglan.ViewTable, { layer, bounds, pick })
      : tool === 'identify' ? identified && h(tonglan.Identified, { features: identified, fieldsOf })
        : measuring ? drawn.points.length > 0 && h(tonglan.Measured, { tool, drawing: drawn })
          : asking && geometry ? h(tonglan.Within, { layer, geometry, radius, setRadius, tool, pick }) : null;
    if (!body) return h('p', { className: 'yw-over yw-toolhint' }, layer || measuring ? texts.toolHints[tool] : texts.noLayer);
    return h('div', { className: classes('yw-over yw-results', (measuring || tool === 'identify') && 'yw-results-small') },
      h('button', { type: 'button', className: 'yw-plain yw-link yw-results-close', onClick: close }, texts.close), body);
  }

  function CatalogueMapCard({ shown, layer, diff, theme, onReady }) {
    const boot = tonglan.boot();
    const [map, setMap] = React.useState(null);
    const [tool, setTool] = React.useState('identify');
    const [identified, setIdentified] = React.useState(null);
    const [picked, setPicked] = React.useState(null);
    const [bounds, setBounds] = React.useState(null);
    const [radius, setRadius] = React.useState(RADIUS);
    const [go, setGo] = React.useState(undefined);
    const { drawing, clear } = draw.useDrawing(map, tool);
    const drawn = React.useMemo(() => draw.shapes(tool, drawing, radius), [tool, drawing, radius]);
    const geometry = React.useMemo(() => draw.asked(tool, drawing), [tool, drawing]);
    const named = (id) => (shown.find((one) => one.id === id) || {}).title || id;
    const latest = React.useRef(tool);
    latest.current = tool;
    React.useEffect(() => {
      if (!map) return undefined;
      map.doubleClickZoom.disable();
      const look = () => setBounds(map.getBounds().toArray());
      look();
      map.on('moveend', look);
      return () => map.off('moveend', look);
    }, [map]);
    const tell = React.useCallback((told) => {
      if (told.click && latest.current === 'identify') {
        setIdentified(told.click.features.filter((one) => one.layer !== 'yw-base').map((one) => ({ layer: one.layer, title: named(one.layer), properties: one.properties })));
      }
      if (told.ready || told.problem) onReady();
    }, [shown]);
    function pick(item) {
      setPicked({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: item.geometry }] });
      const middle = tonglan.middle(item.geometry);
      if (map && middle) map.easeTo({ center: middle, duration: 300 });
    }
    function choose(one) {
      setTool(one);
      setIdentified(null);
      setPicked(null);
    }
    const step = (what) => setGo({ do: what, at: Date.now() });
    return h('section', { className: 'yw-map yw-cat-map', 'aria-label': texts.title },
      h(tonglan.CatalogueMap, { shown, picked, diff, drawn, theme, go, tell, onMap: (one) => (setMap(one), (tonglan.theMap = one)) }),
      h(tonglan.ToolBar, { tool, setTool: choose }),
      h('div', { className: 'yw-over yw-zoom' }, [['in', '+', texts.zoomIn], ['out', '−', texts.zoomOut], ['home', '全', texts.whole]].map(([what, sign, title]) =>
        h('button', { key: what, type: 'button', title, 'aria-label': title, onClick: () => step(what) }, sign))),
      h('p', { className: 'yw-approval' }, boot.city.approval),
      h(Results, { tool, layer, drawn: drawing, geometry, identified, bounds, radius, setRadius, pick, close: () => (clear(), setIdentified(null), setPicked(null), setTool('identify')) }));
  }

  /* The middle of a geometry's vertices, good enough to fly to. */
  tonglan.middle = (geometry) => {
    const flat = (at) => (typeof at[0] === 'number' ? [at] : at.flatMap(flat));
    const all = geometry && geometry.coordinates ? flat(geometry.coordinates) : [];
    return all.length ? [0, 1].map((n) => all.reduce((sum, at) => sum + at[n], 0) / all.length) : null;
  };

  function Catalogue({ named }) {
    const boot = tonglan.boot();
    const theme = tonglan.useTheme();
    const [chosen, setChosen] = React.useState(named.layer || null);
    const [shownIds, setShownIds] = React.useState(named.layer ? [named.layer] : []);
    const [diff, setDiff] = React.useState(null);
    const [mapReady, setMapReady] = React.useState(false);
    const [trial, setTrial] = React.useState(null); // a style that is edited, not saved yet
    const search = tonglan.useLayerSearch();
    const list = tonglan.useData(search.path);
    const layers = list.data && list.data.items;
    const everything = React.useRef({});
    (layers || []).forEach((layer) => (everything.current[layer.id] = layer));
    const { shown, refresh } = useShown(shownIds, Object.values(everything.current));
    const detail = useLayer(chosen);
    const drawn = React.useMemo(() => shown.map((one) => (trial && one.id === chosen ? Object.assign({}, one, { style: trial }) : one)), [shown, trial, chosen]);
    function choose(id) {
      setChosen(id);
      setDiff(null);
      address(id);
      if (!shownIds.includes(id)) setShownIds(shownIds.concat(id).slice(-AT_ONCE));
    }
    const toggle = (id) => setShownIds(shownIds.includes(id) ? shownIds.filter((one) => one !== id) : shownIds.concat(id).slice(-AT_ONCE));
    const reload = () => (detail.reload(), list.reload());
    return h(tonglan.WorkPage, { page: 'layers', title: texts.title, ready: mapReady && Boolean(layers || list.failure) },
      h('div', { className: 'yw-catalogue' },
        h(tonglan.LayerList, { layers, search, topics: boot.topics, chosen, shown: shownIds, choose, toggle, theme, failure: list.failure, again: list.reload }),
        h(CatalogueMapCard, { shown: drawn, layer: shown.find((one) => one.id === chosen) || shown[shown.length - 1], diff, theme, onReady: () => setMapReady(true) }),
        h(Detail, { layer: detail.data, failure: detail.failure, reload, refresh, draw: setDiff, preview: setTrial })));
  }
  tonglan.pages.layers = Catalogue;
})();
