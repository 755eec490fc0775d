/* /case-imports: a file of cases in, a report of every refused row out. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, api, clock, work } = tonglan;
  const { Card, Button, Field, Select, Notice, Bones, Progress } = work;
  const T = tonglan.evaluationTexts.imports;
  const SHOWN = 200;
  const LOOK_MS = 1500;
  const options = (words) => Object.entries(words).map(([value, title]) => ({ value, title }));

  function Result({ one }) {
    const numbers = [[T.accepted, one.accepted], [T.repeated, one.repeated], [T.refused, one.refused]];
    return h(Card, { title: one.name },
      h('div', { className: 'yw-imp-numbers' }, numbers.map(([name, n]) => h('div', { key: name, className: classes(name === T.refused && n > 0 && 'yw-imp-bad') }, h('small', null, name), h('b', null, (n || 0).toLocaleString('en-US')))), one.refused > 0 && h('a', { className: 'yw-button', href: one.report_url + '/refused.csv' }, T.download)),
      !one.rows.length ? h('p', { className: 'yw-empty' }, T.good)
        : h('div', { className: 'yw-imp-scroll' }, h('table', { className: 'yw-imp-rows' }, h('thead', null, h('tr', null, T.columns.map((name) => h('th', { key: name, scope: 'col' }, name)))),
          h('tbody', null, one.rows.slice(0, SHOWN).map((row, n) => h('tr', { key: n }, h('td', null, row.row), h('td', null, row.item), h('td', null, row.problem), h('td', null, row.remedy)))))),
      one.rows.length > SHOWN && h('p', { className: 'yw-t3' }, T.more(one.rows.length - SHOWN)));
  }

  function Latest({ items, open }) {
    if (!items.length) return h('p', { className: 'yw-empty' }, T.nobody);
    return h('table', { className: 'yw-imp-rows' }, h('thead', null, h('tr', null, T.listColumns.map((name) => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, items.map((one) => h('tr', { key: one.id }, h('td', null, h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => open(one) }, one.name)), h('td', null, clock.minute(one.at)), h('td', null, one.accepted), h('td', null, one.refused), h('td', null, one.state)))));
  }

  function ImportsPage() {
    const [crs, setCrs] = React.useState('');
    const [dates, setDates] = React.useState('ymd');
    const [one, setOne] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const [over, setOver] = React.useState(false);
    const [wrong, setWrong] = React.useState(null);
    const latest = tonglan.useData('/api/v1/case-imports');
    const waiting = one && one.accepted === null;
    React.useEffect(() => {
      if (!waiting || one.problem) return undefined;
      const timer = setTimeout(() => open(one), LOOK_MS);
      return () => clearTimeout(timer);
    }, [one]);
    React.useEffect(() => {
      if (one && !waiting) latest.reload(); // what the worker has ended stands in the list now
    }, [waiting]);
    const lost = (known) => (failure) => {
      if (known.accepted === null && (!failure.status || failure.status >= 500)) return setOne(Object.assign({}, known)); // asked again
      return setWrong(failure.detail || failure.title);
    };
    const open = (known) => api.get(known.report_url).then(setOne, lost(known));
    const send = async (file) => {
      if (!file) return;
      setBusy(true);
      setWrong(null);
      setOne(null);
      try {
        setOne(await api.raw('POST', '/api/v1/case-imports?' + new URLSearchParams({ name: file.name, crs, dates }), file));
      } catch (failure) {
        setWrong(failure.detail || failure.title);
      }
      setBusy(false);
    };
    const drop = (event) => {
      event.preventDefault();
      setOver(false);
      send(event.dataTransfer.files[0]);
    };
    return h(tonglan.WorkPage, { page: 'case-imports', title: T.title, ready: Boolean(latest.data || latest.failure) },
      h('div', { className: 'yw-list yw-imp' },
        h(Card, { title: T.title, tools: h('a', { className: 'yw-button', href: '/api/v1/case-imports/template.csv' }, T.template) },
          h('p', { className: 'yw-t3' }, T.intro + T.idempotent),
          h('div', { className: 'yw-imp-options' }, h(Field, { label: T.crs }, h(Select, { options: options(T.systems), value: crs, onChange: (event) => setCrs(event.target.value) })),
            h(Field, { label: T.dates }, h(Select, { options: options(T.formats), value: dates, onChange: (event) => setDates(event.target.value) }))),
          h('label', { className: classes('yw-imp-drop', over && 'yw-on'), onDragOver: (event) => { event.preventDefault(); setOver(true); }, onDragLeave: () => setOver(false), onDrop: drop },
            h('input', { type: 'file', className: 'yw-unseen', accept: '.csv,.xlsx,.xls,.txt', disabled: busy, onChange: (event) => { send(event.target.files[0]); event.target.value = ''; } }),
            h('b', null, busy ? T.sending : T.choose), !busy && h('span', null, T.drop)),
          wrong && h(Notice, { tone: 'bad', text: wrong })),
        waiting && h(Card, { title: one.name }, one.problem ? h(Notice, { tone: 'bad', text: one.problem }) : h('div', { className: 'yw-imp-going' }, h('p', null, T.working(one.state, one.progress)), h(Progress, { share: one.progress && one.progress.of ? one.progress.done / one.progress.of : 0, label: one.state }))),
        one && !waiting && h(Result, { one }),
        h(Card, { title: T.latest }, latest.failure ? h(tonglan.Failure, { failure: latest.failure, again: latest.reload }) : !latest.data ? h(Bones, { rows: 3 }) : h(Latest, { items: latest.data.items, open }))));
  }
  tonglan.pages['case-imports'] = ImportsPage;
})();
