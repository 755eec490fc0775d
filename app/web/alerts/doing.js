/* What the shift and leaders do with alerts: one POST each, and 10 s to take it back. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { board, acts, alertAddress: address, alertTexts: texts } = tonglan;
  const BACK = 10000; // ms in which 确认, 暂停提醒 and 派单 can be undone
  const UNDONE = ['ack', 'pause', 'dispatch'];
  let closing = 0;

  function say(text, undo) {
    clearTimeout(closing);
    board.set({ toast: { text, undo: undo ? { ids: undo, until: Date.now() + BACK } : null } });
    closing = setTimeout(() => board.set({ toast: null }), undo ? BACK : 5000);
  }

  const failed = (wrong) => say([wrong.title, wrong.detail].filter(Boolean).join(':'));

  /* Do `what` with one alert; the board is read again whatever came of it. A form that was opened meanwhile stays. */
  async function act(id, what, body) {
    if (board.get().view.as_of) return say(texts.replayOff);
    const { dialog: form } = board.get();
    const there = () => form && board.get().dialog === form && board.get().view.alert === id;
    try {
      const { case: made } = await tonglan.api.post(address.one(id, '', what), body);
      if (there()) board.set({ dialog: null });
      const waits = what === 'dispatch' && made && made.waits; // how far the case did not get
      say(waits ? texts.did[what] + ':' + waits : texts.did[what], UNDONE.includes(what) ? [id] : null);
    } catch (wrong) {
      if (there()) throw wrong; // the form says it where it was filled in
      failed(wrong);
    } finally {
      acts.reload();
    }
    return undefined;
  }

  /* The alerts that are meant: the marked ones, else the open one. */
  const meant = () => {
    const { picked, view, rows } = board.get();
    return picked.length ? picked.filter((id) => rows.some((row) => row.id === id)) : view.alert ? [view.alert] : [];
  };

  async function ack() {
    const ids = meant();
    if (board.get().view.as_of) return say(texts.replayOff);
    if (!ids.length) return say(texts.bulkNone);
    if (ids.length === 1) return act(ids[0], 'ack', {});
    try {
      const { acknowledged, refused } = await tonglan.api.post('/api/v1/alerts/acks', { ids });
      const left = (refused || []).map((one) => one.problem);
      say([texts.did.acks(acknowledged.length), left.length && texts.notAcked(left.length, left[0])].filter(Boolean).join(';'), acknowledged.length ? acknowledged : null);
      board.set({ picked: [] });
    } catch (wrong) {
      failed(wrong);
    } finally {
      acts.reload();
    }
    return undefined;
  }

  async function undo() {
    const { toast } = board.get();
    if (!toast || !toast.undo) return;
    board.set({ toast: null });
    const answers = await Promise.allSettled(toast.undo.ids.map((id) => tonglan.api.post(address.one(id, '', 'undo'), {})));
    const wrong = answers.find((one) => one.status === 'rejected');
    if (wrong) failed(wrong.reason);
    else say(texts.did.undo);
    acts.reload();
  }

  /* Open the form of `what` for the alert that is meant. */
  function form(what) {
    const ids = meant();
    if (board.get().view.as_of) return say(texts.replayOff);
    if (!ids.length) return say(texts.bulkNone);
    if (board.get().view.alert !== ids[0]) acts.choose(ids[0]).then(() => board.set({ dialog: what }));
    else board.set({ dialog: what });
    return undefined;
  }

  Object.assign(acts, { act, ack, undo, form, say });
})();
