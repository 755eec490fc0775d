/* What the overview's map draws: pure, from the model, the layer list, the view and the colours. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const FONT = ['Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'sans-serif'];
  const BASE = ['city.counties', 'city.outline', 'city.towns']; // always drawn, not in the switch
  const CLUSTERED = 5000; // points that are clustered in the browser; above that the tiles count
  const COUNT = 'n'; // what the tiles call the number of points in a counted cell
  const EVENTS = 'grid.events'; // the layer of open cases
  const NOTHING = { type: 'FeatureCollection', features: [] };
  const DIM = 0.45; // other counties, when one is chosen
  const GRADES = ['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', 'Ⅴ', '劣Ⅴ'];

  const OLD = ['late', 'dead'];
  const mark = ['coalesce', ['feature-state', 'mark'], ''];
  const has = ['!=', ['coalesce', ['feature-state', 'value'], 'none'], 'none'];
  const dimmed = (opacity) => ['case', ['boolean', ['feature-state', 'dim'], false], opacity * DIM, opacity];

  function classes(breaks, ink) {
    if (!breaks || !breaks.length) return ink.q4;
    const steps = ['step', ['number', ['feature-state', 'value'], 0], ink.q1];
    breaks.slice(0, 6).forEach((value, n) => steps.push(value, ink['q' + (n + 2)]));
    return steps;
  }

  const tiles = (layer) => tonglan.mapSources.tiled(layer.tiles, layer.bounds);
  const clustered = (layer) => layer.geometry === 'point' && layer.features <= CLUSTERED && layer.id === EVENTS;
  /* The drawn layers whose features may be events: a click on one tells of its case. */
  const eventPoints = (layers) => layers.filter((layer) => layer.id === EVENTS).flatMap((layer) => [layer.id, layer.id + '/one']);
  const points = (data) => ({
    type: 'geojson',
    data: data || NOTHING,
    cluster: true,
    clusterRadius: 96,
    clusterMaxZoom: 12,
  });

  function sources(layers, labels, loaded) {
    const made = { 'yw-places': { type: 'geojson', data: labels } };
    layers.forEach((layer) => (made[layer.id] = clustered(layer) ? points(loaded[layer.id]) : tiles(layer)));
    return made;
  }

  /* The value with its mark in a word: colour and hatch are never the only sign. */
  function valueText(place, map) {
    const marked = map && map.marks && map.marks[place.code];
    return ((map && map.text[place.code]) || '—') + (marked ? ' ' + tonglan.texts.marks[marked] : '');
  }

  /* Label points of the counties with the value of the map's indicator. */
  function labels(places, map) {
    return {
      type: 'FeatureCollection',
      features: places.map((place) => ({
        type: 'Feature',
        id: place.feature,
        geometry: { type: 'Point', coordinates: place.at },
        properties: { code: place.code, name: place.name, text: valueText(place, map) },
      })),
    };
  }

  const from = (layer) => ({ source: layer.id, 'source-layer': layer.id });

  function counties(layer, map, ink, rem) {
    return [
      { id: 'yw-choropleth', type: 'fill', ...from(layer),
        paint: { 'fill-color': classes(map && map.breaks, ink), 'fill-opacity': ['case', has, ['case', ['==', mark, 'dead'], dimmed(0.35), dimmed(0.8)], 0] } },
      { id: 'yw-late', type: 'fill', ...from(layer),
        paint: { 'fill-pattern': 'yw-late', 'fill-opacity': ['case', ['in', mark, ['literal', OLD]], dimmed(1), 0] } },
      { id: 'yw-doubtful', type: 'line', ...from(layer), layout: { 'line-join': 'round' },
        paint: { 'line-color': ink['text-1'], 'line-width': 0.14 * rem, 'line-dasharray': [2, 2], 'line-offset': 0.12 * rem,
          'line-opacity': ['case', ['in', mark, ['literal', ['suspect', 'estimated']]], 0.8, 0] } },
      { id: 'yw-missing', type: 'fill', ...from(layer),
        paint: { 'fill-pattern': 'yw-hatch', 'fill-opacity': ['case', has, 0, dimmed(1)] } },
    ];
  }

  function borders(layer, ink, rem) {
    const chosen = ['boolean', ['feature-state', 'chosen'], false];
    const hover = ['boolean', ['feature-state', 'hover'], false];
    return [
      { id: 'yw-county-lines', type: 'line', ...from(layer), layout: { 'line-join': 'round' },
        paint: { 'line-color': ink['map-line'], 'line-width': 0.1 * rem } },
      { id: 'yw-county-hover', type: 'line', ...from(layer), layout: { 'line-join': 'round' },
        paint: { 'line-color': ['case', chosen, ink.accent, ink['text-1']], 'line-width': 0.14 * rem,
          'line-opacity': ['case', chosen, 1, hover, 0.8, 0] } },
    ];
  }

  const outline = (layer, ink, rem) => ({ id: 'yw-outline', type: 'line', ...from(layer),
    paint: { 'line-color': ink['text-2'], 'line-opacity': 0.7, 'line-width': 0.09 * rem } });
  const towns = (layer, ink, rem) => ({ id: 'yw-towns', type: 'line', ...from(layer),
    paint: { 'line-color': ink['text-1'], 'line-opacity': 0.1, 'line-width': 0.05 * rem } });

  function rivers(layer, ink, rem) {
    const grade = ['to-number', ['get', 'grade'], 3];
    return [
      { id: layer.id, type: 'line', ...from(layer), layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': ink.river, 'line-opacity': 0.75,
          'line-width': ['match', grade, 1, 0.21 * rem, 2, 0.16 * rem, 0.1 * rem] } },
      { id: layer.id + '/name', type: 'symbol', ...from(layer),
        layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 0.75 * rem,
          'text-letter-spacing': 0.12, 'text-offset': [0, -0.8], 'symbol-spacing': 40 * rem, 'text-max-angle': 60 },
        paint: { 'text-color': ink['river-text'], 'text-halo-color': ink['map-halo'], 'text-halo-width': 0.08 * rem } },
    ];
  }

  function clusters(layer, ink, rem) {
    const mine = clustered(layer); // else there are so many that the tiles count them, cell by cell
    const count = mine ? 'point_count' : COUNT;
    const at = mine ? { source: layer.id } : from(layer);
    const size = ['step', ['get', count], 0.68 * rem, 20, 0.74 * rem, 60, 0.86 * rem];
    return [
      { id: layer.id + '/one', type: 'circle', ...at, filter: ['!', ['has', count]],
        paint: { 'circle-radius': 0.25 * rem, 'circle-color': ink['data-2'], 'circle-stroke-color': ink['surface-1'], 'circle-stroke-width': 1 } },
      { id: layer.id, type: 'circle', ...at, filter: ['has', count],
        paint: { 'circle-radius': size, 'circle-color': ink['surface-1'], 'circle-opacity': 0.82, 'circle-stroke-color': ink['data-2'], 'circle-stroke-width': 1.2 } },
      { id: layer.id + '/count', type: 'symbol', ...at, filter: ['has', count],
        layout: { 'text-field': ['to-string', ['get', count]], 'text-font': FONT, 'text-size': 0.75 * rem,
          'text-overlap': 'always', 'text-padding': 0.5 * rem },
        paint: { 'text-color': ink['text-1'] } },
    ];
  }

  function sections(layer, ink, rem) {
    const colour = ['match', ['get', 'target_class']];
    GRADES.forEach((grade, n) => colour.push(grade, ink['w' + (n + 1)]));
    colour.push(ink.none);
    return [
      { id: layer.id, type: 'circle', ...from(layer),
        paint: { 'circle-radius': 0.6 * rem, 'circle-color': colour, 'circle-stroke-color': ink.outline, 'circle-stroke-width': 1 } },
      { id: layer.id + '/class', type: 'symbol', ...from(layer),
        layout: { 'text-field': ['coalesce', ['get', 'target_class'], ''], 'text-font': FONT, 'text-size': 0.75 * rem, 'text-allow-overlap': true },
        paint: { 'text-color': ink['on-alert'] } },
    ];
  }

  /* Any other layer, also one imported a minute ago: by its kind of geometry. */
  function plain(layer, ink, rem) {
    if (layer.geometry === 'point') {
      return [{ id: layer.id, type: 'circle', ...from(layer),
        paint: { 'circle-radius': 0.28 * rem, 'circle-color': ink.accent, 'circle-stroke-color': ink['surface-1'], 'circle-stroke-width': 1.2 } }];
    }
    const line = { id: layer.id, type: 'line', ...from(layer), paint: { 'line-color': ink.accent, 'line-width': 0.09 * rem } };
    if (layer.geometry === 'line') return [line];
    return [
      { id: layer.id + '/area', type: 'fill', ...from(layer), paint: { 'fill-color': ink.accent, 'fill-opacity': 0.12 } },
      line,
    ];
  }

  const RANK = { polygon: 0, line: 1, point: 2 };
  const KINDS = { 'city.rivers': rivers, 'grid.events': clusters, 'water.sections': sections };

  const PHONE = 48; // rem of width below which names give way to each other

  function names(ink, rem) {
    return { id: 'yw-names', type: 'symbol', source: 'yw-places',
      layout: { 'text-field': ['format', ['get', 'name'], {}, '\n', {}, ['get', 'text'], { 'font-scale': 0.94 }], 'text-font': FONT,
        'text-size': 0.8 * rem, 'text-line-height': 1.15, 'text-overlap': window.innerWidth / rem < PHONE ? 'never' : 'always', 'text-padding': 0,
        'text-variable-anchor': ['center', 'top', 'bottom'], 'text-radial-offset': 1.3, 'text-justify': 'center' },
      paint: { 'text-color': ink['text-1'], 'text-halo-color': ink['map-halo'], 'text-halo-width': 0.1 * rem,
        'text-opacity': ['case', ['boolean', ['feature-state', 'dim'], false], 0.6, 1] } };
  }

  /* Colours of the map that are no tokens of their own. */
  function inks(colour, theme) {
    const light = theme === 'light';
    return Object.assign({}, colour, {
      'map-line': light ? colour['surface-1'] : colour.canvas,
      'map-halo': light ? colour['surface-1'] : colour.canvas,
      river: light ? '#3F86BD' : '#4A90C2', // the mocks' plain blue: no water class is meant
      'river-text': light ? '#1D6AA5' : '#7FB2D6',
    });
  }

  function layers(list, on, map, colour, theme, rem) {
    const ink = inks(colour, theme);
    const find = (id) => list.find((layer) => layer.id === id);
    const base = (id, make) => (find(id) ? [].concat(make(find(id))) : []);
    const thematic = list
      .filter((layer) => on.includes(layer.id) && !BASE.includes(layer.id))
      .sort((a, b) => RANK[a.geometry] - RANK[b.geometry]);
    const drawn = (kind) => thematic.filter((layer) => (layer.geometry === 'point') === (kind === 'point'))
      .flatMap((layer) => (KINDS[layer.id] || plain)(layer, ink, rem));
    const spots = drawn('point');
    return [].concat(
      base('city.counties', (layer) => counties(layer, map, ink, rem)),
      base('city.towns', (layer) => towns(layer, ink, rem)),
      drawn('area'),
      base('city.counties', (layer) => borders(layer, ink, rem)),
      base('city.outline', (layer) => outline(layer, ink, rem)),
      spots.filter((layer) => layer.type !== 'symbol'),
      [names(ink, rem)], // symbols above are placed first: names give way to them
      spots.filter((layer) => layer.type === 'symbol')
    );
  }

  const GROUND = BASE.concat('city.rivers', 'city.roads'); // what lies under marks where no value is mapped
  const VALUED = ['yw-choropleth', 'yw-late', 'yw-doubtful', 'yw-missing'];

  /* The same land, borders, rivers, roads and names without any value: under alerts and cases. */
  function ground(list, colour, theme, rem) {
    const held = list.filter((layer) => GROUND.includes(layer.id));
    const land = held.some((layer) => layer.id === 'city.counties') ? [{ id: 'yw-land', type: 'fill', ...from({ id: 'city.counties' }), paint: { 'fill-color': colour['surface-2'] } }] : [];
    const quiet = (layer) => (layer.id === 'yw-names' ? Object.assign({}, layer, { layout: Object.assign({}, layer.layout, { 'text-field': ['get', 'name'], 'text-overlap': 'never' }) }) : layer);
    return land.concat(layers(held, GROUND, null, colour, theme, rem).filter((layer) => !VALUED.includes(layer.id)).map(quiet));
  }

  /* Feature-states of the counties: value, dim, chosen, hover; each joined by feature id. */
  function states(places, map, region, hovered) {
    const codes = places.map((place) => place.code);
    const chosen = codes.includes(region);
    const of = (pick) => Object.fromEntries(places.map((place) => [place.feature, pick(place)]));
    const state = (key, source, values) => ({ source, sourceLayer: source === 'yw-places' ? undefined : source, key, values });
    const dim = of((place) => chosen && place.code !== region);
    const made = { labels: state('dim', 'yw-places', dim), dim: state('dim', 'city.counties', dim),
      chosen: state('chosen', 'city.counties', of((place) => place.code === region)),
      hover: state('hover', 'city.counties', of((place) => place.code === hovered)) };
    if (map) made.value = state('value', 'city.counties', of((place) => (map.values[place.code] === undefined ? null : map.values[place.code])));
    if (map && map.marks) made.mark = state('mark', 'city.counties', of((place) => map.marks[place.code] || ''));
    return made;
  }

  tonglan.overviewMap = { sources, layers, ground, labels, states, BASE, GROUND, clustered, eventPoints };
})();
