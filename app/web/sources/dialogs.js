/* The questions of the page: which days, why off, what becomes of a batch, what a test gave. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, sourceTexts: texts, SourceDialog: Dialog, SourceButton: Button } = tonglan;

  const Failed = ({ act }) => act.failure && h('p', { className: 'yw-s-error', role: 'alert' }, act.failure.detail || act.failure.title);

  function day(back) {
    const at = new Date(Date.now() + 8 * 3600000 - back * 86400000);
    return at.toISOString().slice(0, 10);
  }

  function FillDialog({ base, close, done }) {
    const [first, setFirst] = React.useState(day(7));
    const [last, setLast] = React.useState(day(1));
    const act = tonglan.useSourceAct(() => (close(), done()));
    const start = () => act.run(() => tonglan.api.post(base + '/backfill', { from: first, to: last }));
    const field = (label, value, set) => h('label', { className: 'yw-s-label' }, label, h('input', { type: 'date', className: 'yw-field', value, max: day(0), onChange: (event) => set(event.target.value) }));
    return h(Dialog, { title: texts.fill, onClose: close, foot: [h(Button, { key: 'no', onClick: close }, texts.close),
      h(Button, { key: 'yes', primary: true, disabled: act.busy || !first || !last, onClick: start }, texts.start)] },
      h('div', { className: 'yw-s-dates' }, field(texts.from, first, setFirst), field(texts.to, last, setLast)), h('p', { className: 'yw-t3' }, texts.fillAsk), h(Failed, { act }));
  }

  function OffDialog({ base, close, done }) {
    const [reason, setReason] = React.useState('');
    const act = tonglan.useSourceAct(() => (close(), done()));
    return h(Dialog, { title: texts.off, onClose: close, foot: [h(Button, { key: 'no', onClick: close }, texts.close),
      h(Button, { key: 'yes', primary: true, disabled: act.busy || reason.trim().length < 2, onClick: () => act.run(() => tonglan.api.post(base + '/state', { enabled: false, reason })) }, texts.off)] },
      h('p', null, texts.offAsk), h('label', { className: 'yw-s-label' }, texts.reason, h('input', { className: 'yw-field', value: reason, maxLength: 500, onChange: (event) => setReason(event.target.value) })), h(Failed, { act }));
  }

  function BatchDialog({ base, batch, close, done }) {
    const [note, setNote] = React.useState('');
    const values = tonglan.useData(base + '/held/' + batch.id);
    const act = tonglan.useSourceAct(() => (close(), done()));
    const decide = (action) => () => act.run(() => tonglan.api.post(base + '/held/' + batch.id, { action, note }));
    return h(Dialog, { title: texts.heldTitle, onClose: close, wide: true, foot: [h(Button, { key: 'no', onClick: close }, texts.close),
      h(Button, { key: 'discard', disabled: act.busy, title: texts.discardAsk, onClick: decide('discard') }, texts.discard),
      h(Button, { key: 'release', primary: true, disabled: act.busy, title: texts.releaseAsk, onClick: decide('release') }, texts.release)] },
      h('p', { className: 'yw-s-error' }, batch.reason),
      values.failure && h(tonglan.Failure, { failure: values.failure, again: values.reload }),
      values.data && h(tonglan.SourceValues, { items: values.data.items, before: true }),
      h('p', { className: 'yw-t3' }, texts.onlyFirst(values.data ? values.data.items.length : 0, batch.count), texts.releaseAsk, texts.discardAsk),
      h('input', { className: 'yw-field', placeholder: texts.noteHint, 'aria-label': texts.noteHint, value: note, maxLength: 500, onChange: (event) => setNote(event.target.value) }), h(Failed, { act }));
  }

  function TestDialog({ base, close }) {
    const [answer, setAnswer] = React.useState(null);
    const act = tonglan.useSourceAct(setAnswer);
    React.useEffect(() => {
      act.run(() => tonglan.api.post(base + '/test'));
    }, []);
    const bad = answer && !answer.ok;
    return h(Dialog, { title: texts.test, onClose: close, wide: true, foot: h(Button, { onClick: close }, texts.close) },
      act.busy && h('p', { role: 'status' }, texts.testing), h(Failed, { act }),
      bad && h('p', { className: 'yw-s-error', role: 'alert' }, h('b', null, texts.testBad), ' ', answer.error),
      answer && answer.ok && h('p', { role: 'status' }, texts.testOk(answer)),
      answer && answer.ok && answer.items.length > 0 && h(tonglan.SourceValues, { items: answer.items }),
      answer && answer.ok && answer.refusals.length > 0 && h('ul', { className: 'yw-s-refusals' }, answer.refusals.map((one, at) => h('li', { key: at }, h('b', null, texts.refusedRow(one.row)), one.reason))));
  }
  tonglan.sourceDialogs = { fill: FillDialog, off: OffDialog, batch: BatchDialog, test: TestDialog };
})();
