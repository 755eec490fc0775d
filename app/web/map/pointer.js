/* Click and hover of a map, told as plain values; hover only when the feature changes. */
(function () {
  'use strict';
  const MOST = 10; // features told per click

  const plain = (feature) => ({
    id: feature.id,
    layer: feature.layer.id,
    source: feature.source,
    properties: feature.properties,
  });

  /* `ask()` gives {interactive, onClick, onHover} of the moment; returns a function that detaches. */
  function attach(map, ask) {
    let last = null;

    function under(point) {
      const layers = ask().interactive.filter((id) => map.getLayer(id));
      return layers.length ? map.queryRenderedFeatures(point, { layers }) : [];
    }

    function click(event) {
      const features = under(event.point).slice(0, MOST).map(plain);
      ask().onClick({ lngLat: event.lngLat.toArray(), features, at: Date.now(), turn: event.originalEvent ? event.originalEvent.detail : 1 });
    }

    function hover(feature) {
      const key = feature ? feature.layer.id + '/' + feature.id : null;
      if (key === last) return;
      last = key;
      map.getCanvas().style.cursor = feature ? 'pointer' : '';
      ask().onHover(feature ? plain(feature) : null);
    }

    const move = (event) => hover(under(event.point)[0]);
    const out = () => hover(null);
    map.on('click', click);
    map.on('mousemove', move);
    map.on('mouseout', out);
    return function detach() {
      map.off('click', click);
      map.off('mousemove', move);
      map.off('mouseout', out);
    };
  }

  window.tonglan.mapPointer = { attach };
})();
