/* The address of the alert centre: filters, the way of looking and the alert that is open. */
(function () {
  'use strict';
  const LISTS = ['level', 'state', 'topic', 'region'];
  const NAMES = ['rule', 'from', 'to', 'as_of', 'view', 'alert'];
  const RECENT = 3; // days for which resolved alerts are listed unless a stretch of time is asked for
  const KEPT = ['k', 'theme', 'explain'];

  /* The view an address asks for; an empty list is "all of them". */
  function read(search) {
    const query = new URLSearchParams(search);
    const view = Object.fromEntries(NAMES.map((name) => [name, query.get(name) || '']));
    LISTS.forEach((name) => (view[name] = (query.get(name) || '').split(',').filter(Boolean)));
    return view;
  }

  const text = (query) => query.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%7C/g, '|');

  function write(view) {
    const query = new URLSearchParams();
    const old = new URLSearchParams(window.location.search);
    LISTS.filter((name) => view[name].length).forEach((name) => query.set(name, view[name].join()));
    NAMES.filter((name) => view[name]).forEach((name) => query.set(name, view[name]));
    KEPT.filter((name) => old.has(name)).forEach((name) => query.set(name, old.get(name)));
    return window.location.pathname + (query.size ? '?' + text(query) : '');
  }

  /* Where the server lists what `view` shows; `more` are further parts of the question. */
  function path(view, more) {
    const query = new URLSearchParams();
    LISTS.filter((name) => view[name].length).forEach((name) => query.set(name, view[name].join()));
    ['rule', 'from', 'to', 'as_of'].filter((name) => view[name]).forEach((name) => query.set(name, view[name]));
    if (!view.from && !view.to) query.set('resolved_days', RECENT);
    Object.keys(more || {}).forEach((name) => query.set(name, more[name]));
    return '/api/v1/alerts' + (query.size ? '?' + query : '');
  }

  const one = (id, asOf, what) => '/api/v1/alerts/' + encodeURIComponent(id) + (what ? '/' + what : '') + (asOf ? '?as_of=' + encodeURIComponent(asOf) : '');

  window.tonglan.alertAddress = { read, write, path, one, LISTS, RECENT };
})();
