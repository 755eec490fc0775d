/* The state of the alert centre: filters, rows, the alert that is open. The header reads the same store. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { alertAddress: address, clock } = tonglan;
  const SLOW = 400; // ms before a skeleton is shown (SCREENS, states)
  const PAGE = 200; // rows an answer
  const MOST = 500; // rows an answer can have
  const TOGETHER = 400; // ms in which several changes are one reading

  const boot = tonglan.boot();
  clock.set(boot.now);
  const theme = document.documentElement.dataset.theme;
  const asked = address.read(window.location.search);
  const board = (tonglan.board = tonglan.createStore({
    boot,
    model: boot.model || null, // what the header shows
    view: Object.assign({ theme, region: [] }, asked),
    answer: null, // the server's list without its rows; the old one stays until the next is here
    rows: [],
    next: null,
    detail: null, // the alert that is open; {id} alone while it is on its way
    trouble: null, // why the detail is not here
    picked: [], // ids with a mark in their box
    warnings: [], // 法定预警 in force
    link: { state: 'open', lostAt: 0, lastAt: clock.now() },
    slow: false,
    failure: null,
    dialog: null, // 'pause' | 'dispatch' | 'directive' | 'false' | 'comment' | 'assign'
    toast: null, // {text, undo: {ids, until} | null}
    open: null, // 'keys' | 'freshness' | 'filters'
    mapReady: true,
    ready: false,
  }));

  let going = null; // the reading of the list; its kind: 'asked' | 'quiet' | 'more'
  let asking = null; // the reading of the open alert
  let soon = 0;
  const owed = new Set(); // what has to wait for the end of the reading of the list

  /* Rows of the server with what the stream said since; 法定预警 stand apart. */
  const shown = (items) => items.filter((row) => row.kind !== '法定预警');

  /* Only the newest reading of the list counts. */
  function begin(kind) {
    if (going) going.abort();
    return (going = Object.assign(new AbortController(), { kind }));
  }

  function ended(mine) {
    if (mine !== going) return;
    going = null;
    const waited = [...owed];
    owed.clear();
    waited.forEach((act) => act());
  }

  /* A calm reading tells no lost connection, unless it overtakes one that would have. */
  async function load(calm) {
    const quiet = calm && !(going && going.kind === 'asked');
    const mine = begin(quiet ? 'quiet' : 'asked');
    const { view } = board.get();
    const slow = quiet ? 0 : setTimeout(() => board.set({ slow: true }), SLOW);
    try {
      const answer = await tonglan.api.get(address.path(view, { limit: Math.max(PAGE, Math.min(MOST, board.get().rows.length)) }), { signal: mine.signal });
      if (mine !== going) return;
      clock.set(view.as_of ? 0 : Date.parse(answer.now));
      const { items, next, legal, ...rest } = answer;
      board.set({ answer: rest, rows: shown(items), next, failure: null });
      if (legal) board.set({ warnings: legal });
      else if (!quiet) warnings();
      if (!view.as_of) tonglan.alertFeed.learn(items);
    } catch (failure) {
      if (mine === going && !mine.signal.aborted && !(quiet && failure.status === 0)) board.set({ failure });
    } finally {
      clearTimeout(slow);
      if (mine === going) board.set({ slow: false, ready: true });
      ended(mine);
    }
  }

  /* The next rows; whoever came to the end of the list while it was read gets them after that. */
  async function more() {
    if (going) return void (going.kind !== 'more' && owed.add(more));
    const { next, view, rows } = board.get();
    if (!next) return undefined;
    const mine = begin('more');
    try {
      const answer = await tonglan.api.get(address.path(view, { limit: PAGE, cursor: next }), { signal: mine.signal });
      if (mine === going) board.set({ rows: rows.concat(shown(answer.items)), next: answer.next });
    } catch (failure) {
      if (!mine.signal.aborted) board.set({ next });
    } finally {
      ended(mine);
    }
    return undefined;
  }

  /* The open alert, read anew; what was there stays meanwhile. An answer that was overtaken counts no more. */
  async function detail(id) {
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    if (!id) return board.set({ detail: null, trouble: null });
    const old = board.get().detail;
    const row = board.get().rows.find((one) => one.id === id);
    if (!old || old.id !== id) board.set({ detail: row || { id }, trouble: null });
    try {
      const found = await tonglan.api.get(address.one(id, board.get().view.as_of), { signal: mine.signal });
      if (mine === asking) board.set({ detail: Object.assign({ whole: true }, found), trouble: null });
    } catch (trouble) {
      if (mine === asking) board.set({ trouble });
    }
    return undefined;
  }

  async function warnings() {
    const { as_of: asOf } = board.get().view;
    const found = await tonglan.api.get('/api/v1/legal-warnings' + (asOf ? '?as_of=' + encodeURIComponent(asOf) : '')).catch(() => null);
    if (found) board.set({ warnings: found.items || [] });
  }

  function show(view, push) {
    board.set({ view });
    window.history[push ? 'pushState' : 'replaceState'](null, '', address.write(view));
  }

  /* Put the changed rows where they stand; the list is read again a moment later. */
  function changed(rows) {
    if (board.get().view.as_of) return;
    const fresh = new Map(rows.map((row) => [row.id, row]));
    board.set({ rows: board.get().rows.map((row) => fresh.get(row.id) || row) });
    const { alert } = board.get().view;
    if (alert && fresh.has(alert)) detail(alert);
  }

  const again = () => {
    soon = soon || setTimeout(() => {
      soon = 0;
      if (board.get().view.as_of) return;
      if (going) owed.add(again); // many changes must not keep the list from ever being read
      else load(true);
    }, TOGETHER);
  };

  function go(change, push) {
    const view = Object.assign({}, board.get().view, change);
    show(view, push !== false);
    return load(false);
  }

  const acts = (tonglan.acts = {
    start() {
      load(false);
      detail(board.get().view.alert);
    },
    retry: () => load(false),
    reload: (id) => Promise.all([load(true), detail(id || board.get().view.alert)]),
    more, changed, again,
    filter(name, value, all) {
      const { view } = board.get();
      const now = view[name].length ? view[name] : all;
      const next = now.includes(value) ? now.filter((one) => one !== value) : now.concat(value);
      return go({ [name]: next.length === all.length ? [] : next }); // none at all is as good as all
    },
    only: (name, values) => go({ [name]: values }),
    reset: () => go({ level: [], state: [], topic: [], region: [], rule: '', from: '', to: '' }),
    hour: (from, to) => go({ from, to, view: '' }),
    look: (view) => show(Object.assign({}, board.get().view, { view: view === 'list' ? '' : view }), false),
    choose(id) {
      show(Object.assign({}, board.get().view, { alert: id || '' }), false);
      board.set({ dialog: null });
      return detail(id);
    },
    step(by) {
      const { rows, view } = board.get();
      if (!rows.length) return undefined;
      const at = rows.findIndex((row) => row.id === view.alert);
      return acts.choose(rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))].id);
    },
    pick(id) {
      const { picked } = board.get();
      board.set({ picked: picked.includes(id) ? picked.filter((one) => one !== id) : picked.concat(id) });
    },
    pickAll() {
      const { picked, rows } = board.get();
      const ids = rows.filter((row) => row.open).map((row) => row.id);
      board.set({ picked: ids.every((id) => picked.includes(id)) ? [] : ids });
    },
    live() {
      go({ as_of: '' });
      detail(board.get().view.alert);
    },
    city: () => window.location.assign(tonglan.overviewLink()),
    up() {
      const { open, dialog, picked, view } = board.get();
      if (open || dialog) return board.set({ open: null, dialog: null });
      if (picked.length) return board.set({ picked: [] });
      return view.alert ? acts.choose('') : undefined;
    },
    theme() {
      const other = board.get().view.theme === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = other;
      const query = new URLSearchParams(window.location.search);
      query.set('theme', other);
      window.history.replaceState(null, '', '?' + query);
      show(Object.assign({}, board.get().view, { theme: other }), false);
    },
  });

  window.addEventListener('popstate', () => {
    const from = address.read(window.location.search);
    board.set({ view: Object.assign({}, board.get().view, from), dialog: null });
    load(false);
    detail(from.alert);
  });
})();
