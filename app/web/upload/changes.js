/* What a submission changes against the live version: on the map, as a table; shapes and words, not hues. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, format, desk, work, WORK_SOURCE } = tonglan;
  const { Card, Segments, Bones } = work;
  const T = tonglan.uploadTexts;
  const SIGNS = { added: '＋', removed: '－', changed: '改' };
  const ORDER = ['added', 'removed', 'changed'];

  const of = (kind) => ['==', ['get', 'change'], kind];
  const points = (kind) => ['all', of(kind), ['==', ['geometry-type'], 'Point']];
  const shapes = (kind) => ['all', of(kind), ['!=', ['geometry-type'], 'Point']];

  /* Added: filled disc; removed: hollow, dashed; changed: square sign. All three carry their sign. */
  function layers(theme, rem) {
    const ink = tonglan.boot().colours[theme];
    const line = (kind, paint) => ({ id: WORK_SOURCE + '/line-' + kind, type: 'line', source: WORK_SOURCE, filter: shapes(kind), paint });
    const disc = (kind, paint) => ({ id: WORK_SOURCE + '/disc-' + kind, type: 'circle', source: WORK_SOURCE, filter: points(kind), paint });
    const sign = (kind, colour) => ({ id: WORK_SOURCE + '/sign-' + kind, type: 'symbol', source: WORK_SOURCE, filter: of(kind),
      layout: { 'text-field': SIGNS[kind], 'text-font': tonglan.paintFont, 'text-size': 0.75 * rem, 'text-overlap': 'always' }, paint: { 'text-color': colour } });
    const wide = 0.14 * rem;
    return [
      { id: WORK_SOURCE + '/same', type: 'circle', source: WORK_SOURCE, filter: ['!', ['has', 'change']], paint: { 'circle-radius': 0.18 * rem, 'circle-color': ink['data-2'], 'circle-opacity': 0.6 } },
      line('removed', { 'line-color': ink['text-2'], 'line-width': wide, 'line-dasharray': [2, 2] }),
      line('changed', { 'line-color': ink['data-2'], 'line-width': wide * 1.6 }),
      line('added', { 'line-color': ink.accent, 'line-width': wide }),
      disc('changed', { 'circle-radius': 0.5 * rem, 'circle-color': ink['surface-1'], 'circle-stroke-color': ink.accent, 'circle-stroke-width': 1.2 }),
      disc('removed', { 'circle-radius': 0.5 * rem, 'circle-color': ink['surface-1'], 'circle-stroke-color': ink['text-2'], 'circle-stroke-width': 1.2 }),
      disc('added', { 'circle-radius': 0.5 * rem, 'circle-color': ink.accent, 'circle-stroke-color': ink['surface-1'], 'circle-stroke-width': 1.2 }),
      sign('changed', ink.accent), sign('removed', ink['text-2']), sign('added', ink['on-accent']),
    ];
  }

  function Legend({ counts }) {
    return h('ul', { className: 'yw-over yw-change-legend' }, ORDER.map((kind) => h('li', { key: kind }, h('i', { className: 'yw-change yw-change-' + kind, 'aria-hidden': true }, SIGNS[kind]), T.diff.kinds[kind], h('b', null, format.count(counts[kind])))));
  }

  const keyOf = (row) => (row && (row.key !== undefined ? row.key : row.id !== undefined ? row.id : typeof row === 'object' ? Object.values(row.values || row.properties || row)[0] : row));
  const textOf = (value) => (value === null || value === undefined || value === '' ? T.checks.empty : String(value));

  function summary(row) {
    const values = (row && (row.values || row.properties || row.fields)) || {};
    return Object.entries(values).filter(([, value]) => typeof value !== 'object' && value !== row.key).slice(0, 4).map(([name, value]) => name + ' ' + textOf(value)).join(';');
  }

  function Table({ table }) {
    const rows = ORDER.flatMap((kind) => (table[kind] || []).map((row, n) => ({ kind, row, n })));
    const shown = rows.length;
    const total = ORDER.reduce((sum, kind) => sum + ((table.counts || {})[kind] || 0), 0);
    if (!shown) return h('p', { className: 'yw-empty' }, T.diff.same);
    return h('div', { className: 'yw-check-body' }, h('table', { className: 'yw-check-table yw-diff-table' },
      h('thead', null, h('tr', null, T.diff.columns.map((name) => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, rows.map(({ kind, row, n }) => h('tr', { key: kind + n }, h('td', null, h('i', { className: 'yw-change yw-change-' + kind, 'aria-hidden': true }, SIGNS[kind]), T.diff.kinds[kind]),
        h('td', null, h('b', null, textOf(keyOf(row)))),
        h('td', { className: 'yw-wrap' }, kind === 'changed' && row.fields ? Object.entries(row.fields).map(([name, pair]) => h('span', { key: name, className: 'yw-pair' }, h('small', null, name), ' ', h('s', null, textOf(pair[0])), ' → ', h('b', null, textOf(pair[1])))) : summary(row)))))),
    total > shown && h('p', { className: 'yw-t3' }, T.diff.more(format.count(total), format.count(shown))));
  }

  /* Of a first version: everything is new, so the map shows the layer itself. */
  function Changes() {
    const submission = desk.use((state) => state.submission);
    const diff = desk.use((state) => state.diff);
    const preview = desk.use((state) => state.preview);
    const style = tonglan.useDraftStyle();
    const theme = tonglan.useTheme();
    const [tab, setTab] = React.useState('map');
    const counts = (diff && diff.table && diff.table.counts) || submission.diff;
    const tabs = diff ? T.diff.tabs : T.diff.tabs.slice(0, 1);
    const versions = desk.use((state) => state.versions);
    const base = tonglan.deskState.baseOf(submission, versions);
    const only = base === null;
    const note = counts && !only ? T.diff.note(base) : only ? T.diff.first : T.diff.later;
    const onMap = diff && diff.map && diff.map.features.length ? diff.map : null;
    const geometry = submission.report ? submission.report.geometry : 'point';
    return h(
      Card,
      { title: T.diff.title, note, className: 'yw-changes', tools: tabs.length > 1 && h(Segments, { label: T.diff.title, value: tab, options: tabs, onChange: setTab }) },
      tab === 'table' && diff ? h(Table, { table: diff.table })
        : onMap ? h(tonglan.WorkMap, { key: 'diff', collection: onMap, layers, theme, label: T.diff.map, className: 'yw-changes-map' }, h(Legend, { counts }))
          : preview ? h(tonglan.WorkMap, { key: 'all', collection: preview, style, geometry, theme, label: T.style.map, className: 'yw-changes-map' })
            : h('div', { className: 'yw-up-map yw-changes-map yw-up-map-empty' }, preview === false ? h('p', null, T.style.none) : h(Bones, { rows: 4 }))
    );
  }

  tonglan.Changes = Changes;
})();
