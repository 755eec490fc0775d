/* CityMap: a map as a React component over MapLibre GL JS; also usable from Dash (setProps). */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, mapSources, mapLayers, mapStates, mapPointer, mapOverlays } = tonglan;
  const FONTS = "'Source Han Sans SC','Noto Sans CJK SC','HarmonyOS Sans SC','Microsoft YaHei',sans-serif";
  const EMPTY = { version: 8, sources: {}, layers: [] };
  const none = {};
  const nothing = () => undefined;

  function options(library, element, props) {
    return Object.assign(
      {
        container: element,
        style: EMPTY,
        attributionControl: false,
        localIdeographFontFamily: FONTS,
        // no glyph server: with no `glyphs` in the style MapLibre draws all letters from local fonts
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        renderWorldCopies: false,
        fadeDuration: 0,
        locale: { 'Map.Title': texts.mapLabel },
      },
      props.home && { bounds: props.home.bounds, fitBoundsOptions: { padding: props.home.padding || 0, maxZoom: 12 } },
      props.view,
      props.options
    );
  }

  /* Everything of one map's life; `told` gives the props of the moment. */
  function start(library, element, told, onReady) {
    const map = new library.Map(options(library, element, told()));
    const tell = (change) => (told().setProps || nothing)(change);
    const shown = { sources: {}, layers: {}, states: {}, images: {}, touched: false, sick: {} };
    map.touchZoomRotate.disableRotation();
    const detach = mapPointer.attach(map, () => ({
      interactive: told().interactive || [],
      onClick: (click) => tell({ click }),
      onHover: (hover) => tell({ hover }),
    }));

    function sick(event) {
      const id = event.sourceId;
      if (!id) return; // a drawing error without a source is the page's own and shows in tests
      shown.sick[id] = true;
      tell({ problem: { kind: 'source', source: id } });
    }
    function healed(event) {
      if (!event.isSourceLoaded || !shown.sick[event.sourceId] || event.sourceDataType !== 'content') return;
      delete shown.sick[event.sourceId];
      if (!Object.keys(shown.sick).length) tell({ problem: null });
    }
    map.on('error', sick);
    map.on('sourcedata', healed);
    map.on('webglcontextlost', () => tell({ problem: { kind: 'lost' } }));
    map.on('webglcontextrestored', () => tell({ problem: null }));
    map.on('moveend', () => tell({ viewport: viewport(map) }));
    const touched = () => (shown.touched = true);
    map.on('dragstart', touched);
    map.on('wheel', touched);
    const resize = new ResizeObserver(() => {
      map.resize();
      if (told().home && !shown.touched) home(map, told().home, 0); // nobody moved it: keep the whole in view
    });
    resize.observe(element);
    map.once('style.load', onReady); // sooner than 'load', which waits for a picture of nothing

    return {
      map,
      shown,
      stop() {
        resize.disconnect();
        detach();
        map.remove();
      },
    };
  }

  const viewport = (map) => ({
    center: map.getCenter().toArray(),
    zoom: map.getZoom(),
    bounds: map.getBounds().toArray(),
  });

  /* Tell `ready` once the map is idle and really shows something of its interactive layers. */
  function whenDrawn(map, told) {
    function look() {
      const wanted = told().interactive || [];
      const layers = wanted.filter((id) => map.getLayer(id)); // none yet: the first "idle" is of an empty map
      if (wanted.length && (!layers.length || !map.queryRenderedFeatures({ layers }).length)) return;
      map.off('idle', look);
      (told().setProps || nothing)({ ready: true });
    }
    map.on('idle', look);
  }

  const GLIDE = 400; // ms of a movement
  const FEWEST = 6; // pictures in which a movement still is one; below that the map jumps

  const still = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  /* Counts the pictures of one movement: a screen too slow for it jumps the next time. */
  function watchPace(map, shown) {
    let seen = 0;
    const one = () => (seen += 1);
    map.on('render', one);
    map.once('moveend', () => {
      map.off('render', one);
      shown.jumps = seen < FEWEST;
    });
  }

  const home = (map, where, duration) => map.fitBounds(where.bounds, { padding: where.padding || 0, maxZoom: 12, duration });

  /* One movement: {do: 'in' | 'out' | 'home' | 'fit' | 'fly', bounds, padding, center, zoom, at}; `home` is a prop. */
  function move(life, props) {
    const { map, shown } = life;
    const go = props.go;
    const duration = still() || shown.jumps ? 0 : GLIDE;
    if (duration) watchPace(map, shown);
    shown.touched = go.do !== 'home';
    if (go.do === 'home') home(map, props.home, duration);
    else if (go.do === 'in') map.zoomIn({ duration });
    else if (go.do === 'out') map.zoomOut({ duration });
    else if (go.do === 'fit') home(map, go, duration);
    else if (go.do === 'fly') map.flyTo({ center: go.center, zoom: go.zoom, duration });
  }

  function draw(life, props) {
    const { map, shown } = life;
    mapOverlays.syncImages(map, props.images || none, shown.images);
    const old = mapSources.sync(map, props.sources || none, shown.sources);
    mapLayers.sync(map, props.layers || [], shown.layers);
    mapSources.drop(map, old, shown.sources);
  }

  function useLife(props) {
    const element = React.useRef(null);
    const life = React.useRef(null);
    const latest = React.useRef(props);
    latest.current = props;
    const [ready, setReady] = React.useState(false);
    React.useEffect(() => {
      let gone = false;
      const tell = (problem) => (latest.current.setProps || nothing)({ problem });
      tonglan.loadMapLibrary().then(
        (library) => {
          if (gone) return undefined;
          const told = () => latest.current;
          try {
            // Whether maps can be drawn is seen by drawing: a context made only to look costs 0.2 s.
            life.current = start(library, element.current, told, () => {
              if (gone) return;
              setReady(true);
              whenDrawn(life.current.map, told);
            });
          } catch {
            return tell({ kind: 'webgl' });
          }
          return (latest.current.onMap || nothing)(life.current.map);
        },
        () => gone || tell({ kind: 'library' })
      );
      return () => {
        gone = true;
        if (life.current) life.current.stop();
        life.current = null;
      };
    }, []);
    return { element, life, ready };
  }

  /* What is drawn first is drawn at once; later drawings wait for `props.after()`, where there is one. */
  function useDrawn(props, life, ready, join) {
    const once = React.useRef(false);
    React.useEffect(() => {
      if (!ready || !life.current) return nothing;
      const now = !props.after || !once.current;
      once.current = true;
      if (now) return draw(life.current, props), nothing;
      let wanted = true; // until the next drawing
      props.after().then(() => wanted && life.current && (draw(life.current, props), join()));
      return () => {
        wanted = false;
      };
    }, [ready, props.sources, props.layers, props.images]);
  }

  function CityMap(props) {
    const { element, life, ready } = useLife(props);
    const bar = React.useRef(null);
    const join = () => mapStates.sync(life.current.map, props.states || none, life.current.shown.states);
    useDrawn(props, life, ready, join);
    React.useEffect(() => {
      if (ready && life.current) join();
    }, [ready, props.states, props.sources, props.layers]);
    React.useEffect(() => {
      if (ready && life.current && props.go) move(life.current, props);
    }, [ready, props.go]);
    React.useEffect(() => {
      if (!ready || !life.current || !props.scale) return nothing;
      const map = life.current.map;
      const scale = () => bar.current && mapOverlays.drawScale(map, bar.current);
      map.on('move', scale);
      map.on('resize', scale);
      scale();
      return () => {
        map.off('move', scale);
        map.off('resize', scale);
      };
    }, [ready, props.scale]);
    return h(
      'div',
      { id: props.id, className: tonglan.classes('yw-citymap', props.className) },
      h('div', { ref: element, className: 'yw-citymap-canvas', role: 'region', 'aria-label': props.label || texts.mapLabel }),
      props.scale && h('div', { ref: bar, className: 'yw-scale', 'aria-hidden': true }, h('i'), h('span')),
      props.children
    );
  }
  tonglan.CityMap = CityMap;
})();
