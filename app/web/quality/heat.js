/* Completeness: one row an indicator, one cell a period, the least complete first. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, qualityTexts: texts } = tonglan;
  const PERIODS = 30;

  function step(cell) {
    if (!cell || cell.share === null) return 'none';
    if (cell.share === 1) return '4';
    if (cell.share >= 0.9) return '3';
    if (cell.share >= 0.5) return '2';
    return cell.share > 0 ? '1' : '0';
  }

  function Row({ row }) {
    const short = row.share * 100 < row.limit;
    const empty = Array.from({ length: Math.max(0, PERIODS - row.periods.length) });
    const said = (cell) => (cell.due ? texts.heat(cell.label, cell.came, cell.due) : texts.heatNothing(cell.label));
    return h('tr', null,
      h('th', { scope: 'row' }, h('a', { href: '/indicator/' + row.indicator }, row.title), h('small', null, texts.counted[row.counted] || row.counted)),
      h('td', null, h('div', { className: 'yw-q-cells', role: 'img', 'aria-label': row.title + ' ' + row.text },
        empty.map((_, n) => h('i', { key: 'e' + n, className: 'yw-q-cell' })),
        row.periods.map((cell) => h('i', { key: cell.period, className: 'yw-q-cell yw-q-c' + step(cell), title: said(cell) })))),
      h('td', { className: classes('yw-num', short && 'yw-q-late') }, h('b', null, row.text)));
  }

  function Legend() {
    return h('p', { className: 'yw-q-legend' }, [4, 3, 2, 1, 0].map((n, at) => h('span', { key: n }, h('i', { className: 'yw-q-cell yw-q-c' + n }), texts.legend[at])));
  }

  function Heat({ asOf, onReady }) {
    const list = tonglan.useData('/api/v1/quality/completeness' + (asOf ? '?as_of=' + encodeURIComponent(asOf) : ''));
    window.React.useEffect(() => { if (list.data || list.failure) onReady(); }, [list.data, list.failure]);
    if (list.failure && !list.data) return h(tonglan.Failure, { failure: list.failure, again: list.reload });
    if (!list.data) return h('p', { className: 'yw-q-empty' }, list.slow ? texts.loading : '');
    return h('div', { className: 'yw-q-scroll' }, h(Legend),
      h('table', { className: 'yw-grid yw-q-table yw-q-heat' }, h('tbody', null, list.data.items.map((row) => h(Row, { key: row.indicator, row })))));
  }

  tonglan.QualityHeat = Heat;
})();
