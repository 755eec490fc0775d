/* Indicator rows of a topic: name, value, line, comparison and target; and what is now at one site. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, board, topicTexts, topicParts, topicRows, FreshDot } = tonglan;
  const { Value, Line, LampOf, ClassChip } = topicParts;
  const kinds = (tonglan.topicKinds = {});

  function Compared({ cell }) {
    if (!cell) return h('div', { className: 'yw-tp-compare' });
    const { delta, target } = cell;
    return h('div', { className: 'yw-tp-compare' }, delta && h('span', null, h('small', null, delta.label), ' ' + delta.text),
      target && h('small', null, [target.label, target.text].filter(Boolean).join(' ')));
  }

  function Kpi({ row, first, owner }) {
    board.use((state) => state.view.theme + state.view.region); // the link names them
    const cell = row.cell && typeof row.cell === 'object' ? row.cell : {};
    const edge = ['bad', 'warn'].includes(cell.lamp) && 'yw-edge-' + cell.lamp;
    const said = [row.period, cell.note, row.owner !== owner && row.owner].filter(Boolean).join(' · ');
    const [indicator, region] = (cell.explain || '').split('|');
    const href = indicator && cell.status !== 'forbidden' ? tonglan.indicatorLink(indicator, region) : row.href;
    return h('div', { className: classes('yw-tp-kpi', edge), role: 'listitem', 'data-row': row.name, tabIndex: first ? 0 : -1, onKeyDown: topicRows.arrows },
      h('div', { className: 'yw-tp-kpi-fact' },
        h('div', { className: 'yw-name' }, h(LampOf, { lamp: cell.lamp || 'none' }), href ? h('a', { className: 'yw-name-text', href }, row.name) : h('span', { className: 'yw-name-text' }, row.name),
          cell.fresh && h(FreshDot, { state: cell.fresh }), indicator && h(tonglan.DirectiveMark, { indicator, region })),
        h(Value, { cell: row.cell, className: 'yw-tp-number' })),
      h('div', { className: 'yw-tp-kpi-trend' }, h(Line, { values: row.spark, bad: cell.lamp === 'bad' }), said && h('small', null, said)),
      h(Compared, { cell }));
  }

  kinds.kpi = ({ panel }) => h('div', { className: 'yw-tp-kpis', role: 'list' }, panel.data.rows.map((row, n) => h(Kpi, { key: row.name + n, row, first: n === 0, owner: panel.owner })));

  /* 现值: the items of the selected site, each with its class and limit; a row brings its item into the chart. */
  function Item({ row, first }) {
    const cell = row.cell || {};
    const indicator = (cell.explain || '').split('|')[0];
    const charted = board.use((state) => Boolean(indicator) && state.view.item === indicator);
    const pick = () => indicator && tonglan.acts.item(indicator);
    const keys = (event) => {
      if (event.target === event.currentTarget && event.key === 'Enter') pick();
      else topicRows.arrows(event);
    };
    return h('tr', { className: classes('yw-tp-row', charted && 'yw-tp-chosen'), 'data-row': row.name, tabIndex: first ? 0 : -1, onClick: pick, onKeyDown: keys },
      h('td', null, h('span', { className: 'yw-tp-named' }, h(LampOf, { lamp: cell.lamp || 'none' }), row.name)), h('td', { className: 'yw-tp-r' }, h(Value, { cell: Object.assign({}, cell, { class: null }) })),
      h('td', { className: 'yw-tp-c' }, row.class ? h(ClassChip, row.class) : topicTexts.missing), h('td', { className: 'yw-tp-r yw-t3' }, row.limit || topicTexts.missing));
  }

  kinds.current = ({ panel }) => h('div', { className: 'yw-tp-scroll' }, h('table', { className: 'yw-tp-table', style: { '--n': panel.data.rows.length } },
    h('thead', null, h('tr', null, h('th', null, topicTexts.item), h('th', { className: 'yw-tp-r' }, topicTexts.now), h('th', { className: 'yw-tp-c' }, topicTexts.class),
      h('th', { className: 'yw-tp-r' }, panel.data.limit_title || topicTexts.limit))),
    h('tbody', null, panel.data.rows.map((row, n) => h(Item, { key: row.name, row, first: n === 0 })))));
})();
