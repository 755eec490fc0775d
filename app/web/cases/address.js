/* The address of the dispatch desk: a copied one reproduces the screen. */
(function () {
  'use strict';
  const NAMES = ['stage', 'state', 'region', 'unit', 'category', 'source', 'overdue', 'mine', 'q', 'from', 'to', 'order', 'all', 'as_of', 'case'];
  const KEPT = ['k', 'theme']; // parts that are not the view's own
  const PAGE_ONLY = ['case', 'all']; // what the server is not asked about
  const NARROW = ['all', 'stage', 'state', 'q', 'open']; // without any of them the desk shows what is open

  /* The view an address asks for; what it does not name is ''. */
  function read(search) {
    const query = new URLSearchParams(search);
    return Object.fromEntries(NAMES.map((name) => [name, query.get(name) || '']));
  }

  function write(view) {
    const old = new URLSearchParams(window.location.search);
    const query = new URLSearchParams();
    NAMES.filter((name) => view[name]).forEach((name) => query.set(name, view[name]));
    KEPT.filter((one) => old.has(one)).forEach((one) => query.set(one, old.get(one)));
    const text = query.toString();
    return window.location.pathname + (text ? '?' + text : '');
  }

  /* Where the server answers the view; `more` are further parts, e.g. limit and cursor. */
  function path(view, more) {
    const query = new URLSearchParams();
    NAMES.filter((name) => view[name] && !PAGE_ONLY.includes(name)).forEach((name) => query.set(name, view[name]));
    if (!query.has('order')) query.set('order', 'due');
    if (!NARROW.some((name) => view[name])) query.set('open', '1');
    Object.entries(more || {}).forEach(([name, value]) => value && query.set(name, value));
    return '/api/v1/cases?' + query;
  }

  /* Where the server says where all cases of the view lie in a window of the map. */
  const places = (view, window) => path(view, window).replace('/api/v1/cases?', '/api/v1/case-places?');

  /* Where one case lies, at the moment of the replay if there is one. */
  const one = (id, asOf) => '/api/v1/cases/' + encodeURIComponent(id) + (asOf ? '?as_of=' + encodeURIComponent(asOf) : '');

  window.tonglan.caseAddress = { read, write, path, places, one };
})();
