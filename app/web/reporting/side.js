/* Beside the table: what is to be mended or explained, what was corrected, what happened so far. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, report, Lamp } = tonglan;
  const { Card, Button } = tonglan.work;
  const desk = tonglan.reportDesk;
  const T = tonglan.reportTexts;
  const FEW = 5; // blanks that are asked about one by one

  /* Findings by place, in the order of the table. */
  function grouped(filing) {
    const found = new Map();
    filing.findings.forEach((one) => found.set(one.place, (found.get(one.place) || []).concat(one)));
    return [...found.entries()];
  }

  function naming(filing) {
    const rows = Object.fromEntries(filing.rows.map((one) => [one.code, one.name]));
    const columns = Object.fromEntries(filing.columns.map((one) => [one.id, one.title]));
    return (place) => {
      const [indicator, region] = place.split('|');
      return rows[region] + (filing.columns.length > 1 ? ' · ' + columns[indicator] : '');
    };
  }

  function Item({ place, findings, name, readonly, others }) {
    const cell = desk.use((s) => s.draft[place]) || { text: '', note: '' };
    const [note, setNote] = React.useState(cell.note);
    React.useEffect(() => setNote(cell.note), [cell.note]);
    const error = findings.some((one) => one.severity === 'error');
    const explain = findings.some((one) => one.severity === 'explain');
    const write = (text) => {
      setNote(text);
      desk.edit({ [place]: { note: text } });
    };
    return h('li', { className: 'yw-rep-item' },
      h('button', { type: 'button', className: 'yw-plain yw-rep-where', onClick: () => report.focus(place) }, h(Lamp, { lamp: error ? 'bad' : explain ? 'warn' : 'none', quiet: true }), h('b', null, name(place)), h('span', null, cell.text || '空')),
      findings.map((one, n) => h('p', { key: n }, one.text,
        one.suggest && !readonly && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => desk.edit({ [place]: { text: one.suggest } }) }, T.side.fix(one.suggest)))),
      explain && !error && (readonly ? h('p', { className: 'yw-rep-note' }, cell.note || '—')
        : h('textarea', { className: 'yw-input yw-input-long', rows: 1, maxLength: 500, value: note, placeholder: T.side.notePlaceholder, 'aria-label': name(place) + ' ' + T.side.note, onChange: (event) => write(event.target.value) })),
      explain && !readonly && others.length > 0 && note.trim().length >= 2 && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => desk.edit(Object.fromEntries(others.map((one) => [one, { note }]))) }, T.side.spread(others.length)));
  }

  function Findings() {
    const filing = desk.use((s) => s.filing);
    const draft = desk.use((s) => s.draft);
    const readonly = !desk.editable(filing);
    const name = naming(filing);
    const [more, setMore] = React.useState(false);
    const all = grouped(filing);
    const left = new Set(filing.left);
    const explained = (place) => ((draft[place] || {}).note || '').trim().length >= 2;
    const text = (place) => ((draft[place] || {}).text || '').trim();
    const blank = readonly ? [] : all.filter(([place]) => left.has(place) && !text(place));
    const many = blank.length > FEW;
    const open = all.filter(([place]) => left.has(place) && !(many && !text(place)));
    const explains = ([, findings]) => findings.some((one) => one.severity === 'explain');
    const rest = all.filter(([place]) => !left.has(place)).sort((a, b) => explains(b) - explains(a));
    const others = (place) => open.map(([one]) => one).filter((one) => one !== place && !explained(one) && one.split('|')[0] === place.split('|')[0] && !filing.findings.some((f) => f.place === one && f.severity === 'error'));
    const list = (items) => h('ul', { className: 'yw-rep-items' }, items.map(([place, findings]) => h(Item, { key: place, place, findings, name, readonly, others: others(place) })));
    const said = rest.filter(explains).length;
    const restWords = T.side.rest(rest.length - said, said);
    const title = open.length ? T.side.todo(open.length) : readonly ? T.side.cleanReview : T.side.clean;
    return h(Card, { title: open.length ? title : T.side.filled(filing.filled, filing.cells), className: 'yw-rep-find', note: open.length ? T.side.filled(filing.filled, filing.cells) : '' },
      !open.length && !rest.length && !many && h('p', { className: 'yw-rep-clean' }, h(Lamp, { lamp: 'ok', quiet: true }), title),
      many && h('div', { className: 'yw-rep-blank' }, h('b', null, T.side.blank(blank.length)), h('p', null, T.side.blankHow)),
      open.length > 0 && list(open),
      rest.length > 0 && (readonly || (!open.length && !many) || more ? h(React.Fragment, null, h('h3', null, restWords), list(rest))
        : h('button', { type: 'button', className: 'yw-plain yw-link yw-rep-more', onClick: () => setMore(true) }, restWords)));
  }

  function Changes() {
    const filing = desk.use((s) => s.filing);
    if (!filing.changes.length) return null;
    const name = naming(filing);
    return h(Card, { title: T.side.changes(filing.changes.length) }, h('ul', { className: 'yw-rep-changes' }, filing.changes.map((one) =>
      h('li', { key: one.place }, h('b', null, name(one.place)), h('span', null, h('s', null, one.before || '—'), ' → ', h('b', null, one.after || '—'))))));
  }

  function History() {
    const filing = desk.use((s) => s.filing);
    if (!filing.steps.length) return null;
    return h(Card, { title: T.side.history, className: 'yw-rep-past' }, h('ol', { className: 'yw-lineage' }, filing.steps.slice().reverse().map((one, n) =>
      h('li', { key: n, className: classes(one.action === 'return' && 'yw-rep-back') }, h('b', null, T.step(one)), h('small', null, one.by + ' · ' + clock.minute(one.at))))));
  }

  tonglan.report.Side = function Side() {
    return h('aside', { className: 'yw-rep-side' }, h(Changes), h(Findings), h(History));
  };
})();
