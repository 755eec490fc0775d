/* One filing on the page: what is typed, saved by itself; what two people typed is never lost. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { api } = tonglan;
  const WAIT = 700; // ms of quiet before what was typed is saved
  const AGAIN = 5000;

  const blank = { filing: null, draft: {}, dirty: {}, save: 'idle', savedAt: '', failure: null, conflict: null, notice: null, undo: null };
  const store = tonglan.createStore(blank);
  let timer = null;
  let turn = Promise.resolve();

  const path = () => '/api/v1/reporting/' + store.get().filing.form + '/' + store.get().filing.period;
  const editable = (filing) => Boolean(filing && filing.allowed.includes('save'));
  const cell = (place) => store.get().draft[place] || { text: '', note: '' };

  function taken(filing, keep) {
    const draft = {};
    Object.entries(filing.values).forEach(([place, one]) => { draft[place] = { text: one.text, note: one.note }; });
    return Object.assign(draft, keep);
  }

  function show(filing, keep) {
    store.set({ filing, draft: taken(filing, keep), failure: null });
  }

  async function load(form, period) {
    const asked = new URLSearchParams(window.location.search).get('as_of');
    const query = asked ? '?as_of=' + encodeURIComponent(asked) : '';
    store.set(blank);
    try {
      const filing = await api.get('/api/v1/reporting/' + encodeURIComponent(form) + '/' + encodeURIComponent(period) + query);
      show(asked ? Object.assign(filing, { allowed: [], replay: asked }) : filing);
    } catch (failure) {
      store.set({ failure });
    }
  }

  /* `changes`: place → {text?, note?}. */
  function edit(changes) {
    const { filing, draft, dirty } = store.get();
    if (!editable(filing)) return;
    const cells = {};
    Object.entries(changes).forEach(([place, change]) => { cells[place] = Object.assign({ text: '', note: '' }, draft[place], change); });
    store.set({ draft: Object.assign({}, draft, cells), dirty: Object.assign({}, dirty, cells), save: 'dirty' });
    later(WAIT);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  /* Save what is dirty; resolves when nothing is left to be saved, or cannot be now. One after the other:
     whoever waits for it gets what was typed while the last one was under way saved too. */
  function save() {
    clearTimeout(timer);
    turn = turn.then(saved, saved);
    return turn;
  }

  async function saved() {
    const { filing, dirty, conflict } = store.get();
    const places = Object.keys(dirty);
    if (!filing || !places.length || conflict) return;
    const sent = Object.assign({}, dirty);
    store.set({ save: 'saving' });
    try {
      const kept = await ask('PUT', path() + '/draft', { revision: filing.revision, cells: sent });
      const left = {};
      Object.entries(store.get().dirty).forEach(([place, one]) => { if (one !== sent[place]) left[place] = one; });
      store.set({ dirty: left, save: Object.keys(left).length ? 'dirty' : 'saved', savedAt: tonglan.clock.now() });
      show(kept, left);
    } catch (failure) {
      if (failure.status === 409 && failure.body.cells) meet(failure.body);
      else {
        store.set({ save: 'failed', notice: failure.status && failure.status < 500 ? { tone: 'bad', text: failure.detail || failure.title } : store.get().notice });
        if (!failure.status || failure.status >= 500) later(AGAIN);
      }
    }
    if (Object.keys(store.get().dirty).length && store.get().save !== 'failed' && !store.get().conflict) later(WAIT);
  }

  const ask = (method, where, body) => (method === 'PUT' ? tonglan.api.put : api.post)(where, body);

  /* Somebody else saved: his cells come in; where both typed something else, the person chooses. */
  function meet(told) {
    const { filing, dirty } = store.get();
    const theirs = {};
    Object.entries(told.cells).forEach(([place, one]) => { theirs[place] = { text: one.text, note: one.note }; });
    const before = filing.values;
    const moved = (place) => {
      const old = before[place] || { text: '', note: '' };
      const now = theirs[place] || { text: '', note: '' };
      return old.text !== now.text || old.note !== now.note;
    };
    const places = Object.keys(Object.assign({}, theirs, dirty));
    const both = places.filter((place) => dirty[place] && moved(place) && (dirty[place].text !== (theirs[place] || {}).text || dirty[place].note !== (theirs[place] || {}).note));
    const came = places.filter((place) => !dirty[place] && moved(place));
    const values = {};
    Object.entries(told.cells).forEach(([place, one]) => { values[place] = one; });
    const next = Object.assign({}, filing, { revision: told.revision, state: told.state, values });
    const when = tonglan.clock.minute(told.at);
    store.set({
      filing: next, draft: Object.assign({}, theirs, dirty), save: 'dirty',
      conflict: both.length ? { who: told.by, when, places: both, theirs } : null,
      notice: { tone: 'warn', text: tonglan.reportTexts.conflict.merged(told.by, when, came.length) },
    });
    if (!both.length) later(0);
  }

  /* `choice`: place → true for one's own. */
  function settle(choice) {
    const { conflict, dirty, draft } = store.get();
    const left = Object.assign({}, dirty);
    const cells = Object.assign({}, draft);
    conflict.places.forEach((place) => {
      if (!choice[place]) {
        delete left[place];
        cells[place] = conflict.theirs[place] || { text: '', note: '' };
      }
    });
    store.set({ conflict: null, dirty: left, draft: cells });
    save();
  }

  /* A pasted text or a file finds its places on the server; what was there can be put back. */
  async function place(content, query) {
    const T = tonglan.reportTexts.paste;
    const { filing } = store.get();
    if (!editable(filing)) return;
    store.set({ notice: { tone: '', text: T.reading } });
    try {
      const answer = await tonglan.api.raw('POST', path() + '/table?' + new URLSearchParams(query), content);
      const names = Object.keys(answer.cells);
      const undo = {};
      names.forEach((one) => { undo[one] = cell(one); });
      const changes = {};
      names.forEach((one) => { changes[one] = { text: answer.cells[one] }; });
      if (names.length) edit(changes);
      store.set({ undo: names.length ? undo : null, notice: { tone: answer.notes.length ? 'warn' : 'ok', text: names.length ? T.placed(names.length) : T.none, notes: answer.notes } });
    } catch (failure) {
      store.set({ notice: { tone: 'bad', text: failure.detail || failure.title } });
    }
  }

  function undo() {
    const { undo: before } = store.get();
    if (before) edit(before);
    store.set({ undo: null, notice: null });
  }

  /* Take a step; what is dirty is saved first. Returns the filing, or null when it was refused. */
  async function take(action, note) {
    if (Object.keys(store.get().dirty).length) await save();
    const { filing, dirty, conflict } = store.get();
    if (conflict || Object.keys(dirty).length) return null;
    try {
      const after = await api.post(path() + '/transitions', { action, note: note || '', revision: filing.revision });
      show(after);
      store.set({ notice: null, undo: null, save: 'idle' });
      return after;
    } catch (failure) {
      store.set({ notice: { tone: 'bad', text: failure.detail || failure.title } });
      if (failure.status === 409 && failure.body.cells) meet(failure.body);
      return null;
    }
  }

  window.addEventListener('beforeunload', (event) => {
    if (Object.keys(store.get().dirty).length) event.preventDefault();
  });

  tonglan.reportDesk = { use: store.use, get: store.get, set: store.set, load, edit, save, settle, place, undo, take, editable, cell };
})();
