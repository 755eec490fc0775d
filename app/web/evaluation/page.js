/* /evaluation: 考核 of a month by region, unit and post; its way from draft to final. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, work } = tonglan;
  const { Card, Segments, Button, Bones } = work;
  const T = tonglan.evaluationTexts;
  const { Matrix, Detail, Appeals, Steps, Ask } = tonglan.evaluation;
  const WITH_ROW = ['appeal', 'decide']; // asked from a cell, from an appeal

  const PERIOD = /^20\d\d(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$/;
  const MONTHS = { month: 1, quarter: 3, half: 6, year: 12 };
  const pad = (n) => String(n).padStart(2, '0');

  /* 2026-10 is a month, 2026-Q3 a quarter, 2026-H1 a half-year, 2026 a year. */
  const kindOf = (text) => (text.length === 4 ? 'year' : { Q: 'quarter', H: 'half' }[text[5]] || 'month');
  function firstMonth(text) {
    const n = Number(text.slice(kindOf(text) === 'month' ? 5 : 6)) || 1;
    return Number(text.slice(0, 4)) * 12 + (kindOf(text) === 'month' ? n - 1 : (n - 1) * MONTHS[kindOf(text)]);
  }
  function periodAt(kind, month) {
    const year = Math.floor(month / 12), n = Math.floor((month % 12) / MONTHS[kind]) + 1;
    return { month: year + '-' + pad(n), quarter: year + '-Q' + n, half: year + '-H' + n, year: String(year) }[kind];
  }
  const moved = (text, by) => periodAt(kindOf(text), firstMonth(text) + by * MONTHS[kindOf(text)]);

  /* Where the month stands on its way. */
  function Way({ data }) {
    const at = data.states.indexOf(data.state);
    return h('ol', { className: 'yw-eva-way', 'aria-label': T.steps }, data.states.map((name, n) =>
      h('li', { key: name, className: classes(n < at && 'yw-done', n === at && 'yw-on'), 'aria-current': n === at ? 'step' : undefined }, name)));
  }

  function Notes({ data, asOf, drift }) {
    const notes = [];
    if (asOf) notes.push(T.asOf(clock.minute(asOf)));
    if (data.months.length) notes.push(T.together(data.months.map((one) => Number(one.month.slice(5)) + ' 月' + one.state + (one.corrected ? '(有更正)' : '')), data.missing));
    else if (data.running && data.state === data.states[0]) notes.push(T.running);
    if (data.known_at) notes.push(T.known(clock.minute(data.known_at)));
    if (data.excluded) notes.push(T.excluded(data.excluded));
    data.versions.forEach((one) => notes.push(T.version(one.number, clock.minute(one.at), one.by) + (one.number > 1 ? ' · ' + T.differing(one.differing) + ' · ' + one.note : '')));
    if (drift !== null && drift !== undefined) notes.push(T.drift(drift));
    return notes.length ? h('p', { className: 'yw-eva-notes' }, notes.map((text) => h('span', { key: text }, text))) : null;
  }

  function EvaluationPage() {
    const asked = new URLSearchParams(window.location.search);
    const asOf = asked.get('as_of') || '';
    const last = moved(clock.day(clock.now()).slice(0, 7), -1);
    const [odd] = React.useState(asked.get('month') && !PERIOD.test(asked.get('month')) ? asked.get('month') : '');
    const [month, setMonth] = React.useState(odd ? last : asked.get('month') || last);
    const [by, setBy] = React.useState(T.by[asked.get('by')] ? asked.get('by') : 'region');
    const [order, setOrder] = React.useState(asked.get('order') || 'rank');
    const [chosen, choose] = React.useState(null);
    const [step, setStep] = React.useState(null);
    const query = new URLSearchParams({ period: month, by });
    if (asOf) query.set('as_of', asOf);
    const found = tonglan.useData('/api/v1/evaluation?' + query);
    const data = found.data && found.data.month === month && found.data.by === by ? found.data : null;
    const frozen = data && data.known_at && !asOf;
    const drift = tonglan.useData(frozen ? '/api/v1/evaluation/' + month + '/drift' : null);
    React.useEffect(() => {
      window.history.replaceState(null, '', '?' + new URLSearchParams(Object.assign(Object.fromEntries(asked), { month, by, order })));
    }, [month, by, order]);
    React.useEffect(() => choose(null), [month, by]);
    const actions = (data && !asOf && data.actions) || [];
    const may = (name) => actions.some((one) => one.do === name && one.allowed);
    const kind = kindOf(month);
    const tools = [
      h(Segments, { key: 'by', label: T.title, value: by, onChange: setBy, options: Object.entries(T.by).map(([value, title]) => ({ value, title })) }),
      by !== 'post' && h(Segments, { key: 'order', label: T.place, value: order, onChange: setOrder, options: Object.entries(T.order).map(([value, title]) => ({ value, title })) }),
    ];
    const own = chosen && data && data.rows.find((one) => one.id === chosen.row);
    const appeal = own && own.may_appeal && may('appeal') ? () => setStep({ do: 'appeal', about: { by, row: chosen.row, indicator: chosen.key } }) : null;
    const done = () => {
      setStep(null);
      found.reload();
      drift.reload();
    };
    return h(tonglan.WorkPage, { page: 'evaluation', title: T.title, ready: Boolean(data || found.failure) },
      h('div', { className: 'yw-list yw-eva' },
        h('div', { className: 'yw-eva-head' },
          h(Button, { className: 'yw-big', 'aria-label': T.earlier, onClick: () => setMonth(moved(month, -1)) }, '‹'), h('b', null, T.month(month)),
          h(Button, { className: 'yw-big', 'aria-label': T.later, onClick: () => setMonth(moved(month, 1)) }, '›'),
          h(Segments, { label: T.period, value: kind, onChange: (to) => setMonth(periodAt(to, firstMonth(month))), options: Object.entries(T.kinds).map(([value, title]) => ({ value, title })) }),
          data && data.states.length > 0 && h(Way, { data }), h('span', { className: 'yw-grow' }),
          actions.filter((one) => !WITH_ROW.includes(one.do)).map((one) => h(Button, { key: one.do, className: 'yw-big', disabled: !one.allowed, title: one.why || T.ask[one.do][1], onClick: () => setStep({ do: one.do }) }, one.label))),
        data && h(Notes, { data, asOf, drift: frozen && drift.data ? drift.data.cells : null }),
        odd && h(work.Notice, { tone: 'warn', text: T.oddMonth(odd, T.month(last)) }),
        found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
        !data && !found.failure && h(Bones, { rows: 8 }),
        data && h('div', { className: classes('yw-eva-body', (chosen || data.known_at) && 'yw-eva-beside', chosen && 'yw-eva-open') },
          h(Card, { title: T.by[by], tools }, h(Matrix, { data, order, chosen, choose })),
          h('div', { className: 'yw-eva-side' },
            chosen ? h(Detail, { data, chosen, asOf, close: () => choose(null), appeal }) : data.rows.length > 0 && h('p', { className: 'yw-eva-hint' }, T.detail.pick),
            (data.appeals.length > 0 || data.known_at) && h(Appeals, { data, decide: may('decide') ? (one) => setStep({ do: 'decide', appeal: one }) : null }),
            data.states.length > 0 && h(Steps, { data })))),
      step && h(Ask, { month, step, done, close: () => setStep(null) }));
  }
  tonglan.pages.evaluation = EvaluationPage;
})();
