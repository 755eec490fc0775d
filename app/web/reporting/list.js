/* /reporting: what is due, when, done, late; what waits for a review. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, api, clock, work, report } = tonglan;
  const { Card, Segments, Button, Bones, Notice } = work;
  const T = tonglan.reportTexts;

  const PICK = {
    mine: (one) => one.fills && one.standing !== 'done' && !(one.standing === 'waiting'),
    review: (one) => one.reviews && one.allowed.includes('accept'),
    all: () => true,
  };

  function last(one) {
    if (one.standing === 'waiting' || one.standing === 'done') return one.submitted_by && [one.submitted_by.name, one.submitted_at];
    return one.saved_by && [one.saved_by.name, one.saved_at];
  }

  function Line({ one, chase }) {
    const path = '/reporting/' + one.form + '/' + one.period;
    const open = (event) => event.target.closest('a,button') || window.location.assign(path);
    const who = last(one);
    const verb = one.allowed.includes('accept') ? T.list.open.review : one.allowed.includes('save') ? T.list.open.fill : T.list.open.see;
    const main = verb === T.list.open.review || (verb === T.list.open.fill && one.standing !== 'done');
    return h('tr', { onClick: open },
      h('td', { className: 'yw-rep-name' }, h('a', { href: path }, h('b', null, one.title)), h('small', null, one.owner.name)),
      h('td', { className: 'yw-rep-nowrap' }, one.label),
      h('td', null, h(report.StateTag, { one }), one.late_submission && h('span', { className: 'yw-tag' }, T.list.lateSubmission),
        one.returned && h('small', { className: 'yw-rep-late' }, T.list.returned(one.returned)),
        one.reminders > 0 && one.standing !== 'done' && h('small', { className: 'yw-rep-late' }, T.list.reminded(one.reminders))),
      h('td', null, h(report.Due, { one })),
      h('td', null, h('span', { className: 'yw-rep-share' }, h('i', null, h('u', { style: { width: (100 * one.filled) / one.cells + '%' } })), one.filled + '/' + one.cells)),
      h('td', { className: 'yw-rep-who' }, who && h(React.Fragment, null, who[0], h('small', null, clock.minute(who[1])))),
      h('td', { className: 'yw-rep-acts' },
        one.allowed.includes('remind') && h(Button, { onClick: () => chase(one) }, T.actions.remind),
        h('a', { className: classes('yw-button', 'yw-act', main && 'yw-act-main'), href: path }, verb)));
  }

  function Sums({ items }) {
    const count = (standing) => items.filter((one) => one.standing === standing).length;
    return h('div', { className: 'yw-rep-sums' }, ['late', 'due', 'waiting', 'done'].map((one) =>
      h('div', { key: one, className: classes('yw-rep-sum', one === 'late' && count(one) > 0 && 'yw-rep-sum-bad') }, h('b', null, count(one)), h('span', null, T.list.sums[one]))));
  }

  function ReportingPage() {
    const found = tonglan.useData('/api/v1/reporting');
    const items = found.data && found.data.items;
    const reviews = Boolean(items && items.some((one) => one.reviews));
    const fills = Boolean(items && items.some((one) => one.fills));
    const asked = new URLSearchParams(window.location.search).get('view');
    const [chosen, setChosen] = React.useState(asked);
    const [chasing, setChasing] = React.useState(null);
    const [notice, setNotice] = React.useState(null);
    const view = chosen || (reviews && items && items.some(PICK.review) ? 'review' : fills ? 'mine' : 'all');
    const pick = (next) => {
      setChosen(next);
      window.history.replaceState(null, '', '?view=' + next);
    };
    const chase = async (note) => {
      const one = chasing;
      setChasing(null);
      try {
        const full = await api.get('/api/v1/reporting/' + one.form + '/' + one.period);
        await api.post('/api/v1/reporting/' + one.form + '/' + one.period + '/transitions', { action: 'remind', note, revision: full.revision });
        setNotice({ tone: 'ok', text: T.list.chasedLine });
        found.reload();
      } catch (failure) {
        setNotice({ tone: 'bad', text: failure.detail || failure.title });
      }
    };
    const shown = items && items.filter(PICK[view]);
    const tools = [h(Segments, { key: 'v', label: T.title, value: view, onChange: pick, options: Object.entries(T.list.views).filter(([name]) => name !== 'review' || reviews).map(([value, title]) => ({ value, title })) })];
    return h(tonglan.WorkPage, { page: 'reporting', title: T.title, ready: Boolean(items || found.failure) },
      h('div', { className: 'yw-list yw-rep-list' },
        items && h(Sums, { items }),
        notice && h(Notice, notice),
        h(Card, { title: T.list.views[view], note: shown ? T.list.count(shown.length) : '', tools },
          found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
          !items && !found.failure && found.slow && h(Bones, { rows: 6 }),
          shown && !shown.length && h('p', { className: 'yw-empty' }, T.list.none[view]),
          shown && shown.length > 0 && h('div', { className: 'yw-list-body' }, h('table', { className: 'yw-list-table yw-rep-table' },
            h('thead', null, h('tr', null, T.list.columns.map((name, n) => h('th', { key: n, scope: 'col' }, name)))),
            h('tbody', null, shown.map((one) => h(Line, { key: one.form + one.period, one, chase: setChasing }))))))),
      chasing && h(report.Ask, { kind: 'remind', onGo: chase, onClose: () => setChasing(null) }));
  }
  tonglan.pages.reporting = ReportingPage;
})();
