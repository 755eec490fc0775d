/* The page 发布日历: a month by days, the list of its releases, a date moved with a reason. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, api, releaseTexts: texts } = tonglan;
  const LAMPS = { done: 'ok', late: 'warn', missing: 'bad', upcoming: 'none' };
  const SHOWN = 3; // releases named in one day's cell

  const today = () => new Date(tonglan.clock.now() + 8 * 3600000).toISOString().slice(0, 10);
  const step = (month, by) => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + by, 1)).toISOString().slice(0, 7);

  function days(month) {
    const first = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1, 1));
    const lead = (first.getUTCDay() + 6) % 7;
    const count = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
    return [...Array(lead).fill(null), ...Array.from({ length: count }, (_, n) => month + '-' + String(n + 1).padStart(2, '0'))];
  }

  function Month({ month, items, chosen, choose }) {
    const of = (day) => items.filter((one) => one.release_at.startsWith(day));
    return h('div', { className: 'yw-month', role: 'grid', 'aria-label': texts.months(month) },
      texts.week.map((name) => h('b', { key: name, role: 'columnheader' }, name)),
      days(month).map((day, n) => {
        if (!day) return h('i', { key: 'x' + n });
        const here = of(day);
        return h('button', { key: day, type: 'button', className: classes('yw-day', day === today() && 'yw-day-now', day === chosen && 'yw-on', !here.length && 'yw-day-none'), 'aria-pressed': day === chosen, onClick: () => choose(day === chosen ? '' : day) },
          h('span', null, Number(day.slice(8))),
          here.slice(0, SHOWN).map((one) => h('small', { key: one.indicator + one.period, title: one.title + ' ' + one.period_text }, h(tonglan.Lamp, { lamp: LAMPS[one.state] }), h('span', null, one.title))),
          here.length > SHOWN && h('small', { className: 'yw-t3' }, texts.more(here.length - SHOWN)));
      }));
  }

  function Move({ one, done, cancel }) {
    const [at, setAt] = React.useState(one.release_at.slice(0, 16));
    const [reason, setReason] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const send = (moment) => api.post('/api/v1/releases', { indicator: one.indicator, period: one.period, release_at: moment, reason }).then(done, setFailure);
    return h('form', { className: 'yw-def-form yw-move', onSubmit: (event) => (event.preventDefault(), send(at + ':00+08:00')) },
      h('b', null, texts.moveTitle(one.title, one.period_text)),
      h('label', { className: 'yw-def-edit' }, h('span', null, texts.at), h('input', { type: 'datetime-local', className: 'yw-field', value: at, onChange: (event) => setAt(event.target.value) })),
      h('label', { className: 'yw-def-edit' }, h('span', null, texts.reason), h('input', { className: 'yw-field', value: reason, placeholder: texts.reasonHint, onChange: (event) => setReason(event.target.value) })),
      failure && h(tonglan.Failure, { failure }),
      h('div', { className: 'yw-cat-buttons' }, h('button', { type: 'button', className: 'yw-button', onClick: cancel }, texts.cancel),
        !one.by_rule && h('button', { type: 'button', className: 'yw-button', disabled: !reason.trim(), onClick: () => send(null) }, texts.byRule),
        h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: !reason.trim() || !at }, texts.save)));
  }

  function Row({ one, moving, setMoving, reload }) {
    const state = h('span', { className: 'yw-def-lamp' }, h(tonglan.Lamp, { lamp: LAMPS[one.state] }), texts.states[one.state], one.ready !== null && one.state === 'upcoming' && h('small', { className: 'yw-t3' }, ' ' + (one.ready ? texts.ready : texts.waiting)));
    const open = moving === one.indicator + one.period;
    return h(React.Fragment, null, h('tr', null,
      h('td', null, texts.day(one.release_at.slice(0, 10)) + ' ' + one.release_at.slice(11, 16)),
      h('td', null, h('a', { href: '/indicators/' + one.indicator }, one.title), h('small', { className: 'yw-t3' }, ' ' + one.topic_title)),
      h('td', null, one.period_text), h('td', null, one.owner_name),
      h('td', null, state, one.reason && h('small', { className: 'yw-t3', title: one.reason }, ' ' + texts.moved(one.reason))),
      h('td', { className: 'yw-acts' }, one.may_move && h('button', { type: 'button', className: 'yw-plain yw-link', 'aria-expanded': open, onClick: () => setMoving(open ? null : one.indicator + one.period) }, texts.move))),
    open && h('tr', null, h('td', { colSpan: 6 }, h(Move, { one, cancel: () => setMoving(null), done: () => (setMoving(null), reload()) }))));
  }

  function Releases() {
    const asked = new URLSearchParams(window.location.search).get('month');
    const [month, setMonth] = React.useState(asked || today().slice(0, 7));
    const [day, setDay] = React.useState('');
    const [state, setState] = React.useState('');
    const [moving, setMoving] = React.useState(null);
    const found = tonglan.useData('/api/v1/releases?month=' + month);
    const data = found.data && found.data.month === month ? found.data : null;
    const items = data ? data.items : [];
    const shown = items.filter((one) => (!day || one.release_at.startsWith(day)) && (!state || one.state === state));
    const go = (to) => {
      setMonth(to);
      setDay('');
      const query = new URLSearchParams(window.location.search);
      query.set('month', to);
      window.history.replaceState(null, '', '?' + query);
    };
    const button = (text, act) => h('button', { type: 'button', className: 'yw-button', onClick: act }, text);
    return h(tonglan.WorkPage, { page: 'releases', title: texts.title, ready: Boolean(data || found.failure) },
      h('div', { className: 'yw-releases' },
        h('section', { className: 'yw-card', 'aria-label': texts.months(month) },
          h('h2', null, texts.months(month), h('span', { className: 'yw-grow' }), button(texts.previous, () => go(step(month, -1))), button(texts.today, () => go(today().slice(0, 7))), button(texts.next, () => go(step(month, 1)))),
          h(Month, { month, items, chosen: day, choose: setDay }),
          h('p', { className: 'yw-foot-line yw-releases-foot' }, texts.legend)),
        h('section', { className: 'yw-card yw-releases-list', 'aria-label': texts.title },
          h('h2', null, day ? texts.day(day) : texts.months(month), h('span', { className: 'yw-grow' }),
            data && h('span', { className: 'yw-releases-counts' }, [['', texts.all, items.length], ...Object.entries(texts.states).map(([one, title]) => [one, title, data.counts[one]])].filter(([one, , count]) => !one || count).map(([one, title, count]) =>
              h('button', { key: one, type: 'button', className: classes('yw-plain yw-link', one === state && 'yw-on'), 'aria-pressed': one === state, onClick: () => setState(one) }, title + ' ' + count)))),
          found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
          data && !shown.length && h('p', { className: 'yw-empty' }, day ? texts.none : texts.empty),
          h('div', { className: 'yw-cat-body' }, shown.length > 0 && h('table', { className: 'yw-grid' }, h('thead', null, h('tr', null, texts.head.map((name, n) => h('th', { key: n, scope: 'col' }, name)))),
            h('tbody', null, shown.map((one) => h(Row, { key: one.indicator + one.period, one, moving, setMoving, reload: found.reload }))))))));
  }
  tonglan.pages.releases = Releases;
})();
