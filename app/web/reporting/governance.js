/* /governance: how well bureaus and counties reported in a month, and what cost them points. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, clock, work } = tonglan;
  const { Card, Segments, Button, Bones, Notice } = work;
  const T = tonglan.reportTexts.score;
  const PARTS = ['准确', '鲜活', '完整'];
  const points = (value) => value.toFixed(1);

  function moved(month, by) {
    const at = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + by, 1));
    return at.toISOString().slice(0, 7);
  }

  function Part({ value }) {
    return h('td', null, h('span', { className: 'yw-gov-part' }, h('i', null, h('u', { style: { width: value + '%' } })), points(value)));
  }

  function Row({ one, ranked, on, pick }) {
    return h('tr', { tabIndex: 0, className: on ? 'yw-on' : undefined, 'aria-selected': on, onClick: pick, onKeyDown: (event) => event.key === 'Enter' && pick() },
      h('td', { className: 'yw-gov-rank' }, ranked ? one.rank : ''), h('td', null, h('b', null, one.name)),
      PARTS.map((part) => h(Part, { key: part, value: one.parts[part] })),
      h('td', { className: 'yw-gov-total' }, points(one.total)), h('td', { className: 'yw-right yw-t3' }, one.total < 99.95 ? '−' + points(100 - one.total) : '0'));
  }

  function Costs({ one }) {
    return h(Card, { title: T.costs(one.name) },
      !one.costs.length ? h('p', { className: 'yw-empty' }, T.noCosts)
        : h('div', { className: 'yw-list-body' }, h('table', { className: 'yw-list-table yw-gov-costs' }, h('thead', null, h('tr', null, T.costColumns.map((name, n) => h('th', { key: name, className: n > 2 ? 'yw-right' : undefined }, name)))),
          h('tbody', null, one.costs.map((cost, n) => h('tr', { key: n }, h('td', null, cost.title, h('small', null, cost.period)), h('td', null, cost.dimension), h('td', null, cost.text),
            h('td', { className: 'yw-right' }, cost.cells || ''), h('td', { className: 'yw-right' }, '−' + points(cost.points))))))));
  }

  function GovernancePage() {
    const asked = new URLSearchParams(window.location.search);
    const [month, setMonth] = React.useState(asked.get('month') || clock.day(clock.now()).slice(0, 7));
    const [by, setBy] = React.useState(asked.get('by') || 'bureau');
    const [order, setOrder] = React.useState(asked.get('order') || 'rank');
    const [chosen, choose] = React.useState(null);
    const [sure, setSure] = React.useState(false);
    const [wrong, setWrong] = React.useState(null);
    const found = tonglan.useData('/api/v1/governance?month=' + month);
    const data = found.data && found.data.month === month ? found.data : null;
    React.useEffect(() => {
      window.history.replaceState(null, '', '?' + new URLSearchParams(Object.assign(Object.fromEntries(asked), { month, by, order })));
    }, [month, by, order]);
    const rows = data && data[by].slice().sort((a, b) => (order === 'rank' ? a.rank - b.rank || a.order - b.order : a.order - b.order));
    const one = rows && (rows.find((row) => row.id === chosen) || rows[order === 'rank' ? rows.length - 1 : 0]);
    const freeze = async () => {
      setSure(false);
      try {
        await api.post('/api/v1/governance/' + month + '/freeze', {});
        found.reload();
      } catch (failure) {
        setWrong(failure.detail || failure.title);
      }
    };
    const tools = [
      h(Segments, { key: 'by', label: T.title, value: by, onChange: setBy, options: Object.entries(T.by).map(([value, title]) => ({ value, title })) }),
      h(Segments, { key: 'order', label: T.order.rank, value: order, onChange: setOrder, options: Object.entries(T.order).map(([value, title]) => ({ value, title })) }),
      data && data.may_freeze && h(Button, { key: 'f', kind: sure ? 'main' : undefined, onClick: () => (sure ? freeze() : setSure(true)), onBlur: () => setSure(false), title: T.freezeAsk }, sure ? T.freezeAsk : T.freeze),
    ];
    const note = data && (data.frozen ? T.frozen(clock.minute(data.frozen.at), data.frozen.by) : data.running ? T.running : '');
    return h(tonglan.WorkPage, { page: 'governance', title: T.title, ready: Boolean(data || found.failure) },
      h('div', { className: 'yw-list yw-gov' },
        h('div', { className: 'yw-gov-month' }, h(Button, { className: 'yw-big', 'aria-label': T.earlier, onClick: () => setMonth(moved(month, -1)) }, '‹'), h('b', null, T.month(month)), h(Button, { className: 'yw-big', 'aria-label': T.later, onClick: () => setMonth(moved(month, 1)) }, '›'),
          h('span', null, note)),
        wrong && h(Notice, { tone: 'bad', text: wrong }),
        data && data.drift > 0 && data.frozen && h(Notice, { tone: 'warn', text: T.drift(data.drift) }),
        found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
        !data && !found.failure && h(Bones, { rows: 6 }),
        data && h('div', { className: 'yw-gov-body' },
          h(Card, { title: T.title, note: data.forms + ' 张报表', tools },
            !rows.length ? h('p', { className: 'yw-empty' }, T.none)
              : h('div', { className: 'yw-list-body' }, h('table', { className: 'yw-list-table yw-gov-table' },
                h('thead', null, h('tr', null, T.columns.map((name, n) => h('th', { key: n, scope: 'col', className: n === 6 ? 'yw-right' : undefined }, n === 1 && by === 'county' ? T.county : n === 0 && order === 'rank' ? '名次' : name)))),
                h('tbody', null, rows.map((row) => h(Row, { key: row.id, one: row, ranked: order === 'rank', on: one === row, pick: () => choose(row.id) }))))),
            h('p', { className: 'yw-gov-formula' }, h('b', null, T.formula), data.formula, h('span', null, data.weights_note + ' ' + data.weights.map((w) => w.dimension + ' ' + w.weight).join(' · ')))),
          one && h(Costs, { one }))));
  }
  tonglan.pages.governance = GovernancePage;
})();
