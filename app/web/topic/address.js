/* The address of a topic's page: a copied one reproduces the screen. */
(function () {
  'use strict';
  const NAMES = ['region', 'tab', 'site', 'as_of', 'item', 'order', 'span'];
  const KEPT = ['explain', 'k', 'theme']; // parts that are not the view's own

  /* The view an address asks for; what it does not name is ''. */
  function read(search) {
    const query = new URLSearchParams(search);
    const view = Object.fromEntries(NAMES.map((name) => [name, query.get(name) || '']));
    view.layers = query.has('layers') ? query.get('layers').split(',').filter(Boolean) : null;
    return view;
  }

  function parts(view) {
    const query = new URLSearchParams();
    NAMES.filter((name) => view[name]).forEach((name) => query.set(name, view[name]));
    return query;
  }

  /* The address of `view` on this screen; the theme of the moment is part of it. */
  function write(view) {
    const query = parts(view);
    const old = new URLSearchParams(window.location.search);
    if (view.layers) query.set('layers', view.layers.join());
    KEPT.filter((one) => old.has(one)).forEach((one) => query.set(one, old.get(one)));
    const text = query.toString().replace(/%2C/g, ',').replace(/%7C/g, '|');
    return window.location.pathname + (text ? '?' + text : '');
  }

  /* Where the server answers `view`; `more` are further parts of the question. */
  function path(topic, view, more) {
    const query = parts(view);
    Object.keys(more || {}).forEach((name) => query.set(name, more[name]));
    const text = query.toString();
    return '/api/v1/topic-pages/' + encodeURIComponent(topic) + (text ? '?' + text : '');
  }

  /* Where a panel is had as a file. */
  function file(topic, view, panel, format) {
    const query = parts(view);
    query.set('panel', panel);
    query.set('format', format);
    return '/api/v1/topic-pages/' + encodeURIComponent(topic) + '/export?' + query;
  }

  window.tonglan.topicAddress = { read, write, path, file };
})();
