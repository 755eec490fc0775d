/* The board: a column for each stage with what is overdue first, and the lanes beside them. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, work, caseParts, caseAddress } = tonglan;
  const T = tonglan.caseTexts;
  const SHOWN = 60; // cards a column; the desk has the rest
  const EVERY = 30000; // ms after which the board asks anew
  const NAMES = ['region', 'unit', 'overdue', 'as_of'];
  const LAST = '结案';

  const read = () => {
    const query = new URLSearchParams(window.location.search);
    return Object.fromEntries(NAMES.map((name) => [name, query.get(name) || '']));
  };

  function write(view) {
    const query = new URLSearchParams(window.location.search);
    NAMES.forEach((name) => (view[name] ? query.set(name, view[name]) : query.delete(name)));
    window.history.replaceState(null, '', query.size ? '?' + query : window.location.pathname);
  }

  const asked = (column) => (T.lanes.includes(column) ? { state: column } : { stage: column });

  /* {column: {items, total}}: each column asked apart, so that a slow one holds up no other. */
  function useColumns(view) {
    const [columns, setColumns] = React.useState({});
    const [failure, setFailure] = React.useState(null);
    const [turn, setTurn] = React.useState(0);
    React.useEffect(() => {
      const mine = new AbortController();
      const one = (column) => tonglan.api.get(caseAddress.path(Object.assign({ order: column === LAST ? 'new' : 'due' }, view, asked(column)), { limit: SHOWN }), { signal: mine.signal }).then(
        (answer) => {
          setColumns((old) => Object.assign({}, old, { [column]: answer }));
          setFailure(null);
        },
        (wrong) => mine.signal.aborted || setFailure(wrong));
      T.stages.concat(T.lanes).forEach(one);
      return () => mine.abort();
    }, [view, turn]);
    React.useEffect(() => {
      if (view.as_of) return undefined;
      const timer = setInterval(() => document.hidden || setTurn((old) => old + 1), EVERY);
      return () => clearInterval(timer);
    }, [view]);
    return { columns, failure, again: () => setTurn((old) => old + 1) };
  }

  function CardOf({ row, now }) {
    return h('a', { className: classes('yw-cb-card', row.overdue && 'yw-cs-late'), href: caseParts.caseLink(row.id) },
      h('span', { className: 'yw-cb-line' }, h(caseParts.Level, { level: caseParts.levelOf(row) }), h('b', null, caseParts.nameOf(row.category)), h(caseParts.Drill, { row }), row.directive && h('i', { className: 'yw-cs-mark' }, T.directive), h('span', { className: 'yw-grow' }), h(caseParts.StateTag, { row })),
      h('small', null, row.place || row.text), h('span', { className: 'yw-cb-line' }, h('small', null, row.unit_name || T.nobody), h('span', { className: 'yw-grow' }), h(caseParts.LateBeside, { row }), h(caseParts.Due, { row, now })));
  }

  function Column({ name, answer, view, now }) {
    const items = answer ? answer.items : [];
    const counted = (answer && answer.counts) || {};
    const most = T.lanes.includes(name) ? counted.state : counted.stage;
    const open = Boolean(answer) && typeof answer.total !== 'number'; // more than are counted
    const total = answer ? (open ? Math.max(items.length, (most && most[name]) || 0) : answer.total) : 0;
    const late = counted.overdue || 0; // of the whole column, not of the cards that are shown
    const query = new URLSearchParams(asked(name));
    NAMES.filter((one) => view[one]).forEach((one) => query.set(one, view[one]));
    return h('section', { className: classes('yw-card', 'yw-cb-column', T.lanes.includes(name) && 'yw-cb-lane'), 'aria-label': name },
      h('h2', null, name, h('b', null, answer ? total.toLocaleString('en-US') + (open ? '+' : '') : '…'), T.laneHint[name] && h('small', null, T.laneHint[name]), h('span', { className: 'yw-grow' }), late > 0 && name !== LAST && h('span', { className: 'yw-cs-overdue' }, T.overdue(late))),
      h('div', { className: 'yw-cb-cards' }, items.map((row) => h(CardOf, { key: row.id, row, now })), answer && !items.length && h('p', { className: 'yw-t3' }, T.emptyColumn),
        total > items.length && h('a', { className: 'yw-linkish', href: '/cases?' + query }, T.more(total - items.length))));
  }

  function Tools({ view, change }) {
    const units = caseParts.useUnits();
    const boot = tonglan.boot();
    const set = (name) => (event) => change({ [name]: event.target.value });
    return h(React.Fragment, null,
      h(work.Select, { 'aria-label': T.region, className: 'yw-cb-select', value: view.region, onChange: set('region'), options: [{ value: '', title: T.wholeCity }].concat(boot.places.map((one) => ({ value: one.code, title: one.name }))) }),
      h(work.Select, { 'aria-label': T.unit, className: 'yw-cb-select', value: view.unit, onChange: set('unit'), options: [{ value: '', title: T.unit + ' · ' + T.any }].concat(units.map((one) => ({ value: one.id, title: one.short_name || one.name }))) }),
      h('button', { type: 'button', className: classes('yw-button', view.overdue && 'yw-cs-active'), 'aria-pressed': Boolean(view.overdue), onClick: () => change({ overdue: view.overdue ? '' : '1' }) }, T.overdueOnly));
  }

  function Board() {
    const [view, setView] = React.useState(read);
    const { columns, failure, again } = useColumns(view);
    const change = (what) => {
      const next = Object.assign({}, view, what);
      write(next);
      setView(next);
    };
    const now = view.as_of ? new Date(view.as_of).getTime() : clock.now();
    const names = T.stages.concat(T.lanes);
    return h(tonglan.WorkPage, { page: 'case-board', title: T.board, ready: Boolean(failure) || names.every((name) => columns[name]) },
      view.as_of && h('div', { className: 'yw-bar-line', role: 'status' }, h('b', null, T.replay(view.as_of.replace('T', ' ').slice(0, 16))), h('span', { className: 'yw-grow' }), h('button', { type: 'button', className: 'yw-button', onClick: () => change({ as_of: '' }) }, T.leaveReplay)),
      failure && h(tonglan.Failure, { failure, again }),
      h('div', { className: 'yw-cb' }, h('div', { className: 'yw-cb-tools' }, h(Tools, { view, change }), h('span', { className: 'yw-t3' }, T.boardHint)),
        h('div', { className: 'yw-cb-columns' }, names.map((name) => h(Column, { key: name, name, answer: columns[name], view, now })))));
  }
  tonglan.pages['case-board'] = Board;
})();
