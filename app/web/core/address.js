/* The page's address: a copied URL reproduces the screen. */
(function () {
  'use strict';
  const list = (text) => (text ? text.split(',').filter(Boolean) : []);

  /* The view an address asks for; missing parts stay undefined. */
  function read(search) {
    const query = new URLSearchParams(search);
    return {
      region: query.get('region') || undefined,
      map: query.get('map') || undefined,
      layers: query.has('layers') ? list(query.get('layers')) : undefined,
      theme: query.get('theme') || undefined,
      k: query.get('k') || undefined,
      as_of: query.get('as_of') || undefined,
    };
  }

  const KEPT = ['explain']; // parts of the address that are not the view's

  /* The address of a view; what equals the page's default is left out. */
  function write(view, defaults) {
    const query = new URLSearchParams();
    const old = new URLSearchParams(window.location.search);
    KEPT.filter((one) => old.has(one)).forEach((one) => query.set(one, old.get(one)));
    if (view.region !== defaults.region) query.set('region', view.region);
    if (view.map !== defaults.map) query.set('map', view.map);
    if (view.layers.join() !== defaults.layers.join()) query.set('layers', view.layers.join());
    if (view.theme !== defaults.theme) query.set('theme', view.theme);
    if (view.as_of) query.set('as_of', view.as_of);
    if (view.k !== defaults.k) query.set('k', view.k);
    const text = query.toString().replace(/%2C/g, ',').replace(/%7C/g, '|').replace(/%3A/g, ':');
    return text ? '?' + text : window.location.pathname;
  }

  window.tonglan.address = { read, write };
})();
