/* Numbers, due times, tags, dialogs of 报数. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, clock, work } = tonglan;
  const T = tonglan.reportTexts;
  const MARKS = { late: 'bad', due: '', waiting: 'go', done: 'ok' };
  const MINUTE = 60000;

  function number(value, precision) {
    if (value === null || value === undefined) return '—';
    const digits = precision === undefined ? 1 : precision;
    return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '−');
  }

  function span(milliseconds) {
    const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
    if (minutes < 60) return minutes + ' 分';
    if (minutes < 1440) return Math.floor(minutes / 60) + ' 小时';
    return Math.floor(minutes / 1440) + ' 天';
  }

  const day = (iso) => iso.slice(5, 10) + ' ' + iso.slice(11, 16);

  function Due({ one }) {
    const left = new Date(one.due_at) - clock.now();
    const open = one.standing === 'due' || one.standing === 'late';
    return h('span', { className: 'yw-rep-due' }, day(one.due_at),
      open && h('small', { className: left < 0 ? 'yw-rep-late' : undefined }, left < 0 ? T.due.late(span(left)) : T.due.left(span(left))));
  }

  function StateTag({ one }) {
    const mark = one.state === '退回' || one.state === '更正退回' ? 'warn' : MARKS[one.standing];
    return h('span', { className: tonglan.classes('yw-tag', mark && 'yw-tag-' + mark) }, one.state);
  }

  /* Asks for a sentence; `onGo(note)`. */
  function Ask({ kind, onGo, onClose }) {
    const words = T.ask[kind];
    const [note, setNote] = React.useState('');
    const needed = kind === 'return' || kind === 'correct';
    return h(work.Dialog, {
      title: words.title, className: 'yw-dialog-small', onClose,
      foot: [h(work.Button, { key: 'no', className: 'yw-big', onClick: onClose }, T.ask.cancel),
        h(work.Button, { key: 'go', kind: 'main', className: 'yw-big', disabled: needed && note.trim().length < 2, onClick: () => onGo(note.trim()) }, words.go)],
    }, h('label', { className: 'yw-rep-ask' }, h('span', null, words.label),
      h('textarea', { className: 'yw-input yw-input-long', rows: 3, maxLength: 500, value: note, 'data-first': true, onChange: (event) => setNote(event.target.value) })),
      h('p', { className: 'yw-t3' }, words.hint));
  }

  function Receipt({ filing, onClose }) {
    const one = filing.receipt;
    const words = T.receipt;
    const rows = [
      [words.number, one.number], [words.form, filing.title + ' · ' + filing.label + (one.correction ? words.correction : '')], [words.owner, filing.owner.name],
      [words.by, one.by], [words.at, one.at.slice(0, 10) + ' ' + one.at.slice(11, 19) + (one.late ? words.late : '')],
      [words.filled, one.filled + ' / ' + one.cells], [words.state, filing.state], [words.digest, one.digest],
    ];
    return h(work.Dialog, {
      title: words.title, className: 'yw-dialog-small yw-receipt', onClose,
      foot: [h(work.Button, { key: 'no', className: 'yw-big', onClick: onClose }, words.close),
        h(work.Button, { key: 'go', kind: 'main', className: 'yw-big', 'data-first': true, onClick: () => window.print() }, words.print)],
    }, h('dl', { className: 'yw-receipt-rows' }, rows.map(([name, text]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, text)])),
      h('p', { className: 'yw-t3' }, words.hint));
  }

  tonglan.report = { number, span, day, Due, StateTag, Ask, Receipt };
})();
