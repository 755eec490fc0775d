/* Keeps a map's sources equal to the wanted ones, changing as little as possible. */
(function () {
  'use strict';
  const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
  const MARGIN = 0.02; // degrees around a layer in which the width of its lines may show
  const full = (url) => (url.startsWith('/') ? window.location.origin + url : url);

  /* MapLibre's workers know no page address: tile and data URLs must be whole. */
  function whole(source) {
    const made = Object.assign({}, source);
    if (made.tiles) made.tiles = made.tiles.map(full);
    if (typeof made.data === 'string') made.data = full(made.data);
    return made;
  }

  /* Vector tiles of one layer; where `bounds` says that nothing lies no tile is asked for. */
  function tiled(template, bounds) {
    const [west, south, east, north] = bounds || [];
    const around = bounds && { bounds: [west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN] };
    return Object.assign({ type: 'vector', tiles: [template], minzoom: 0, maxzoom: 14 }, around);
  }

  /* A new version may lie elsewhere; MapLibre's setTiles would keep to the old bounds. */
  function retile(source, want) {
    source.setSourceProperty(() => {
      source.tileBounds = undefined;
      source.tiles = want.tiles;
      source._options = Object.assign({}, source._options, { tiles: want.tiles, bounds: want.bounds });
    });
  }

  function update(map, id, want, have) {
    const source = map.getSource(id);
    if (want.type === 'geojson' && have.type === 'geojson') {
      if (want.data !== have.data) source.setData(whole(want).data);
      return true;
    }
    if (want.type === have.type && want.tiles && !same(want.tiles, have.tiles)) {
      retile(source, whole(want));
      return true;
    }
    return same(want, have);
  }

  /* Add and change sources; returns the ids of those that must go once their layers are gone. */
  function sync(map, want, have) {
    Object.keys(want).forEach((id) => {
      if (have[id] === want[id]) return;
      if (!have[id]) map.addSource(id, whole(want[id]));
      else update(map, id, want[id], have[id]);
      have[id] = want[id];
    });
    return Object.keys(have).filter((id) => !want[id]);
  }

  function drop(map, ids, have) {
    ids.forEach((id) => {
      if (map.getSource(id)) map.removeSource(id);
      delete have[id];
    });
  }

  window.tonglan.mapSources = { sync, drop, tiled };
})();
