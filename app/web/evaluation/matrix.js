/* The matrix of 考核: a row a region, unit or post; in each cell the share, its grade, what over what. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, Lamp } = tonglan;
  const T = tonglan.evaluationTexts;
  const LAMPS = { 优: 'ok', 良: 'ok', 中: 'warn', 差: 'bad' };
  const TONES = { 优: 'best', 良: 'good', 中: 'fair', 差: 'poor' };
  const count = (n) => n.toLocaleString('en-US');

  /* Grade as lamp and word: never by colour alone. */
  function Grade({ grade }) {
    if (!grade) return null;
    return h('span', { className: 'yw-eva-grade yw-eva-' + TONES[grade] }, h(Lamp, { lamp: LAMPS[grade], quiet: true }), grade);
  }

  function Cell({ cell, on, pick, label }) {
    if (!cell) return h('td', { className: 'yw-eva-none' }, '');
    const counted = cell.denominator !== undefined;
    return h('td', { className: classes('yw-eva-cell', cell.colour && 'yw-eva-tint-' + TONES[cell.colour], on && 'yw-on') },
      h('button', { type: 'button', onClick: pick, 'aria-pressed': on, 'aria-label': label + ' ' + cell.text + ' ' + (cell.colour || '') },
        h('b', null, cell.text), h(Grade, { grade: cell.colour }),
        counted && h('small', null, count(cell.numerator) + ' / ' + count(cell.denominator)),
        cell.corrected && h('em', null, T.corrected(cell.corrected.text))));
  }

  /* Rows in the chosen order; `chosen` is {row, key}. */
  function Matrix({ data, order, chosen, choose }) {
    const rows = order === 'rank' ? data.rows.slice().sort((a, b) => (a.place || 999) - (b.place || 999)) : data.rows;
    const columns = data.columns.filter((one) => rows.some((row) => row.cells[one.key]));
    if (!rows.length) return h('p', { className: 'yw-empty' }, T.none);
    return h('div', { className: 'yw-eva-scroll', tabIndex: 0, role: 'region', 'aria-label': T.by[data.by] },
      h('table', { className: 'yw-eva-table' },
        h('thead', null, h('tr', null, h('th', { scope: 'col' }, T.group[data.by]),
          columns.map((one) => h('th', { key: one.key, scope: 'col', title: T.columnHint(one) }, one.title,
            one.weight ? h('small', null, T.detail.weight + ' ' + one.weight) : h('small', null, one.key === 'score' ? '' : T.detail.unweighted))))),
        h('tbody', null, rows.map((row) => h('tr', { key: row.id },
          h('th', { scope: 'row' }, order === 'rank' && data.by !== 'post' && h('i', null, row.place || '—'), row.name),
          columns.map((one) => h(Cell, { key: one.key, cell: row.cells[one.key], label: row.name + ' ' + one.title,
            on: Boolean(chosen && chosen.row === row.id && chosen.key === one.key), pick: () => choose({ row: row.id, key: one.key }) })))))));
  }

  Object.assign(tonglan, { evaluation: { Matrix, Grade, count } });
})();
