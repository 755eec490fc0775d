/* What the stream says of alerts and cases, for every panel of a page: counts, and which alerts changed. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const SILENT = 30000; // ms without any event before a stream of our own is opened anew
  const KEPT = 300; // alerts remembered for sound and rows

  const feed = (tonglan.alerts = tonglan.createStore({
    known: false, // nothing is shown before the server has spoken
    counts: {},
    open: 0,
    unacknowledged: 0,
    drill: null,
    wartime: false,
    rows: {}, // id → the newest row of an alert that was open when last heard of
    turn: 0, // rises with each event: who lists alerts reads again
    funnel: null,
  }));

  const sure = (said) => (said && typeof said === 'object' && !Array.isArray(said) ? said : {});

  /* `rows` with those that changed; an alert that is no longer open leaves. */
  function merged(rows, changed) {
    const next = Object.assign({}, rows);
    changed.forEach((row) => {
      if (row.open) next[row.id] = row;
      else delete next[row.id];
    });
    const ids = Object.keys(next);
    if (ids.length > KEPT) ids.slice(0, ids.length - KEPT).forEach((id) => delete next[id]);
    return next;
  }

  function parsed(event) {
    try {
      return sure(JSON.parse(event.data));
    } catch (wrong) {
      return null; // half a message: the next one, or the next reading, says it again
    }
  }

  function heard(event) {
    const said = parsed(event);
    const state = feed.get();
    if (!said) return feed.set({ turn: state.turn + 1 });
    const changed = said.changed || [];
    feed.set({ known: true, counts: sure(said.counts), open: said.open || 0, unacknowledged: said.unacknowledged || 0, drill: said.drill || null, wartime: Boolean(said.wartime),
      rows: changed.length ? merged(state.rows, changed) : state.rows, turn: state.turn + 1 });
    if (changed.length) tellAll(changed);
    return undefined;
  }

  const listeners = new Set();
  const tellAll = (changed) => listeners.forEach((listener) => listener(changed));

  tonglan.alertFeed = {
    /* Take the events of a stream that the page has already. */
    hear(source) {
      source.addEventListener('alerts', heard);
      source.addEventListener('cases', (event) => {
        const said = parsed(event);
        if (said && said.funnel) feed.set({ funnel: said.funnel });
      });
    },
    /* The open alerts as a list of the server has them. */
    learn: (rows) => feed.set({ rows: Object.fromEntries(rows.filter((row) => row.open).map((row) => [row.id, row])) }),
    /* Hear of changed rows as they come; returns what ends it. */
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /* A stream for a page that has none; it asks for no topic's numbers. Returns what ends it. */
    own(told) {
      let source = null;
      let at = Date.now();
      const alive = () => {
        at = Date.now();
        if (told) told(true);
      };
      function open() {
        if (source) source.close();
        at = Date.now();
        const mine = (source = new EventSource('/live?topics=none'));
        ['open', 'snapshot', 'beat', 'alerts'].forEach((name) => mine.addEventListener(name, alive));
        mine.addEventListener('error', () => {
          if (told) told(false);
          if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === source && open(), 4000);
        });
        tonglan.alertFeed.hear(mine);
      }
      const watch = setInterval(() => Date.now() - at > SILENT && open(), 5000);
      open();
      return () => {
        clearInterval(watch);
        source.close();
        source = null;
      };
    },
  };
})();
