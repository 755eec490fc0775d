/* The phone's outbox: each thing is kept first and sent then, in order, with one key that makes a repeat harmless. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { fieldStore: kept, caseParts, clock } = tonglan;
  const T = tonglan.fieldTexts;
  const AGAIN = 15000; // ms between tries while something waits
  const LATE = 2 * 60000; // ms from which the note says when it was written
  const KEEP = 24 * 3600000; // ms that a sent thing stays in the record
  const PASSING = [0, 408, 425, 429, 500, 502, 503, 504]; // answers after which a later try may do

  const me = () => (tonglan.boot().user || {}).id || '';
  const queue = tonglan.createStore({ items: [], others: 0, login: false, lasting: true, online: navigator.onLine, turn: 0 });
  const listeners = new Set();
  let running = false;
  let asked = false; // to send, while a pass is under way
  let timer = null;

  const mine = () => queue.get().items;
  const waiting = (item) => item.state === 'waiting' || item.state === 'sending';

  function show(items) {
    queue.set({ items: [...items].sort((a, b) => a.at - b.at), lasting: kept.lasting() });
  }

  /* Writes down what is known of `item` now, on disk and on the screen. */
  async function write(item) {
    await kept.put('items', item);
    show(mine().filter((one) => one.id !== item.id).concat(item));
    return item;
  }

  async function load() {
    const all = await kept.all('items').catch(() => []);
    const old = all.filter((one) => one.state === 'sent' && clock.now() - one.at > KEEP);
    await Promise.all(old.map((one) => kept.remove('items', one.id)));
    const live = all.filter((one) => !old.includes(one));
    show(live.filter((one) => one.who === me()).map((one) => (one.state === 'sending' ? Object.assign({}, one, { state: 'waiting' }) : one)));
    queue.set({ others: live.filter((one) => one.who !== me() && waiting(one)).length });
    go();
  }

  /* Keep a thing to be sent: {kind: 'report' | 'step', title, body, photos: [Blob], case?, version?}. Rejects without room. */
  async function add(thing) {
    const item = Object.assign({ id: caseParts.key(), who: me(), at: clock.now(), state: 'waiting', why: '', tries: 0, sentPhotos: [], answer: null }, thing);
    await write(item);
    go();
    return item;
  }

  /* The photos that have not gone yet; each that went is written down before the next one. */
  async function photos(item, id) {
    let now = item;
    for (let n = now.sentPhotos.length; n < now.photos.length; n += 1) {
      const answer = await tonglan.caseSend.photo(id, now.photos[n], now.id + '-' + n);
      now = await write(Object.assign({}, now, { sentPhotos: now.sentPhotos.concat(answer.id), version: tonglan.caseSend.seen(now.version, answer) }));
    }
    return now;
  }

  async function report(item) {
    let now = item;
    if (!now.answer) {
      const answer = await tonglan.api.post('/api/v1/cases', now.body, { headers: { 'Idempotency-Key': now.id } });
      now = await write(Object.assign({}, now, { answer }));
    }
    return photos(now, now.answer.id);
  }

  async function step(item) {
    const now = await photos(item, item.case);
    const delayed = clock.now() - now.at > LATE ? T.recorded(caseParts.when(new Date(now.at).toISOString())) : '';
    const body = Object.assign({}, now.body, { note: [now.body.note, delayed].filter(Boolean).join('') });
    if (now.version) body.version = now.version;
    if (now.sentPhotos.length) body.photos = now.sentPhotos;
    const answer = await tonglan.api.post('/api/v1/cases/' + encodeURIComponent(now.case) + '/transitions', body, { headers: { 'Idempotency-Key': now.id } });
    await follow(now, answer);
    return Object.assign({}, now, { answer });
  }

  /* Later steps on the same case were written before this one: they go on from where it led. */
  async function follow(item, answer) {
    const next = mine().filter((one) => one.kind === 'step' && one.case === item.case && one.id !== item.id && waiting(one) && one.at >= item.at);
    for (const one of next) await write(Object.assign({}, one, { version: answer.version }));
  }

  /* A refusal after a lost answer may mean that the step is done already. */
  async function already(item) {
    if (item.kind !== 'step' || !item.tries) return null;
    const now = await tonglan.api.get('/api/v1/cases/' + encodeURIComponent(item.case)).catch(() => null);
    return now && now.state === item.body.to ? now : null;
  }

  async function sendOne(item) {
    const sending = await write(Object.assign({}, item, { state: 'sending' }));
    try {
      const sent = await (item.kind === 'report' ? report(sending) : step(sending));
      await write(Object.assign({}, sent, { state: 'sent', photos: [], why: '', done: clock.now() }));
      listeners.forEach((one) => one(sent));
      return true;
    } catch (failure) {
      const now = mine().find((one) => one.id === item.id) || sending;
      const tries = now.tries + 1;
      if (failure.status === 401) {
        queue.set({ login: true });
        await write(Object.assign({}, now, { state: 'waiting', tries }));
        return false;
      }
      if (failure.status === undefined || PASSING.includes(failure.status)) {
        await write(Object.assign({}, now, { state: 'waiting', tries }));
        return Boolean(failure.status); // without a network nothing else will go either
      }
      const done = failure.status === 409 ? await already(now) : null;
      await write(Object.assign({}, now, done ? { state: 'sent', photos: [], answer: done, done: clock.now() } : { state: 'refused', why: failure.detail || failure.title, tries }));
      if (done) listeners.forEach((one) => one(done));
      return true;
    }
  }

  /* Send what waits, oldest first. */
  async function go() {
    clearTimeout(timer);
    asked = running; // what calls is newer than the pass: the network may be back since
    if (running) return;
    running = true;
    queue.set({ login: false });
    try {
      const tried = new Set(); // what failed for now must not hold up what comes after it
      for (;;) {
        const item = mine().find((one) => one.state === 'waiting' && !tried.has(one.id));
        if (!item || !(await sendOne(item))) break;
        tried.add(item.id);
      }
    } catch (lost) {
      // no room on disk for the bookkeeping: the item stays as it was and is tried again
    } finally {
      running = false;
    }
    if (mine().some(waiting)) timer = setTimeout(go, asked ? 0 : AGAIN);
  }

  async function discard(id) {
    await kept.remove('items', id);
    show(mine().filter((one) => one.id !== id));
  }

  /* A refused report goes back into the form, as it was typed. False while something else stands in the form. */
  async function edit(item) {
    const id = 'draft/' + me();
    const draft = await kept.get('kept', id).catch(() => null);
    const form = (draft && draft.form) || {};
    if (form.category || (form.text || '').trim() || ((draft && draft.photos) || []).length) return false;
    await kept.put('kept', { id, form: item.form, photos: item.photos });
    await discard(item.id);
    return true;
  }

  /* Try a refused thing once more, under a key of its own: the server has answered the old one. */
  async function again(item) {
    const next = await add(Object.assign({}, item, { id: caseParts.key(), state: 'waiting', why: '', tries: 0, version: undefined }));
    await discard(item.id); // last: whatever happens, one of the two is on the phone
    return next;
  }

  window.addEventListener('online', () => (queue.set({ online: true }), go()));
  window.addEventListener('offline', () => queue.set({ online: false }));
  window.addEventListener('beforeunload', (event) => {
    if (!kept.lasting() && mine().some(waiting)) event.preventDefault();
  });

  tonglan.fieldQueue = { use: queue.use, get: queue.get, load, add, go, discard, edit, again, waiting, onSent: (listener) => (listeners.add(listener), () => listeners.delete(listener)) };
})();
