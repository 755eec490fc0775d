/* The table twin of a panel: the same numbers as the drawing, as a table. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, topicTexts, topicParts } = tonglan;
  const { Value, under } = topicParts;

  function Twin({ panel }) {
    const { columns, rows } = panel.table || { columns: [], rows: [] };
    const side = (column) => 'yw-tp-' + (column.align || 'left')[0];
    return h('div', { className: 'yw-tp-scroll', tabIndex: 0, role: 'region', 'aria-label': topicTexts.tableOf(panel.title) },
      h('table', { className: 'yw-tp-table yw-tp-twin' },
        h('thead', null, h('tr', null, columns.map((column) => h('th', { key: column.key, scope: 'col', className: side(column) }, topicParts.heading(column))))),
        h('tbody', null, rows.map((row, n) => h('tr', { key: n }, columns.map((column) => h('td', { key: column.key, className: side(column) }, h(Value, { cell: under(row[column.key], column.unit) }))))))));
  }
  tonglan.TopicTwin = Twin;
})();
