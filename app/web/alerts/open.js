/* The open alerts of the city for a page that lists a few of them: read once, kept by the stream. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { alerts, alertWords: words } = tonglan;
  const TOGETHER = 400; // ms in which several changes are one reading
  const MOST = 200; // rows an answer

  const store = (tonglan.openAlerts = tonglan.createStore({ rows: [], legal: [], total: 0, unacknowledged: 0, known: false, failure: null }));
  const order = (a, b) => words.LEVELS.indexOf(a.level) - words.LEVELS.indexOf(b.level) || Date.parse(b.at) - Date.parse(a.at);

  async function read(asOf) {
    const query = new URLSearchParams({ open: '1', limit: MOST });
    if (asOf) query.set('as_of', asOf);
    try {
      const answer = await tonglan.api.get('/api/v1/alerts?' + query);
      const rows = answer.items.filter((row) => row.kind !== '法定预警').sort(order);
      store.set({ rows, total: answer.open, unacknowledged: answer.unacknowledged, legal: answer.legal || [], known: true, failure: null });
      if (!asOf) tonglan.alertFeed.learn(rows);
    } catch (failure) {
      store.set({ failure });
    }
  }

  /* Put what the stream says into the rows; the list is read again a moment later. */
  function take(changed) {
    const fresh = new Map(changed.map((row) => [row.id, row]));
    const rows = store.get().rows.filter((row) => !fresh.has(row.id)).concat(changed.filter((row) => row.open && row.kind !== '法定预警'));
    store.set({ rows: rows.sort(order) });
  }

  /* As long as the component lives; in replay the board of that moment. Nothing is asked before the stream has spoken. */
  tonglan.useOpenAlerts = function (asOf) {
    React.useEffect(() => {
      if (asOf) {
        read(asOf);
        return undefined;
      }
      let timer = 0;
      let turn = -1;
      const look = () => {
        const state = alerts.get();
        if (!state.known || state.turn === turn) return;
        turn = state.turn;
        timer = timer || setTimeout(() => ((timer = 0), read('')), TOGETHER);
      };
      const stops = [alerts.subscribe(look), tonglan.alertFeed.listen(take)];
      look();
      return () => {
        clearTimeout(timer);
        stops.forEach((stop) => stop());
      };
    }, [asOf]);
  };
})();
