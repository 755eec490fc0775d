/* The checks: a line per kind of problem with its remedy, its count and a button. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, format, desk, deskActs, deskState, work, Lamp } = tonglan;
  const { Card, Button, Bones } = work;
  const T = tonglan.uploadTexts;
  const GEOMETRY = /^\s*(MULTI)?(POINT|LINESTRING|POLYGON)|^\s*GEOMETRYCOLLECTION/i;

  /* Rings and lines of a WKT, without its own numbers' meaning: for a drawing in a small frame. */
  function shapes(wkt) {
    return (wkt.match(/\(([^()]+)\)/g) || []).map((part) => part.slice(1, -1).split(',')
      .map((pair) => pair.trim().split(/\s+/).slice(0, 2).map(Number)).filter((point) => point.length === 2 && point.every(Number.isFinite))).filter((line) => line.length);
  }

  function Shape({ wkt, others, label }) {
    const all = shapes(wkt).concat(others ? shapes(others) : []).flat();
    if (!all.length) return h('span', { className: 'yw-t3' }, T.checks.noShape);
    const [west, east] = [Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0]))];
    const [south, north] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];
    const side = Math.max(east - west, north - south) || 1;
    const at = ([x, y]) => [6 + ((x - west + (side - (east - west)) / 2) / side) * 84, 6 + ((north - y + (side - (north - south)) / 2) / side) * 60];
    const area = /POLYGON/i.test(wkt);
    return h('svg', { className: 'yw-shape', viewBox: '0 0 96 72', role: 'img', 'aria-label': label },
      shapes(wkt).map((line, n) => (line.length === 1
        ? h('circle', { key: n, cx: at(line[0])[0], cy: at(line[0])[1], r: 4, className: 'yw-shape-dot' })
        : h('path', { key: n, d: line.map((point, m) => (m ? 'L' : 'M') + at(point).map((one) => one.toFixed(1)).join(' ')).join('') + (area ? 'Z' : ''), className: classes('yw-shape-line', area && 'yw-shape-area') }))));
  }

  function Side({ value, label, other }) {
    const text = value === null || value === undefined || value === '' ? T.checks.empty : String(value);
    return h('div', { className: 'yw-sample-side' }, h('small', null, label), GEOMETRY.test(text) ? h(Shape, { wkt: text, others: GEOMETRY.test(other || '') ? other : '', label }) : h('span', null, text));
  }

  function Samples({ issue }) {
    return h('ul', { className: 'yw-samples' }, issue.sample.map((one, n) => h('li', { key: n },
      h('b', null, T.checks.row(one.row)),
      h(Side, { value: one.before, label: T.checks.before, other: one.after }),
      issue.fix && h('i', { 'aria-hidden': true }, '→'),
      issue.fix && h(Side, { value: one.after, label: T.checks.after, other: one.before }))));
  }

  const LAMPS = { error: 'bad', warning: 'warn', notice: 'none' };

  function Line({ issue, locked, open, onToggle }) {
    const fixable = Boolean(issue.fix);
    const more = issue.sample && issue.sample.length > 0;
    const button = issue.fixed ? h(Button, { disabled: locked, onClick: () => deskActs.unfix(issue.id) }, T.checks.undo)
      : fixable ? h(Button, { kind: 'line', disabled: locked, onClick: () => deskActs.fix([issue.id]) }, T.checks.fix)
        : issue.severity === 'notice' ? null : h(Button, { disabled: locked, onClick: () => desk.set({ editing: issue }) }, T.checks.edit);
    return [
      h('tr', { key: issue.id, className: classes(issue.fixed && 'yw-check-fixed') },
        h('td', { className: 'yw-check-row' }, h('b', null, issue.rows_label || issue.row || T.checks.whole)),
        h('td', { className: 'yw-check-item' }, h(Lamp, { lamp: issue.fixed ? 'ok' : LAMPS[issue.severity] || 'none', quiet: true }), issue.item, h('span', { className: 'yw-unseen' }, T.severity[issue.severity])),
        h('td', { className: 'yw-check-problem' }, more ? h('button', { type: 'button', className: 'yw-plain', 'aria-expanded': open, title: T.checks.examples, onClick: onToggle }, issue.problem, h('i', { 'aria-hidden': true }, open ? '▴' : '▾')) : issue.problem),
        h('td', { className: 'yw-check-remedy' }, issue.fixed ? T.checks.fixed(issue.remedy) : issue.remedy),
        h('td', { className: 'yw-check-count' }, T.checks.rows(format.count(issue.count))),
        h('td', { className: 'yw-check-do' }, button)),
      open && h('tr', { key: issue.id + '+', className: 'yw-check-more' }, h('td', { colSpan: 6 }, h(Samples, { issue }))),
    ];
  }

  function counted(checks) {
    const parts = [T.checks.total(format.count(checks.total)), T.checks.passed(format.count(checks.passed))];
    if (checks.fixable) parts.push(T.checks.fixable(format.count(checks.fixable)));
    if (checks.manual) parts.push(T.checks.manual(format.count(checks.manual)));
    if (checks.quarantined) parts.push(T.checks.quarantined(format.count(checks.quarantined)));
    return parts.join(' · ');
  }

  function Empty({ checks, submission }) {
    if (!checks && deskState.busy(submission)) return h(Bones, { rows: 4 });
    if (!checks) return h('p', { className: 'yw-empty' }, submission.question ? T.checks.afterAnswer : T.checks.none);
    return checks.issues.length ? null : h('p', { className: 'yw-empty' }, h(Lamp, { lamp: 'ok', quiet: true }), T.checks.clean);
  }

  /* Rows may have several problems: the server counts each row once. */
  function Checks({ locked }) {
    const submission = desk.use((state) => state.submission);
    const [open, setOpen] = React.useState(null);
    const { report } = submission;
    const checks = report && report.checks;
    const shut = locked || deskState.busy(submission);
    const todo = checks ? checks.issues.filter((issue) => issue.fix && !issue.fixed) : [];
    const rows = checks ? checks.fixable || todo.reduce((sum, issue) => sum + issue.count, 0) : 0;
    const tools = [
      checks && checks.quarantined > 0 && h(Button, { key: 'aside', disabled: shut, onClick: () => desk.set({ editing: { quarantined: true } }) }, T.checks.aside),
      checks && h('a', { key: 'report', className: 'yw-button yw-act', href: '/api/v1/submissions/' + submission.id + '/report.xlsx', download: '' }, T.checks.report),
      todo.length > 0 && h(Button, { key: 'all', kind: 'main', disabled: shut, onClick: () => deskActs.fix(todo.map((issue) => issue.id)) }, T.checks.fixAll(format.count(rows))),
    ];
    return h(
      Card,
      { title: T.checks.title, note: checks && counted(checks), tools, className: 'yw-checks' },
      h(Empty, { checks, submission }),
      checks && checks.issues.length > 0 && h('div', { className: 'yw-check-body' }, h('table', { className: 'yw-check-table' },
        h('thead', null, h('tr', null, T.checks.columns.map((name, n) => h('th', { key: name, scope: 'col', className: n === 4 ? 'yw-check-count' : undefined }, name)), h('th', null, h('span', { className: 'yw-unseen' }, T.checks.act)))),
        h('tbody', null, checks.issues.map((issue) => h(Line, { key: issue.id, issue, locked: shut, open: open === issue.id, onToggle: () => setOpen(open === issue.id ? null : issue.id) }))))),
      report && report.schema && h(tonglan.SchemaLine, { schema: report.schema, submission, locked: shut })
    );
  }

  /* What changed in the columns since the last version; an incompatible change needs a yes. */
  function SchemaLine({ schema, submission, locked }) {
    const said = T.schema.parts.map(([key, word]) => (schema[key] || []).length && word + ' ' + schema[key].map((one) => (typeof one === 'string' ? one : one.name || one[0])).join('、')).filter(Boolean);
    if (!said.length) return null;
    const must = schema.compatible === false && !submission.answers.accept_schema;
    return h('div', { className: 'yw-schema' }, h(Lamp, { lamp: must ? 'warn' : 'none', quiet: true }), h('p', null, h('b', null, T.schema.title), ' ' + said.join(';')),
      must && h(Button, { kind: 'line', disabled: locked, onClick: () => deskActs.answers({ accept_schema: true }) }, T.schema.accept));
  }

  Object.assign(tonglan, { Checks, SchemaLine });
})();
