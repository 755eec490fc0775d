/* County check-up: one row per county in statutory order, one lamp per topic; a row filters all. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, classes, board, acts, Lamp } = tonglan;

  function Legend() {
    return h(
      'span',
      { className: 'yw-legend-lamps', 'aria-hidden': true },
      ['ok', 'warn', 'bad', 'none'].map((lamp) => h('span', { key: lamp }, h(Lamp, { lamp, quiet: true }), texts.lamps[lamp]))
    );
  }

  /* The navigation's short name: a column of lamps is narrow. */
  function short(topic) {
    const named = (board.get().boot.topics || []).find((one) => one.id === topic.id);
    return named ? named.title : topic.title;
  }

  function Head({ matrix }) {
    return h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', { scope: 'col', className: 'yw-m-county' }, texts.county),
        h('th', { scope: 'col', colSpan: 2 }, [matrix.indicator.title, matrix.indicator.unit].filter(Boolean).join(' · ')),
        matrix.topics.map((topic) => h('th', { key: topic.id, scope: 'col', className: 'yw-m-lamp' }, short(topic)))
      )
    );
  }

  function Row({ row, indicator, topics, chosen, other, focusable, onMove }) {
    const keys = (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        acts.region(row.region);
      } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        onMove(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
      }
    };
    const hover = (code) => () => board.set({ hovered: code });
    return h(
      'tr',
      {
        className: classes('yw-m-row', row.mark && 'yw-marked-' + row.mark, chosen && 'yw-chosen', other && 'yw-dim'),
        tabIndex: focusable ? 0 : -1,
        'aria-selected': chosen,
        'data-region': row.region,
        onClick: () => acts.region(row.region),
        onKeyDown: keys,
        onMouseEnter: hover(row.region),
        onMouseLeave: hover(null),
      },
      h('th', { scope: 'row' }, row.name),
      h('td', { className: 'yw-m-bar' }, h('div', { className: 'yw-bar' }, h('i', { style: { width: Math.max(0, Math.min(1, row.bar || 0)) * 100 + '%' } }))),
      h('td', { className: 'yw-m-value' }, row.mark && h('em', { className: 'yw-mark yw-mark-' + row.mark, title: row.mark_text }, texts.marks[row.mark]),
        h('span', tonglan.explained(indicator, row.region), row.value)),
      topics.map((topic) => h('td', { key: topic.id, className: 'yw-m-lamp' }, h(Lamp, { lamp: row.lamps[topic.id] || 'none' })))
    );
  }

  function move(element, step) {
    const rows = [...element.parentNode.children];
    const next = rows[rows.indexOf(element) + step];
    if (!next) return;
    rows.forEach((row) => (row.tabIndex = row === next ? 0 : -1));
    next.focus();
  }

  function CountyMatrix({ id }) {
    const matrix = board.use((state) => state.model && state.model.matrix);
    const region = board.use((state) => state.view.region);
    if (!matrix) return h('section', { id, className: 'yw-card yw-matrix' });
    const chosen = matrix.rows.some((row) => row.region === region);
    const first = chosen ? region : matrix.rows.length && matrix.rows[0].region;
    return h(
      'section',
      { id, className: 'yw-card yw-matrix', 'aria-label': texts.matrix },
      h('h2', null, texts.matrix, h('small', null, [matrix.indicator.period, matrix.indicator.title].filter(Boolean).join(' ') + ' · ' + texts.matrixHint),
        h('span', { className: 'yw-grow' }), h(Legend)),
      h('div', { className: 'yw-table' },
        h('table', { role: 'grid', 'aria-label': texts.matrix }, h(Head, { matrix }),
          h('tbody', null, matrix.rows.map((row) => h(Row, { key: row.region, row, indicator: matrix.indicator.id, topics: matrix.topics, chosen: row.region === region,
            other: chosen && row.region !== region, focusable: row.region === first, onMove: move })))))
    );
  }
  tonglan.CountyMatrix = CountyMatrix;
})();
