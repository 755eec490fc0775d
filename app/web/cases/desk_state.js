/* The state of the dispatch desk and everything that changes it. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { caseAddress: address, clock } = tonglan;
  const PAGE = 100; // rows an answer
  const MOST = 2000; // rows held; whoever needs more narrows the filter
  const TOGETHER = 1000; // ms in which several moves are one
  const QUIET = 250; // ms without a movement before the map is asked anew
  const EVERY = 30000; // ms after which the desk asks anew

  const desk = tonglan.createStore({
    view: address.read(window.location.search),
    rows: [],
    places: null, // {points, cells, placed, unplaced, cut}: all cases of the filter on the map
    total: 0,
    next: null,
    counts: { state: {}, stage: {}, overdue: 0 },
    loaded: false,
    busy: false,
    failure: null,
    detail: null, // the chosen case, whole
    detailFailure: null,
    hovered: null,
    action: null, // the step that is being filled in: {to, …} of `allowed`
    said: '',
    open: null, // 'keys'
    filters: false,
    front: 'list', // what a phone shows: list | map | detail
    at: 0,
  });
  let going = null;
  let asking = null;
  let mapping = null;
  let window_ = null; // the part of the map that is seen: {bbox, zoom}
  let looking = 0;

  const now = () => (desk.get().view.as_of ? new Date(desk.get().view.as_of).getTime() : clock.now());

  function show(view, push) {
    desk.set({ view });
    window.history[push ? 'pushState' : 'replaceState'](null, '', address.write(view));
  }

  /* The list anew; a quiet one keeps as many rows as there were and tells no failure. One that overtakes another
     does what that would have done: the stream may speak before the first list is here. */
  async function load(calm) {
    const quiet = calm && !desk.get().busy;
    if (going) going.abort();
    const mine = (going = new AbortController());
    const { view, rows } = desk.get();
    if (!quiet) desk.set({ busy: true });
    places();
    try {
      const limit = quiet ? Math.min(MOST, Math.max(PAGE, Math.ceil(rows.length / PAGE) * PAGE)) : PAGE;
      const answer = await tonglan.api.get(address.path(view, { limit: Math.min(limit, 200) }), { signal: mine.signal });
      if (mine !== going) return;
      taken(answer, quiet && rows.length > answer.items.length ? rows : []);
      if (!quiet) first();
    } catch (failure) {
      if (mine === going && !mine.signal.aborted && !(quiet && desk.get().loaded)) desk.set({ failure, loaded: true });
    } finally {
      if (mine === going) {
        going = null;
        desk.set({ busy: false });
      }
    }
  }

  /* All cases of the view in the part of the map that is seen; the old picture stays until the new one is here. */
  async function places() {
    if (mapping) mapping.abort();
    if (!window_) return;
    const mine = (mapping = new AbortController());
    const found = await tonglan.api.get(address.places(desk.get().view, window_), { signal: mine.signal }).catch(() => null);
    if (found && mine === mapping) desk.set({ places: found });
  }

  function look(viewport) {
    const [[west, south], [east, north]] = viewport.bounds;
    const [wide, high] = [(east - west) / 4, (north - south) / 4]; // a little beyond the edges
    window_ = { bbox: [west - wide, Math.max(-90, south - high), east + wide, Math.min(90, north + high)].map((one) => one.toFixed(4)).join(), zoom: viewport.zoom.toFixed(2) };
    clearTimeout(looking);
    looking = setTimeout(places, QUIET);
  }

  /* `tail`: rows further down that were loaded before; they stay below the fresh ones. */
  function taken(answer, tail) {
    const fresh = new Set(answer.items.map((row) => row.id));
    const rest = tail.slice(answer.items.length).filter((row) => !fresh.has(row.id));
    desk.set({
      rows: answer.items.concat(rest), total: answer.total === undefined || answer.total === null ? answer.items.length : answer.total,
      next: rest.length ? desk.get().next : answer.next, counts: answer.counts || desk.get().counts, failure: null, loaded: true, at: clock.now(),
    });
  }

  async function more() {
    const { view, rows, next } = desk.get();
    if (!next || going || rows.length >= MOST) return;
    const mine = (going = new AbortController());
    try {
      const answer = await tonglan.api.get(address.path(view, { limit: PAGE, cursor: next }), { signal: mine.signal });
      if (mine !== going || desk.get().view !== view) return;
      const have = new Set(rows.map((row) => row.id));
      desk.set({ rows: rows.concat(answer.items.filter((row) => !have.has(row.id))), next: answer.next });
    } catch (failure) {
      // the rows that are here stay; scrolling asks again
    } finally {
      if (mine === going) going = null;
    }
  }

  /* The case of the address, else the first of the list where there is room for it. */
  function first() {
    const { view, rows, detail } = desk.get();
    if (view.case) return detail && detail.id === view.case ? undefined : open(view.case);
    if (rows.length && window.matchMedia('(min-width: 48rem)').matches) return choose(rows[0].id, true);
    return desk.set({ detail: null });
  }

  let last = Promise.resolve(null); // the case that was asked for last

  const open = (id, quiet) => (last = fetched(id, quiet));

  async function fetched(id, quiet) {
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    try {
      const detail = await tonglan.api.get(address.one(id, desk.get().view.as_of), { signal: mine.signal });
      if (mine === asking) desk.set({ detail, detailFailure: null });
      return detail;
    } catch (failure) {
      if (mine === asking && !mine.signal.aborted && !quiet) desk.set({ detailFailure: failure, detail: null });
      return null;
    }
  }

  function choose(id, quiet) {
    const { view, detail } = desk.get();
    if (view.case !== id) desk.set({ action: null });
    show(Object.assign({}, view, { case: id }), false);
    if (!quiet) desk.set({ front: 'detail' });
    return detail && detail.id === id ? undefined : open(id);
  }

  const acts = {
    load: () => load(false),
    more, choose, look,
    /* Filters change together with the address; the chosen case is chosen anew. */
    filter(change) {
      show(Object.assign({}, desk.get().view, { case: '' }, change), true);
      desk.set({ action: null, detail: null });
      return load(false);
    },
    reset: () => acts.filter(Object.fromEntries(Object.keys(desk.get().view).filter((name) => name !== 'as_of' && name !== 'order').map((name) => [name, '']))),
    /* One row up or down, as far as there are any. */
    step(by) {
      const { rows, view } = desk.get();
      const at = rows.findIndex((row) => row.id === view.case);
      const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
      if (next) choose(next.id, true);
      if (rows.length - at < 20) more();
    },
    /* The chosen case once it is here; null when it cannot be had. */
    opened: () => last,
    hover: (id) => desk.get().hovered !== id && desk.set({ hovered: id }),
    fill: (action) => desk.set({ action, front: 'detail' }),
    /* After a step: the case as it is now, and the list that it may have left. */
    stepped(detail, said) {
      if (detail.id === desk.get().view.case) {
        acts.changed(detail);
        desk.set({ action: null });
      }
      desk.set({ said });
      const rows = desk.get().rows.map((row) => (row.id === detail.id ? Object.assign({}, row, detail) : row));
      desk.set({ rows });
      return load(true);
    },
    /* What a step told; a reading of the same case that is under way began before it. */
    changed(detail) {
      if (detail.id !== desk.get().view.case) return; // another one was chosen meanwhile
      if (asking) asking.abort();
      asking = null;
      desk.set({ detail });
    },
    live: () => acts.filter({ as_of: '' }),
    up() {
      const { open: opened, action, front, filters } = desk.get();
      if (opened) return desk.set({ open: null });
      if (action) return desk.set({ action: null });
      if (filters) return desk.set({ filters: false });
      if (front !== 'list') return desk.set({ front: 'list' });
      return undefined;
    },
    refresh() {
      const { view, action } = desk.get();
      load(true);
      if (view.case && !action) open(view.case, true);
    },
  };

  window.addEventListener('popstate', () => {
    desk.set({ view: address.read(window.location.search), detail: null, action: null });
    load(false);
  });

  /* Keeps the desk fresh while nobody replays; returns what stops it. */
  function follow() {
    const again = () => desk.get().view.as_of || document.hidden || acts.refresh();
    const timer = setInterval(again, EVERY);
    let soon = 0;
    let funnel = null;
    // the stream of the header says when the loop moved
    const stop = tonglan.alerts ? tonglan.alerts.subscribe(() => {
      const heard = tonglan.alerts.get().funnel;
      if (heard === funnel) return;
      funnel = heard;
      clearTimeout(soon);
      soon = setTimeout(again, TOGETHER);
    }) : () => undefined;
    return () => {
      clearInterval(timer);
      clearTimeout(soon);
      stop();
    };
  }

  tonglan.caseDesk = { use: desk.use, get: desk.get, set: desk.set, acts, now, follow };
})();
