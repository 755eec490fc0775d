/* What the map of a topic draws: pure, from the page's answer, the layers, the view and the colours. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { overviewMap, topicParts } = tonglan;
  const FONT = tonglan.paintFont;
  const DIM = 0.45; // other areas, when one is chosen
  const RANK = { polygon: 0, area: 0, line: 1, point: 2 };
  const flag = (name) => ['boolean', ['feature-state', name], false];
  const dimmed = (opacity) => ['case', flag('dim'), opacity * DIM, opacity];
  const from = (id) => ({ source: id, 'source-layer': id });

  /* A token's colour in the theme that is on. */
  const colourOf = (ink, name) => ink[topicParts.token(name)] || ink.none;

  /* An expression: the colour of `key`'s value in `by`, else `other`. */
  function matched(key, by, ink, other) {
    const codes = Object.keys(by || {}).filter((code) => by[code] && by[code].colour);
    if (!codes.length) return other;
    const match = ['match', ['to-string', ['coalesce', ['get', key], '']]];
    codes.forEach((code) => match.push(code, colourOf(ink, by[code].colour)));
    return match.concat(other);
  }

  const isIn = (codes) => (codes.length ? ['in', ['to-string', ['coalesce', ['get', 'code'], '']], ['literal', codes]] : false);

  function fills(areas, county, ink) {
    const by = (areas && areas.by) || {};
    const known = Object.keys(by).filter((code) => by[code] && by[code].colour);
    const missing = Object.keys(by).filter((code) => !by[code] || !by[code].colour);
    const shown = (codes) => (codes.length ? ['case', isIn(codes), dimmed(0.66), 0] : 0.001);
    return [
      { id: 'yw-tp-counties', type: 'fill', ...from('city.counties'), paint: { 'fill-color': matched('code', by, ink, 'rgba(0,0,0,0)'), 'fill-opacity': shown(known) } },
      missing.length && { id: 'yw-tp-nothing', type: 'fill', ...from('city.counties'), filter: isIn(missing), paint: { 'fill-pattern': 'yw-hatch', 'fill-opacity': dimmed(1) } },
      county && { id: 'yw-tp-towns', type: 'fill', ...from('city.towns'), filter: ['==', ['get', 'county'], county],
        paint: { 'fill-color': matched('code', by, ink, 'rgba(0,0,0,0)'), 'fill-opacity': 0.66 } },
      county && missing.length && { id: 'yw-tp-nothing-towns', type: 'fill', ...from('city.towns'), filter: isIn(missing), paint: { 'fill-pattern': 'yw-hatch' } },
    ].filter(Boolean);
  }

  function edges(view, county, hovered, ink, rem) {
    const town = view.region !== county && county ? view.region : '';
    return [
      { id: 'yw-tp-townlines', type: 'line', ...from('city.towns'), paint: { 'line-color': ink['text-1'], 'line-opacity': county ? ['case', ['==', ['get', 'county'], county || ''], 0.28, 0.07] : 0.1, 'line-width': 0.05 * rem } },
      { id: 'yw-tp-townhover', type: 'line', ...from('city.towns'), filter: ['in', ['get', 'code'], ['literal', [town, hovered || ''].filter(Boolean)]], paint: { 'line-color': ink['text-1'], 'line-width': 0.14 * rem } },
      { id: 'yw-tp-lines', type: 'line', ...from('city.counties'), layout: { 'line-join': 'round' }, paint: { 'line-color': ink['line-2'], 'line-width': 0.08 * rem } },
      { id: 'yw-tp-outline', type: 'line', ...from('city.outline'), paint: { 'line-color': ink['text-2'], 'line-opacity': 0.7, 'line-width': 0.09 * rem } },
      { id: 'yw-tp-chosen', type: 'line', ...from('city.counties'), layout: { 'line-join': 'round' },
        paint: { 'line-color': ink['text-1'], 'line-width': 0.16 * rem, 'line-opacity': ['case', flag('chosen'), 1, flag('hover'), 0.75, 0] } },
    ];
  }

  /* Rivers (or any lines) in the colour of their class, plain where they have none. */
  function classed(layer, lines, ink, rem, theme) {
    const plain = theme === 'light' ? '#3F86BD' : '#4A90C2'; // the mocks' plain blue: no class is meant
    const by = lines && lines.layer === layer.id ? lines.by : {};
    const grade = ['to-number', ['get', 'grade'], 3];
    return [
      { id: layer.id, type: 'line', ...from(layer.id), layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': matched((lines && lines.key) || 'name', by, ink, plain), 'line-width': ['match', grade, 1, 0.24 * rem, 2, 0.18 * rem, 0.12 * rem] } },
      { id: layer.id + '/name', type: 'symbol', ...from(layer.id),
        layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 0.75 * rem, 'text-letter-spacing': 0.12, 'text-offset': [0, -0.8], 'symbol-spacing': 40 * rem, 'text-max-angle': 60 },
        paint: { 'text-color': theme === 'light' ? '#1D6AA5' : '#7FB2D6', 'text-halo-color': halo(ink, theme), 'text-halo-width': 0.08 * rem } },
    ];
  }

  const halo = (ink, theme) => (theme === 'light' ? ink['surface-1'] : ink.canvas);

  function names(ink, theme, rem) {
    return { id: 'yw-names', type: 'symbol', source: 'yw-places',
      layout: { 'text-field': ['case', ['==', ['get', 'text'], ''], ['get', 'name'], ['concat', ['get', 'name'], '\n', ['get', 'text']]], 'text-font': FONT, 'text-size': 0.8 * rem, 'text-line-height': 1.15,
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 1.3 },
      paint: { 'text-color': ['case', flag('chosen'), ink['text-1'], ink['text-2']], 'text-halo-color': halo(ink, theme), 'text-halo-width': 0.1 * rem, 'text-opacity': ['case', flag('dim'), 0.75, 1] } };
  }

  /* Label points of the counties with the value the map is coloured by. */
  function labels(places, areas, county) {
    const by = (areas && areas.by) || {};
    return { type: 'FeatureCollection', features: places.map((place) => ({ type: 'Feature', id: place.feature, geometry: { type: 'Point', coordinates: place.at },
      properties: { code: place.code, name: place.name, text: (!county && by[place.code] && by[place.code].text) || '' } })) };
  }

  /* Unseen texts where the marks and their names lie: the counties' names give way to them. */
  function taken(rem) {
    return { id: 'yw-taken', type: 'symbol', source: 'yw-taken', layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 0.95 * rem, 'text-anchor': 'left', 'text-offset': [-0.7, 0], 'text-overlap': 'always' }, paint: { 'text-opacity': 0 } };
  }

  /* As wide as the name but of one sign: each further sign would be drawn for nobody to see. */
  const room = (name) => '一'.repeat(2 + Math.ceil([...name].reduce((sum, sign) => sum + (sign > '\u2e80' ? 1 : 0.6), 0)));
  const marksAt = (marks) => ({ type: 'FeatureCollection', features: marks.map((mark) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [mark.lon, mark.lat] }, properties: { name: room(mark.name) } })) });

  /* Points of records under the pointer in a list. */
  function spot(hovered) {
    const at = /^@([-\d.]+),([-\d.]+)$/.exec(hovered || '');
    return { type: 'FeatureCollection', features: at ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: [Number(at[1]), Number(at[2])] }, properties: {} }] : [] };
  }

  function sources(layers, offered, pointsAt, hovered, marks) {
    const made = { 'yw-taken': { type: 'geojson', data: marksAt(marks) }, 'yw-places': { type: 'geojson', data: pointsAt }, 'yw-spot': { type: 'geojson', data: spot(hovered) } };
    const tiles = (layer, template) => (made[layer.id] = tonglan.mapSources.tiled(template, layer.bounds));
    layers.forEach((layer) => tiles(layer, layer.tiles));
    offered.filter((layer) => !made[layer.id]).forEach((layer) => tiles(layer, '/tiles/' + layer.id + '/' + layer.version + '/{z}/{x}/{y}.mvt'));
    return made;
  }

  /* `asked`: {map, areas, offered, on, view, county, hovered, theme, ink, rem, known}; lowest layer first. */
  function layers(asked) {
    const { map, areas, offered, on, view, county, hovered, theme, ink, rem, known } = asked;
    const there = (layer) => !layer['source-layer'] || known.has(layer.source);
    const thematic = offered.filter((layer) => on.includes(layer.id) && !overviewMap.BASE.includes(layer.id)).sort((a, b) => RANK[a.geometry] - RANK[b.geometry]);
    const drawn = (layer) => (layer.id === 'city.rivers' || (map && map.lines && map.lines.layer === layer.id) ? classed(layer, map && map.lines, ink, rem, theme)
      : tonglan.paint(Object.assign({}, layer, { geometry: layer.geometry === 'area' ? 'polygon' : layer.geometry }), from(layer.id), theme, ink, rem));
    const marked = new Set((map && map.marked) || []); // point layers whose features are the marks
    const of = (points) => thematic.filter((layer) => (layer.geometry === 'point') === points && !(points && marked.has(layer.id))).flatMap(drawn);
    const spots = of(true);
    return [].concat(fills(areas, county, ink), of(false), edges(view, county, hovered, ink, rem), spots.filter((one) => one.type !== 'symbol'), [names(ink, theme, rem)], spots.filter((one) => one.type === 'symbol'),
      [taken(rem), { id: 'yw-spot', type: 'circle', source: 'yw-spot', paint: { 'circle-radius': 0.7 * rem, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ink['text-1'], 'circle-stroke-width': 0.14 * rem } }]).filter(there);
  }

  tonglan.topicMap = { sources, layers, labels };
})();
