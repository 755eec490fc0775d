/* The chart's twin: the same numbers as rows, sortable; a row brings its period to the front. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, indicatorTexts: texts } = tonglan;
  const KEYS = { period: (one) => one.period, value: (one) => one.value, status: (one) => one.status_text, recorded: (one) => one.recorded_at };

  /* Rows without what is sorted by stay at the end, whichever way. */
  function sorted(points, by, down) {
    const key = KEYS[by];
    const known = points.filter((one) => key(one) !== null && key(one) !== '');
    const rest = points.filter((one) => key(one) === null || key(one) === '');
    known.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    return (down ? known.reverse() : known).concat(rest.reverse());
  }

  function Head({ by, down, sort, compare }) {
    const column = (id, look) => h('th', { key: id, scope: 'col', className: look, 'aria-sort': by === id ? (down ? 'descending' : 'ascending') : 'none' },
      h('button', { type: 'button', className: 'yw-plain', onClick: () => sort(id) }, texts.columns[id], by === id ? (down ? ' ↓' : ' ↑') : ''));
    return h('thead', null, h('tr', null, column('period'), column('value', 'yw-num'),
      compare.map((one) => h('th', { key: one.region, scope: 'col', className: 'yw-num' }, one.name)), column('status'), column('recorded')));
  }

  function Row({ one, chosen, choose, compare }) {
    return h('tr', { className: classes(chosen && 'yw-chosen'), tabIndex: 0, 'aria-selected': chosen, onClick: choose, onKeyDown: (event) => event.key === 'Enter' && choose() },
      h('th', { scope: 'row' }, one.label), h('td', { className: 'yw-num' }, h('b', null, one.text)),
      compare.map((other) => h('td', { key: other.region, className: 'yw-num' }, other.text[one.period] || '—')),
      h('td', null, one['class'] && h('span', null, one['class'] + ' '), one.status_text ? h('span', { className: 'yw-tag yw-tag-warn' }, one.status_text) : !one['class'] && !one.revised && h('span', { className: 'yw-t3' }, texts.good),
        one.revised && h('span', { className: 'yw-tag', title: one.former.map((was) => texts.former(was.status_text || was.text)).join(';') }, texts.revised, ' ', h('s', null, one.former[one.former.length - 1].text))),
      h('td', { className: 'yw-t3' }, one.recorded_text));
  }

  function TableCard({ page, go }) {
    const [by, setBy] = React.useState('period');
    const [down, setDown] = React.useState(true);
    const sort = (id) => (id === by ? setDown(!down) : (setBy(id), setDown(true)));
    const rows = React.useMemo(() => sorted(page.points, by, down), [page.points, by, down]);
    return h('section', { className: 'yw-card yw-ind-table' }, h('h2', null, texts.table, h('small', null, [page.indicator.unit, texts.tableHint].filter(Boolean).join(' · '))),
      rows.length === 0 ? h('p', { className: 'yw-empty' }, page.value.message || tonglan.chartTexts.noData)
        : h('div', { className: 'yw-ind-scroll' }, h('table', { className: 'yw-grid' }, h(Head, { by, down, sort, compare: page.compare }),
          h('tbody', null, rows.map((one) => h(Row, { key: one.period, one, compare: page.compare, chosen: one.period === page.period.at, choose: () => go({ period: one.period === page.value.newest ? '' : one.period }) }))))));
  }
  tonglan.IndicatorTable = TableCard;
})();
