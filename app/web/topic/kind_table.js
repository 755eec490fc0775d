/* Tables: sites or regions with lamp, class and line (a row selects), and a layer's records by the page. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, topicTexts, topicParts, topicRows } = tonglan;
  const { Value, Line, LampOf, under, heading } = topicParts;
  const numeric = (cell) => cell && typeof cell === 'object' && !cell.class && cell.value !== null && cell.value !== undefined;

  /* Numbers stand right, class chips in the middle, words left; a whole column alike. */
  function sideOf(rows, column) {
    if (column.align) return 'yw-tp-' + column.align[0];
    const cells = rows.map((row) => row.cells[column.key]);
    if (cells.some((cell) => cell && cell.class)) return 'yw-tp-c';
    return cells.some(numeric) ? 'yw-tp-r' : 'yw-tp-l';
  }

  /* Says on the element whether more lies to its right than is seen. */
  function useBeyond(box) {
    React.useEffect(() => {
      const element = box.current;
      const look = () => (element.scrollWidth - element.clientWidth - element.scrollLeft > 4 ? (element.dataset.beyond = '1') : delete element.dataset.beyond);
      const watch = new ResizeObserver(look);
      watch.observe(element);
      watch.observe(element.firstChild);
      element.addEventListener('scroll', look, { passive: true });
      return () => {
        watch.disconnect();
        element.removeEventListener('scroll', look);
      };
    }, []);
  }

  function Row({ row, columns, sides, first, lines }) {
    const made = topicRows.useRow(row, first);
    const bare = row.code === undefined || row.code === null;
    const own = bare ? { className: 'yw-tp-row', 'data-row': row.name } : made;
    const named = columns.some((column) => column.key === 'name');
    return h('tr', own, !named && h('th', { scope: 'row' }, h('span', { className: 'yw-tp-named' }, h(LampOf, { lamp: row.lamp }), row.name)),
      columns.map((column, n) => h('td', { key: column.key, className: sides[n] }, h(Value, { cell: under(row.cells[column.key], column.unit) }))), lines && h('td', { className: 'yw-tp-linecell' }, h(Line, { values: row.spark, bad: row.lamp === 'bad' })));
  }

  function Table({ panel }) {
    const { rows } = panel.data;
    const columns = panel.data.columns.filter((column) => !['name', 'spark', 'lamp'].includes(column.key));
    const naming = panel.data.columns.concat((panel.table && panel.table.columns) || []).find((column) => column.key === 'name');
    const title = (naming && naming.title) || '';
    const lines = rows.some((row) => row.spark && row.spark.length > 1);
    const sides = columns.map((column) => sideOf(rows, column));
    const box = topicRows.useInSight(board.use((state) => state.view.site || state.view.region));
    useBeyond(box);
    return h('div', { className: 'yw-tp-scroll', ref: box }, h('table', { className: 'yw-tp-table', role: 'grid', 'aria-label': panel.title, style: { '--n': rows.length } },
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, title), columns.map((column, n) => h('th', { key: column.key, scope: 'col', className: sides[n] }, heading(column))),
        lines && h('th', { scope: 'col', className: 'yw-tp-linecell', title: panel.data.spark_hint }, panel.data.spark_title || ''))),
      h('tbody', null, rows.map((row, n) => h(Row, { key: row.code || n, row, columns, sides, first: n === 0, lines })))));
  }

  const asRow = (one) => Object.assign({ name: '', cells: {} }, one);

  /* Records of a layer; further pages are fetched when asked for and stand below. */
  function Records({ panel }) {
    const { columns, total } = panel.data;
    const [more, setMore] = React.useState({ rows: [], next: panel.data.next, failed: false });
    React.useEffect(() => setMore({ rows: [], next: panel.data.next, failed: false }), [panel.data]);
    const rows = panel.data.rows.concat(more.rows).map(asRow);
    const box = React.useRef(null);
    useBeyond(box);
    const sides = columns.map((column) => sideOf(rows, column));
    const fetchMore = () => tonglan.topicMore(panel.id, more.next).then(
      (data) => setMore((old) => ({ rows: old.rows.concat(data.rows), next: data.next, failed: false })), () => setMore((old) => Object.assign({}, old, { failed: true })));
    return h('div', { className: 'yw-tp-scroll', ref: box }, h('table', { className: 'yw-tp-table yw-tp-records', style: { '--n': rows.length } },
      h('thead', null, h('tr', null, columns.map((column, n) => h('th', { key: column.key, scope: 'col', className: sides[n] }, heading(column))))),
      h('tbody', null, rows.map((row, n) => h('tr', { key: row.id || n, className: classes('yw-tp-row', row.lamp === 'bad' && 'yw-tp-badrow'), 'data-row': row.id || n, tabIndex: n ? -1 : 0, onKeyDown: topicRows.arrows,
        onMouseEnter: () => row.lon && tonglan.acts.hover('@' + row.lon + ',' + row.lat), onMouseLeave: () => tonglan.acts.hover(null) },
        columns.map((column, at) => h('td', { key: column.key, className: sides[at] }, at === 0 && row.lamp ? h('span', { className: 'yw-tp-named' }, h(LampOf, { lamp: row.lamp }), h(Value, { cell: row.cells[column.key] })) : h(Value, { cell: row.cells[column.key] }))))))),
      more.next && h('button', { type: 'button', className: 'yw-plain yw-link yw-tp-more', onClick: fetchMore }, more.failed ? topicTexts.moreFailed : topicTexts.more(Math.max(total - rows.length, 1))));
  }

  tonglan.topicMore = async (panel, cursor) => {
    const { view, topic } = board.get();
    const answer = await tonglan.api.get(tonglan.topicAddress.path(topic, view, { panel, cursor }));
    return answer.panels.find((one) => one.id === panel).data;
  };
  Object.assign(tonglan.topicKinds, { table: Table, records: Records });
})();
