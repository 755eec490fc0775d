/* Drawing on a map with pointer and keys: points are added until a double click or Enter. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const NONE = { points: [], moving: null, done: false };
  const ENDS = { distance: 2, area: 3, polygon: 3, buffer: 1 }; // points from which a drawing can end

  const line = (points) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: points } });
  const ring = (points) => ({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [points.concat([points[0]])] } });
  const dot = (point) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: point } });

  /* What a drawing looks like, as GeoJSON; `radius` in metres draws the buffer's circle. */
  function shapes(tool, drawing, radius) {
    const path = drawing.moving && !drawing.done ? drawing.points.concat([drawing.moving]) : drawing.points;
    const features = drawing.points.map(dot);
    if (tool === 'buffer' && drawing.points.length) features.push(ring(tonglan.earth.circle(drawing.points[0], radius).slice(0, -1)));
    else if (tool !== 'distance' && path.length > 2) features.push(ring(path));
    else if (path.length > 1) features.push(line(path));
    return { type: 'FeatureCollection', features };
  }

  /* The drawing of `tool` on `map`, and what changes it. Tools that do not draw give an empty one. */
  function useDrawing(map, tool) {
    const [drawing, setDrawing] = React.useState(NONE);
    const least = ENDS[tool];
    React.useEffect(() => setDrawing(NONE), [tool]);
    React.useEffect(() => {
      if (!map || !least) return undefined;
      const add = (event) => setDrawing((old) => {
        const points = old.done || least === 1 ? [] : old.points;
        return { points: points.concat([event.lngLat.toArray()]), moving: null, done: least === 1 };
      });
      // A double click has added its point twice by now.
      const end = (event) => {
        event.preventDefault();
        setDrawing((old) => finished(Object.assign({}, old, { points: old.points.slice(0, -1) }), least));
      };
      const move = (event) => setDrawing((old) => (old.done || !old.points.length ? old : Object.assign({}, old, { moving: event.lngLat.toArray() })));
      const key = (event) => {
        if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
        if (event.key === 'Escape') setDrawing(NONE);
        if (event.key === 'Enter') setDrawing((old) => finished(old, least));
        if (event.key === 'Backspace') setDrawing((old) => ({ points: old.points.slice(0, -1), moving: old.moving, done: false }));
      };
      map.on('click', add);
      map.on('dblclick', end);
      map.on('mousemove', move);
      window.addEventListener('keydown', key);
      map.getCanvas().style.cursor = 'crosshair';
      return () => {
        map.off('click', add);
        map.off('dblclick', end);
        map.off('mousemove', move);
        window.removeEventListener('keydown', key);
        map.getCanvas().style.cursor = '';
      };
    }, [map, tool]);
    return { drawing, clear: () => setDrawing(NONE) };
  }

  const finished = (drawing, least) => (drawing.points.length >= least ? { points: drawing.points, moving: null, done: true } : drawing);

  /* The geometry that a finished drawing asks about, or null. */
  function asked(tool, drawing) {
    if (!drawing.done) return null;
    if (tool === 'buffer') return dot(drawing.points[0]).geometry;
    return tool === 'polygon' ? ring(drawing.points).geometry : null;
  }

  function layers(ink, rem) {
    return [
      { id: 'yw-draw-area', type: 'fill', source: 'yw-draw', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ink.accent, 'fill-opacity': 0.16 } },
      { id: 'yw-draw-line', type: 'line', source: 'yw-draw', filter: ['!=', ['geometry-type'], 'Point'],
        layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': ink.accent, 'line-width': 0.12 * rem } },
      { id: 'yw-draw-point', type: 'circle', source: 'yw-draw', filter: ['==', ['geometry-type'], 'Point'],
        paint: { 'circle-radius': 0.25 * rem, 'circle-color': ink['surface-1'], 'circle-stroke-color': ink.accent, 'circle-stroke-width': 2 } },
    ];
  }

  tonglan.drawing = { useDrawing, shapes, asked, layers };
})();
