/* Beside the matrix: how a cell was made and of which cases; the month's appeals and steps. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, clock, work } = tonglan;
  const { Card, Button, Segments, Bones } = work;
  const T = tonglan.evaluationTexts;
  const D = T.detail;
  const { Grade, count } = tonglan.evaluation;
  const day = (iso) => iso.slice(5, 10) + ' ' + iso.slice(11, 16);

  function Cases({ month, by, row, indicator, asOf }) {
    const [part, setPart] = React.useState('rest');
    const query = new URLSearchParams({ by, row, indicator, part });
    if (asOf) query.set('as_of', asOf);
    const path = '/api/v1/evaluation/' + month + '/cases?' + query;
    const found = tonglan.useData(path);
    const data = found.of === path ? found.data : null; // never the cases of another part under this one's name
    return h(React.Fragment, null,
      h(Segments, { label: D.over, value: part, onChange: setPart, options: Object.entries(D.parts).map(([value, title]) => ({ value, title })) }),
      found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
      !data && !found.failure && h(Bones, { rows: 3 }),
      data && h('p', { className: 'yw-eva-total' }, D.total(data.total), data.hidden > 0 && h('span', null, D.hidden(data.hidden)), h('a', { href: data.desk }, D.desk)),
      data && (data.items.length ? h('div', { className: 'yw-eva-caselist' }, h('table', { className: 'yw-eva-cases' }, h('thead', null, h('tr', null, D.columns.map((name) => h('th', { key: name, scope: 'col' }, name)))),
        h('tbody', null, data.items.map((one) => h('tr', { key: one.id }, h('td', null, h('a', { href: one.href }, one.number)), h('td', null, one.category), h('td', null, one.state), h('td', null, day(one.at)))))))
        : h('p', { className: 'yw-empty' }, D.empty)));
  }

  function Detail({ data, chosen, asOf, close, appeal }) {
    const row = data.rows.find((one) => one.id === chosen.row);
    const column = data.columns.find((one) => one.key === chosen.key);
    const cell = row && row.cells[chosen.key];
    if (!cell || !column) return null;
    const pairs = [
      [D.counted, h('span', null, h('b', null, cell.text), ' ', h(Grade, { grade: cell.colour }))],
      cell.denominator !== undefined && [D.over, count(cell.numerator) + ' / ' + count(cell.denominator)],
      [D.weight, column.weight || D.unweighted],
      [D.grades, (column.lower ? D.lower : D.higher)(column.limits)],
      [D.source, column.source + (column.label ? ' · ' + column.label : '')],
    ].filter(Boolean);
    const tools = h(Button, { className: 'yw-act-plain', onClick: close, 'aria-label': D.close }, '×');
    return h(Card, { title: row.name + ' · ' + column.title, tools, className: 'yw-eva-detail' },
      h('p', { className: 'yw-eva-formula' }, column.formula, column.note && h('small', null, column.note)),
      h('dl', { className: 'yw-eva-pairs' }, pairs.map(([name, text]) => h(React.Fragment, { key: name }, h('dt', null, name), h('dd', null, text)))),
      cell.corrected && h('p', { className: 'yw-eva-formula' }, T.corrected(cell.corrected.text)),
      appeal && h(Button, { onClick: appeal }, D.appeal),
      column.key === 'score' ? h('p', { className: 'yw-empty' }, D.score)
        : h(Cases, { key: row.id + column.key, month: data.month, by: data.by, row: row.id, indicator: column.key, asOf }));
  }

  function Appeals({ data, decide }) {
    return h(Card, { title: T.appeals },
      !data.appeals.length ? h('p', { className: 'yw-empty' }, T.noAppeals)
        : h('ul', { className: 'yw-eva-appeals' }, data.appeals.map((one) => h('li', { key: one.id },
          h('b', null, T.about(one.about)), h('span', { className: 'yw-tag' + (one.decision ? '' : ' yw-tag-warn') }, !one.decision ? T.undecided : one.decision.accepted ? T.accepted : T.refused),
          h('p', null, one.note), h('small', null, one.by + ' · ' + clock.minute(one.at)),
          one.photos.length > 0 && h('div', { className: 'yw-eva-photos' }, one.photos.map((url) => h('a', { key: url, href: url, target: '_blank', rel: 'noopener' }, h('img', { src: url, alt: T.photos, loading: 'lazy' })))),
          one.decision && h('p', { className: 'yw-eva-decision' }, one.decision.note, h('small', null, one.decision.by + ' · ' + clock.minute(one.decision.at))),
          !one.decision && decide && h(Button, { onClick: () => decide(one) }, T.ask.decide[0])))));
  }

  function Steps({ data }) {
    if (!data.steps.length) return null;
    return h(Card, { title: T.steps }, h('ol', { className: 'yw-eva-steps' }, data.steps.slice().reverse().map((one) =>
      h('li', { key: one.id }, h('b', null, one.label), h('span', null, clock.minute(one.at) + ' · ' + one.by), one.note && h('p', null, one.note)))));
  }

  Object.assign(tonglan.evaluation, { Detail, Appeals, Steps });
})();
