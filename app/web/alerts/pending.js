/* What waits for the hold of its rule, now or at the moment looked back at: under the list, closed. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, board, alertTexts: texts } = tonglan;

  function AlertPending() {
    const found = board.use((state) => (state.answer && state.answer.pending) || null);
    if (!found || !found.length) return null;
    return h('details', { className: 'yw-al-pending' }, h('summary', null, texts.pending(found.length)),
      h('ul', null, found.map((one) => h('li', { key: one.rule + one.region }, h('b', null, one.title), h('span', null, one.place), h('span', null, texts.pendingSince(tonglan.alertParts.when(one.pending_since)))))));
  }
  Object.assign(tonglan, { AlertPending });
})();
