/* Panels of bars: ranking with the target's tick, progress against time, parts of a whole, contributions. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, board, topicTexts, topicParts, topicRows } = tonglan;
  const { Value, LampOf, paint, plain, under } = topicParts;
  const kinds = tonglan.topicKinds;
  const percent = (share) => Math.max(0, Math.min(1, share || 0)) * 100 + '%';
  /* How wide the names stand: six letters, up to ten where the places have longer ones. */
  const named = (rows) => Math.min(10, Math.max(6, ...rows.map((row) => [...(row.name || '')].length))) * 0.875 + 0.25 + 'rem';
  const TONES = { bad: 'var(--bad)', warn: 'var(--warn)' };

  function Ranked({ row, first, tick, unit }) {
    const made = topicRows.useRow(row, first);
    const cell = row.cell || {};
    const known = row.share !== null && row.share !== undefined;
    return h('div', Object.assign({}, made, { className: classes(made.className, 'yw-tp-rank'), role: 'listitem', 'aria-label': row.name + ' ' + plain(cell) }),
      h('span', { className: 'yw-tp-rank-name' }, row.name),
      h('span', { className: 'yw-tp-bar' }, known && h('i', { style: { width: percent(row.share), background: cell.class ? paint(cell.class.colour) : TONES[cell.lamp] } }), tick !== null && h('b', { style: { left: percent(tick) } })),
      h(Value, { cell: under(cell, unit) }));
  }

  kinds.ranking = function Ranking({ panel }) {
    const { rows, target, max } = panel.data;
    const box = topicRows.useInSight(board.use((state) => state.view.site || state.view.region));
    const scaled = rows.find((row) => row.share && row.cell && row.cell.value); // one scale for bars and tick
    const whole = scaled ? scaled.cell.value / scaled.share : max;
    const tick = target !== null && target !== undefined && whole ? target / whole : null;
    return h('div', { className: 'yw-tp-ranking', role: 'list', ref: box, style: { '--n': rows.length, '--named': named(rows) } }, rows.map((row, n) => h(Ranked, { key: row.code || n, row, first: n === 0, tick, unit: panel.data.unit })));
  };

  kinds.progress = ({ panel }) => h('div', { className: 'yw-tp-ranking', role: 'list', style: { '--n': panel.data.rows.length } }, panel.data.rows.map((row, n) =>
    h('div', { key: row.name + n, className: 'yw-tp-progress', role: 'listitem', 'data-row': row.name, tabIndex: n ? -1 : 0, onKeyDown: topicRows.arrows },
      h('span', { className: 'yw-tp-named' }, h(LampOf, { lamp: row.lamp || 'none' }), h('span', { className: 'yw-name-text' }, row.name)),
      h('span', { className: 'yw-tp-of' }, h(Value, { cell: row.done }), h('small', null, ' / '), h(Value, { cell: row.target })),
      h('span', { className: 'yw-tp-bar' }, h('i', { style: { width: percent(row.share), background: TONES[row.lamp] } }), row.elapsed !== null && row.elapsed !== undefined && h('b', { style: { left: percent(row.elapsed) }, title: topicTexts.elapsed })),
      h('b', { className: 'yw-tp-share' }, row.share === null || row.share === undefined ? topicTexts.missing : (row.share * 100).toFixed(1) + '%'))));

  const INKS = ['data', 'data-2', 'accent', 'q4', 'q6', 'q2', 'q5', 'q3'];

  kinds.composition = function Composition({ panel }) {
    const { parts, total } = panel.data;
    const ink = (part, n) => paint(part.colour || INKS[n % INKS.length]);
    return h('div', { className: 'yw-tp-whole' },
      h('div', { className: 'yw-tp-segments', 'aria-hidden': true }, parts.map((part, n) => h('i', { key: part.name, style: { flexGrow: Math.max(part.share || 0, 0.004), background: ink(part, n) }, title: part.name }))),
      h('div', { className: 'yw-tp-ranking', role: 'list', style: { '--n': parts.length + 1 } }, parts.map((part, n) =>
        h('div', { key: part.name, className: 'yw-tp-part', role: 'listitem', 'data-row': part.name, tabIndex: n ? -1 : 0, onKeyDown: topicRows.arrows }, h('i', { className: 'yw-tp-key', style: { background: ink(part, n) } }), h('span', { className: 'yw-name-text' }, part.name),
          h(Value, { cell: part.cell }), h('b', { className: 'yw-tp-share' }, part.share === null || part.share === undefined ? topicTexts.missing : (part.share * 100).toFixed(1) + '%'))),
      total && h('div', { className: 'yw-tp-part yw-tp-sum' }, h('i', { className: 'yw-tp-key' }), h('span', null, topicTexts.total), h(Value, { cell: total }), h('b', { className: 'yw-tp-share' }))));
  };

  kinds.contribution = function Contribution({ panel }) {
    const { rows, total } = panel.data;
    const most = Math.max(0.0001, ...rows.map((row) => Math.abs(row.share || 0)));
    const low = rows.some((row) => row.share < 0);
    return h('div', { className: 'yw-tp-ranking', role: 'list', style: { '--n': rows.length + 1, '--named': named(rows) } }, rows.map((row, n) => {
      const half = (Math.abs(row.share || 0) / most) * (low ? 50 : 100);
      const place = row.share < 0 ? { right: '50%' } : { left: low ? '50%' : 0 };
      return h('div', { key: row.name, className: 'yw-tp-rank', role: 'listitem', 'data-row': row.name, tabIndex: n ? -1 : 0, onKeyDown: topicRows.arrows }, h('span', { className: 'yw-tp-rank-name' }, row.name),
        h('span', { className: classes('yw-tp-bar', low && 'yw-tp-signed') }, h('i', { style: Object.assign({ width: half + '%', position: 'absolute', background: row.share < 0 ? 'var(--data-2)' : undefined }, place) })), h(Value, { cell: row.cell }));
    }), total && h('div', { className: 'yw-tp-rank yw-tp-sum' }, h('span', { className: 'yw-tp-rank-name' }, topicTexts.total), h('span'), h(Value, { cell: total })));
  };
})();
