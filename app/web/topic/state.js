/* The state of a topic's page and everything that changes it. The header reads the same store. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { topicAddress: address, clock } = tonglan;
  const SLOW = 400; // ms before a skeleton is shown (SCREENS, states)
  const MAP_FIRST = 4000; // ms the charts wait for the map, which needs the same thread
  const AGAIN = 60000; // ms between two looks at what lies around, when nobody goes anywhere
  const LIMIT = 3; // thematic layers at once (SCREENS, map)

  const boot = tonglan.boot();
  const topic = boot.page.named.topic;
  clock.set(boot.now);
  const theme = document.documentElement.dataset.theme;
  const asked = address.read(window.location.search);
  const board = (tonglan.board = tonglan.createStore({
    boot,
    topic,
    model: boot.model || null, // what the header shows
    page: null, // the server's answer; the old one stays until the next is here
    view: Object.assign({ theme }, asked, { region: asked.region || boot.city.code }),
    link: { state: 'open', lostAt: 0, lastAt: clock.now() },
    slow: false,
    failure: null,
    hovered: null, // code of the region or site under the pointer, in a row or on the map
    open: null, // 'keys' | 'freshness' | 'export'
    layersOpen: true,
    swap: null, // layer waiting for another to make room
    tabled: {}, // panels shown as their table
    mapReady: false,
  }));

  const kept = tonglan.keptAnswers((path, options) => tonglan.api.get(path, options));
  let going = null;

  function show(view, push) {
    board.set({ view });
    window.history[push ? 'pushState' : 'replaceState'](null, '', address.write(view));
  }

  /* Fetch the page of `view`; a quiet fetch follows new values and tells no failure. */
  async function load(view, quiet) {
    if (going) going.abort();
    if (!quiet) kept.next([]);
    const mine = (going = new AbortController());
    const path = address.path(topic, asking(view));
    const last = quiet ? null : kept.last(path);
    if (last) board.set({ page: last, failure: null, slow: false }); // at once; what is newer follows
    if (last && kept.fresh(path)) return;
    const slow = quiet || last ? 0 : setTimeout(() => board.set({ slow: true }), SLOW);
    try {
      const page = await kept.ask(path, mine.signal);
      if (mine === going) board.set({ page, failure: null });
    } catch (failure) {
      if (mine === going && !mine.signal.aborted && !quiet) board.set({ failure });
    } finally {
      clearTimeout(slow);
      if (mine === going) {
        going = null;
        board.set({ slow: false });
      }
    }
  }

  /* The city is what the server takes when no region is named. */
  const asking = (view) => Object.assign({}, view, { region: view.region === boot.city.code ? '' : view.region });

  function go(change) {
    const view = Object.assign({}, board.get().view, change);
    board.set({ open: null, swap: null });
    show(view, true);
    return load(view, false).then(lookAround);
  }

  /* What a click on the region or site of `code` leads to; null where it leads nowhere. */
  function leadsTo(code) {
    const { view, page } = board.get();
    if (!page || !code || /[,@]/.test(code) || code === view.region || code === view.site) return null;
    const below = (page.below || []).find((one) => one.code === code);
    if (below && below.level === 'site') return { site: code, item: '' };
    return /^\d{6,12}$/.test(code) ? { region: code, site: '' } : null;
  }

  /* Answers grow old; whoever moves again after a while finds them renewed. */
  const around = { at: 0 };
  const renew = () => board.get().mapReady && Date.now() - around.at > AGAIN && lookAround();
  ['pointermove', 'keydown'].forEach((name) => window.addEventListener(name, renew, { passive: true }));

  /* From here one can go up, and to what lies below: keys and links are then answered as soon as clicks. */
  function lookAround() {
    const { view, page } = board.get();
    if (!page) return;
    around.at = Date.now();
    const up = ((page.path || []).filter((one) => one.level !== 'site').slice(-2, -1)[0] || {}).code;
    const below = (page.below || []).map((one) => leadsTo(one.code)).filter(Boolean);
    const ways = [up && { region: up, site: '' }, ...below.filter((one) => one.region), ...below.filter((one) => one.site)].filter(Boolean);
    kept.next(ways.map((change) => address.path(topic, asking(Object.assign({}, view, change)))));
  }

  function ahead(change) {
    kept.point(change && address.path(topic, asking(Object.assign({}, board.get().view, change))));
  }

  const onNow = () => {
    const { view, page } = board.get();
    return view.layers || ((page && page.map && page.map.layers) || []).filter((layer) => layer.on).map((layer) => layer.id);
  };

  const acts = (tonglan.acts = {
    start: () => first,
    load: (quiet) => load(board.get().view, quiet),
    retry: () => load(board.get().view, false),
    /* Only some panels, e.g. those whose values changed. */
    async panels(ids) {
      const { view } = board.get();
      const answers = await Promise.all(ids.map((panel) => tonglan.api.get(address.path(topic, asking(view), { panel })).catch(() => null)));
      const { page, view: later } = board.get();
      if (!page || later !== view) return; // somebody went elsewhere meanwhile
      const fresh = new Map(answers.filter(Boolean).flatMap((answer) => answer.panels).map((one) => [one.id, one]));
      board.set({ page: Object.assign({}, page, { panels: page.panels.map((one) => fresh.get(one.id) || one) }) });
    },
    /* A region of any level; a site's code goes to `site`. */
    region: (code) => go({ region: code, site: '' }),
    site(code) {
      const { view } = board.get();
      return go({ site: view.site === code ? '' : code, item: '' });
    },
    /* A row of any table: a site is selected, a region drilled into. */
    row(row) {
      const { page } = board.get();
      if (row.kind && row.kind !== 'region') return acts.site(row.code);
      const below = ((page && page.below) || []).find((one) => one.code === row.code);
      if (below && below.level === 'site') return acts.site(row.code);
      return row.code === board.get().view.region ? acts.up() : acts.region(row.code);
    },
    tab: (id) => go({ tab: id, site: '', item: '', span: '', layers: null }),
    /* How long the trends show. */
    span: (id) => go({ span: id }),
    spanBy(step) {
      const { page } = board.get();
      const next = page && (page.spans || [])[(page.spans || []).findIndex((one) => one.id === page.span) + step];
      return next && acts.span(next.id);
    },
    /* 法定顺序 (nobody is ranked) or the panel's own order. */
    order: () => go({ order: board.get().view.order ? '' : 'statutory' }),
    item: (indicator) => go({ item: indicator }),
    live: () => go({ as_of: '' }),
    city: () => go({ region: boot.city.code, site: '' }),
    up() {
      const { open, swap, view, page } = board.get();
      if (open || swap) return board.set({ open: null, swap: null });
      if (view.site) return go({ site: '', item: '' });
      const path = ((page && page.path) || []).filter((one) => one.level !== 'site');
      return path.length > 1 ? go({ region: path[path.length - 2].code }) : undefined;
    },
    /* What a click would ask for is asked for while the pointer or the focus rests on it. */
    ahead,
    hover(code) {
      board.set({ hovered: code });
      ahead(leadsTo(code));
    },
    layer(id) {
      const { view } = board.get();
      const on = onNow();
      if (!on.includes(id) && on.length >= LIMIT) return board.set({ swap: id });
      const layers = on.includes(id) ? on.filter((one) => one !== id) : on.concat(id);
      board.set({ swap: null });
      return show(Object.assign({}, view, { layers }), false);
    },
    swap(out) {
      const { view, swap } = board.get();
      const layers = onNow().filter((one) => one !== out).concat(swap);
      board.set({ swap: null });
      show(Object.assign({}, view, { layers }), false);
    },
    theme() {
      const { view } = board.get();
      const other = view.theme === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = other;
      const query = new URLSearchParams(window.location.search);
      query.set('theme', other);
      window.history.replaceState(null, '', '?' + query);
      show(Object.assign({}, view, { theme: other }), false);
    },
    tabled: (panel) => board.set({ tabled: Object.assign({}, board.get().tabled, { [panel]: !board.get().tabled[panel] }) }),
  });

  window.addEventListener('popstate', () => {
    const from = address.read(window.location.search);
    const view = Object.assign({}, board.get().view, from, { region: from.region || boot.city.code });
    board.set({ view });
    load(view, false).then(lookAround);
  });

  tonglan.chartsAfter = new Promise((resolve) => {
    const drawn = () => board.get().mapReady && (resolve(), leave());
    const leave = board.subscribe(drawn);
    setTimeout(resolve, MAP_FIRST);
  });
  tonglan.chartsAfter.then(lookAround);
  const first = load(board.get().view, false); // asked for while the page is still being put together
  tonglan.topicLayersOn = onNow;
})();
