/* The form as a table: type, move and paste as in Excel; last and same period beside each cell. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, report } = tonglan;
  const desk = tonglan.reportDesk;
  const T = tonglan.reportTexts;
  const RANK = { error: 0, explain: 1, tell: 2 };

  /* place → the worst finding; explained ones count as "done". */
  function marks(filing, draft) {
    const found = {};
    filing.findings.forEach((one) => {
      const note = (draft[one.place] || {}).note || '';
      const mark = one.severity === 'explain' && note.trim().length >= 2 ? 'done' : one.kind === 'missing' && !(draft[one.place] || {}).text ? 'empty' : one.severity;
      const rank = RANK[one.severity];
      if (!found[one.place] || rank < found[one.place].rank) found[one.place] = { rank, mark, text: one.text };
    });
    return found;
  }

  const full = (value) => (value === null || value === undefined ? undefined : String(value));
  const input = (row, column) => document.querySelector('.yw-rep-grid input[data-row="' + row + '"][data-column="' + column + '"]');

  function go(row, column) {
    const next = input(row, column);
    if (next) next.focus();
    return Boolean(next);
  }

  /* Tab goes on in the next row, as in Excel; behind the last cell it leaves the table. */
  function wrap(row, by) {
    const boxes = document.querySelectorAll('.yw-rep-grid input[data-row="' + (row + by) + '"]');
    const next = boxes[by > 0 ? 0 : boxes.length - 1];
    if (next) next.focus();
    return Boolean(next);
  }

  function keys(event, row, column, rows) {
    const box = event.target;
    const whole = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: event.shiftKey ? [-1, 0] : [1, 0] };
    if (event.key === 'ArrowLeft' && (whole || box.selectionEnd === 0)) steps.ArrowLeft = [0, -1];
    if (event.key === 'ArrowRight' && (whole || box.selectionStart === box.value.length)) steps.ArrowRight = [0, 1];
    if (event.key === 'Tab') steps.Tab = [0, event.shiftKey ? -1 : 1];
    const step = steps[event.key];
    if (!step || event.nativeEvent.isComposing) return;
    const moved = go(row + step[0], column + step[1]) || (event.key === 'Tab' && wrap(row, step[1]));
    if (moved || event.key !== 'Tab') event.preventDefault();
    if (!moved && event.key === 'Enter' && row === rows - 1) go(0, column + 1);
  }

  function paste(event, place) {
    const text = event.clipboardData.getData('text/plain');
    if (!/[\t\n]/.test(text.replace(/\r?\n$/, ''))) return;
    event.preventDefault();
    desk.place(text, place ? { at: place } : {});
  }

  const Cell = React.memo(function Cell({ place, row, column, rows, text, note, mark, why, label, readonly, picked }) {
    if (readonly) return h('td', { className: classes('yw-rep-cell', 'yw-rep-fixed', mark && 'yw-rep-' + mark, picked && 'yw-rep-picked'), title: [why, note].filter(Boolean).join(' · ') || undefined, 'data-place': place }, h('b', null, text || '—'), note && h('i', { className: 'yw-rep-said', 'aria-label': note }, '注'));
    return h('td', { className: classes('yw-rep-cell', mark && 'yw-rep-' + mark, picked && 'yw-rep-picked') },
      h('input', {
        value: text, 'aria-label': label, 'aria-invalid': mark === 'error' || undefined, title: why || undefined, 'data-place': place, 'data-row': row, 'data-column': column,
        autoComplete: 'off', spellCheck: false, inputMode: 'decimal', maxLength: 64,
        onFocus: (event) => { event.target.select(); desk.set({ picked: place }); },
        onChange: (event) => desk.edit({ [place]: { text: event.target.value } }),
        onKeyDown: (event) => keys(event, row, column, rows),
        onPaste: (event) => paste(event, place),
      }), note && h('i', { className: 'yw-rep-said', title: note }, '注'));
  });

  function Head({ filing, define, defined }) {
    return h('thead', null,
      h('tr', null, h('th', { rowSpan: 2, scope: 'col', className: 'yw-rep-region' }, T.grid.region),
        filing.columns.map((one) => h('th', { key: one.id, colSpan: 3, scope: 'colgroup', className: 'yw-rep-title' },
          h('button', { type: 'button', className: 'yw-plain', 'aria-expanded': defined === one.id, title: one.definition, onClick: () => define(defined === one.id ? null : one.id) }, one.title, one.unit && h('small', null, one.unit), h('u', null, '口径'))))),
      h('tr', null, filing.columns.map((one) => [
        h('th', { key: one.id + 1, scope: 'col', className: 'yw-rep-now' }, T.grid.now, h('small', null, filing.label)),
        h('th', { key: one.id + 2, scope: 'col' }, T.grid.last, h('small', null, filing.last.label)),
        h('th', { key: one.id + 3, scope: 'col', title: filing.same.label }, T.grid.same, h('small', null, /^\d{4} 年/.test(filing.same.label) ? filing.same.label.slice(0, 6) : filing.same.label)),
      ])));
  }

  function Grid() {
    const { filing, draft, picked } = { filing: desk.use((s) => s.filing), draft: desk.use((s) => s.draft), picked: desk.use((s) => s.picked) };
    const [defined, define] = React.useState(null);
    const column = filing.columns.find((one) => one.id === defined);
    const readonly = !desk.editable(filing);
    const found = marks(filing, draft);
    React.useEffect(() => {
      const take = (event) => event.target.closest('input,textarea') || paste(event, null);
      document.addEventListener('paste', take);
      return () => document.removeEventListener('paste', take);
    }, []);
    return h('div', { className: 'yw-rep-scroll' },
      column && h('p', { className: 'yw-rep-definition' }, h('b', null, column.title), column.definition, h('span', null, column.source)),
      h('table', { className: 'yw-rep-grid' }, h(Head, { filing, define, defined }),
        h('tbody', null, filing.rows.map((row, r) => h('tr', { key: row.code, className: row.level === 'city' ? 'yw-rep-city' : undefined },
          h('th', { scope: 'row', className: 'yw-rep-region' }, row.name),
          filing.columns.map((one, c) => {
            const place = one.id + '|' + row.code;
            const cell = draft[place] || { text: '', note: '' };
            const known = filing.known[place] || {};
            const mark = found[place];
            return [
              h(Cell, { key: place, place, row: r, column: c, rows: filing.rows.length, text: cell.text, note: cell.note, mark: mark && mark.mark, why: mark && mark.text, label: row.name + ' ' + one.title, readonly, picked: picked === place }),
              h('td', { key: place + 1, className: 'yw-rep-known', title: full(known.last), 'data-explain': known.last === null || known.last === undefined ? undefined : place + '|' + filing.last.period }, report.number(known.last, one.precision)),
              h('td', { key: place + 2, className: 'yw-rep-known', title: full(known.same), 'data-explain': known.same === null || known.same === undefined ? undefined : place + '|' + filing.same.period }, report.number(known.same, one.precision)),
            ];
          }))))));
  }
  Object.assign(tonglan.report, { Grid, marks, focus: (place) => { const box = document.querySelector('.yw-rep-grid [data-place="' + place + '"]'); if (box) { box.scrollIntoView({ block: 'nearest', inline: 'nearest' }); if (box.focus) box.focus(); } } });
})();
