/* The overview's state and everything that changes it: region, map indicator, layers, theme. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { address, clock, texts } = tonglan;
  const SLOW = 400; // ms before a skeleton is shown (SCREENS, states)
  const PAUSE = 30000; // ms before an answer that missed something twice is asked for once more
  const LEFT = 3; // topic cards in the left column
  const LIMIT = 3; // thematic layers at once (SCREENS, map)

  const boot = tonglan.boot();
  clock.set(boot.now);
  const defaults = Object.assign({ region: '', map: '', layers: [], theme: 'dark', k: '1' }, boot.defaults);
  const asked = address.read(window.location.search);
  const store = (tonglan.board = tonglan.createStore({
    boot,
    model: boot.model || null,
    view: {
      region: boot.model ? boot.model.region.code : defaults.region,
      map: (boot.model && boot.model.map.indicator) || defaults.map,
      layers: asked.layers || defaults.layers,
      theme: document.documentElement.dataset.theme || defaults.theme,
      k: asked.k || defaults.k,
      as_of: asked.as_of || '', // the moment that is replayed; '' is now
    },
    link: { state: 'connecting', lostAt: 0, lastAt: clock.now() },
    slow: false, // a new region has been awaited for longer than SLOW
    failure: boot.failure ? { text: boot.failure, view: {} } : null,
    alert: null, // id of the alert the map has flown to
    ahead: 0, // the moment to come (ms) whose known facts are shown beside the time bar; 0: none
    hovered: null, // county under the pointer, in map or matrix
    card: null, // {row, rect}: the fact card beside a KPI row
    open: null, // 'keys' | 'freshness'
    side: 'left', // the column in front where only one fits
    layersOpen: true,
    swap: null, // layer waiting for another to make room
    mapReady: false,
  }));

  let going = null;
  let later = 0;
  let late = false; // something was said while an answer was on its way: it may be missing in it

  function tell(view) {
    if (window.dash_clientside && window.dash_clientside.set_props) {
      window.dash_clientside.set_props('yw-state', { data: view });
    }
  }

  function show(view, push) {
    store.set({ view });
    const url = address.write(view, defaults);
    window.history[push ? 'pushState' : 'replaceState'](null, '', url);
    tell(view);
  }

  async function ask(view, signal) {
    const query = new URLSearchParams({ region: view.region, map: view.map || '' });
    if (view.as_of) query.set('as_of', view.as_of);
    const answer = await fetch('/api/v1/overview?' + query, { signal, headers: { Accept: 'application/json' } });
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw new Error((body && body.title) || texts.serverSaid(answer.status));
    return body;
  }

  /* Fetch the model of `view` and show it; the old values stay until it is here. Tells whether it came, or another is asked for. */
  async function load(view, quiet, again) {
    if (going) going.abort();
    const mine = (going = new AbortController());
    late = false;
    clearTimeout(later);
    const slow = quiet ? 0 : setTimeout(() => store.set({ slow: true }), SLOW);
    try {
      const model = await ask(view, mine.signal);
      if (mine === going) store.set({ model, failure: null });
      return true;
    } catch (wrong) {
      if (mine === going && !mine.signal.aborted && !quiet) fail(view, wrong);
      return mine.signal.aborted;
    } finally {
      clearTimeout(slow);
      if (mine === going) {
        going = null;
        store.set({ slow: false });
        // A city that speaks all the time is not asked all the time: once at once, then with a pause.
        if (late) later = setTimeout(() => load(store.get().view, true, true), again ? PAUSE : 0);
      }
    }
  }

  function fail(view, wrong) {
    const place = (boot.places || []).find((one) => one.code === view.region);
    const why = wrong instanceof TypeError ? texts.noServer : wrong.message;
    const model = store.get().model;
    store.set({ failure: { text: texts.loadFailed(place ? place.name : texts.overview, why), view } });
    if (model) show(Object.assign({}, view, { region: model.region.code, map: model.map.indicator }), false);
  }

  function go(change) {
    const view = Object.assign({}, store.get().view, change);
    store.set({ card: null });
    show(view, true);
    return load(view, false);
  }

  const acts = (tonglan.acts = {
    load: (quiet) => load(store.get().view, quiet),
    said: () => (late = Boolean(going)),
    retry: () => go(store.get().failure ? store.get().failure.view : {}),
    region(code) {
      const { view } = store.get();
      return go({ region: code === view.region ? acts.parent() : code });
    },
    /* All panels at a moment (ms), 0: now. */
    at: (moment) => go({ as_of: moment ? new Date(Math.floor(moment / 60000) * 60000).toISOString().replace('.000Z', 'Z') : '' }),
    live: () => acts.at(0),
    /* Fly to an alert; a second time leaves it. */
    alert: (id) => store.set({ alert: store.get().alert === id ? null : id }),
    /* The region one level up; the top is its own parent. */
    parent() {
      const { model } = store.get();
      const path = model ? model.region.path : [];
      return path.length > 1 ? path[path.length - 2].code : defaults.region;
    },
    city: () => store.get().view.region !== defaults.region && go({ region: defaults.region }),
    up() {
      const { open, card, swap, view, alert, ahead } = store.get();
      if (open || card || swap || alert || ahead) return store.set({ open: null, card: null, swap: null, alert: null, ahead: 0 });
      const parent = acts.parent();
      return parent !== view.region ? go({ region: parent }) : undefined;
    },
    /* Bring a topic's card to the front and put the focus on it. */
    topic(id) {
      const cards = (store.get().model || { cards: [] }).cards;
      store.set({ side: cards.findIndex((card) => card.topic === id) < LEFT ? 'left' : 'right' });
      setTimeout(() => {
        const card = document.getElementById('topic-' + id);
        if (!card) return;
        card.scrollIntoView({ block: 'nearest' });
        card.focus({ preventScroll: true });
      });
    },
    indicator: (id) => go({ map: id }),
    layer(id) {
      const { view } = store.get();
      const on = view.layers.includes(id);
      if (!on && view.layers.length >= LIMIT) return store.set({ swap: id });
      const layers = on ? view.layers.filter((one) => one !== id) : view.layers.concat(id);
      store.set({ swap: null });
      return show(Object.assign({}, view, { layers }), false);
    },
    swap(out) {
      const { view, swap } = store.get();
      const layers = view.layers.filter((one) => one !== out).concat(swap);
      store.set({ swap: null });
      show(Object.assign({}, view, { layers }), false);
    },
    theme() {
      const { view } = store.get();
      const theme = view.theme === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = theme;
      show(Object.assign({}, view, { theme }), false);
    },
  });

  if (store.get().view.as_of) load(store.get().view, false); // what the server wrote into the page is of now

  window.addEventListener('popstate', () => {
    const from = address.read(window.location.search);
    const view = Object.assign({}, store.get().view, {
      region: from.region || defaults.region,
      map: from.map || defaults.map,
      layers: from.layers || defaults.layers,
      as_of: from.as_of || '',
    });
    store.set({ view });
    load(view, false);
  });
})();
