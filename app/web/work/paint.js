/* A layer's style JSON as MapLibre layers: one colour, classes of a field, labels, a sign in the dot. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const FONT = ['Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'sans-serif'];
  const FIRST_LABELS = 12; // zoom from which labels stand, where the style names none
  const COUNT = 'n'; // what the tiles call the number of points in a counted cell

  /* The colour of each feature, as an expression; `ink.none` where the field says nothing. */
  function colour(style, theme, ink) {
    const classes = (style && style.classes) || [];
    const own = (one) => (one && one[theme]) || ink.accent;
    if (!style || !style.field || !classes.length || style.kind === 'single') return own(classes[0]);
    const value = ['get', style.field];
    if (style.kind === 'categorised') {
      const named = classes.filter((one) => one.value !== null && one.value !== undefined);
      const rest = classes.find((one) => one.value === null || one.value === undefined);
      if (!named.length) return own(rest);
      const match = ['match', ['to-string', value]];
      named.forEach((one) => match.push(String(one.value), own(one)));
      return ['case', ['has', style.field], match.concat(rest ? own(rest) : ink.none), ink.none];
    }
    const steps = ['step', ['to-number', value, 0], own(classes[0])];
    classes.slice(1).forEach((one) => steps.push(one.min, own(one)));
    return ['case', ['has', style.field], steps, ink.none];
  }

  function labelled(layer, from, style, ink, rem) {
    const label = style && style.label;
    if (!label || !label.field) return [];
    const apart = layer.geometry !== 'point'; // areas and lines carry their label point in a layer of its own
    return [{ id: layer.id + '/label', type: 'symbol', source: from.source,
      'source-layer': apart && from['source-layer'] ? from['source-layer'] + '.labels' : from['source-layer'],
      minzoom: label.min_zoom === undefined || label.min_zoom === null ? FIRST_LABELS : label.min_zoom,
      layout: { 'text-field': ['to-string', ['coalesce', ['get', label.field], '']], 'text-font': FONT, 'text-size': 0.75 * rem,
        'text-variable-anchor': ['top', 'bottom', 'right', 'left'], 'text-radial-offset': apart ? 0 : 0.7, 'text-optional': true },
      paint: { 'text-color': ink['text-1'], 'text-halo-color': ink['surface-1'], 'text-halo-width': 0.1 * rem } }];
  }

  function points(layer, from, style, theme, ink, rem) {
    const radius = 0.28 * rem * ((style && style.size) || 1);
    const single = ['!', ['has', COUNT]];
    const sign = style && style.icon && [...style.icon][0];
    const size = sign ? Math.max(radius, 0.5 * rem) : radius;
    return [
      { id: layer.id + '/cells', type: 'circle', ...from, filter: ['has', COUNT],
        paint: { 'circle-radius': ['interpolate', ['linear'], ['get', COUNT], 1, 0.22 * rem, 1000, 0.85 * rem],
          'circle-color': ink['data-2'], 'circle-opacity': 0.7, 'circle-stroke-color': ink['surface-1'], 'circle-stroke-width': 1 } },
      { id: layer.id, type: 'circle', ...from, filter: single,
        paint: { 'circle-radius': size, 'circle-color': colour(style, theme, ink), 'circle-stroke-color': ink['surface-1'], 'circle-stroke-width': 1.2 } },
      sign && { id: layer.id + '/sign', type: 'symbol', ...from, filter: single,
        layout: { 'text-field': sign, 'text-font': FONT, 'text-size': 0.75 * rem, 'text-overlap': 'always' }, paint: { 'text-color': ink['on-alert'] } },
    ].filter(Boolean);
  }

  function lines(layer, from, style, theme, ink, rem) {
    return [{ id: layer.id, type: 'line', ...from, layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colour(style, theme, ink), 'line-width': 0.12 * rem * ((style && style.size) || 1) } }];
  }

  function areas(layer, from, style, theme, ink, rem) {
    const classed = style && style.field && style.kind !== 'single';
    return [
      { id: layer.id, type: 'fill', ...from, paint: { 'fill-color': colour(style, theme, ink), 'fill-opacity': classed ? 0.72 : 0.18 } },
      { id: layer.id + '/edge', type: 'line', ...from, layout: { 'line-join': 'round' },
        paint: { 'line-color': classed ? ink['surface-1'] : colour(style, theme, ink), 'line-width': 0.08 * rem } },
    ];
  }

  /* MapLibre layers of `layer` {id, geometry, style}, lowest first; `from` is {source, 'source-layer'} (none for GeoJSON). */
  function paint(layer, from, theme, ink, rem) {
    const style = layer.style && layer.style.kind ? layer.style : null;
    const kinds = { point: points, line: lines, polygon: areas };
    const made = (kinds[layer.geometry] || areas)(layer, from, style, theme, ink, rem);
    return made.concat(labelled(layer, from, style, ink, rem));
  }

  tonglan.paint = paint;
  tonglan.paintFont = FONT;
})();
