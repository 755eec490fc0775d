/* What the page shows, as its address says: a copied address reproduces it. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const KEYS = ['region', 'period', 'range', 'compare', 'order', 'as_of'];

  function read(search) {
    const query = new URLSearchParams(search);
    return Object.fromEntries(KEYS.map((key) => [key, query.get(key) || '']));
  }

  function query(view) {
    const made = new URLSearchParams();
    KEYS.forEach((key) => view[key] && made.set(key, view[key]));
    return made;
  }

  /* The address of a view on this screen; what is not the view's (theme, an open drawer) stays. */
  function address(view) {
    const made = query(view);
    new URLSearchParams(window.location.search).forEach((value, key) => KEYS.includes(key) || made.set(key, value));
    const text = made.toString().replace(/%2C/g, ',').replace(/%3A/g, ':');
    return window.location.pathname + (text ? '?' + text : '');
  }

  /* Where the data of a view come from; `tail` is '' or '/export'. */
  function path(indicator, view, more, tail) {
    const made = query(view);
    Object.keys(more || {}).forEach((key) => made.set(key, more[key]));
    return '/api/v1/indicator-pages/' + encodeURIComponent(indicator) + (tail || '') + '?' + made;
  }

  tonglan.indicatorView = { read, address, path };
})();
