/* /directives: what is owed to whom, its course, and the steps of whoever looks. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, directiveTexts: T, work } = tonglan;
  const EVERY = 30000; // ms

  const query = () => new URLSearchParams(window.location.search);
  const path = (view, unit, asOf) => {
    const asked = new URLSearchParams({ limit: '200' });
    if (view === 'mine') asked.set('mine', 'true');
    if (view === 'open') asked.set('open', 'true');
    if (unit) asked.set('unit', unit);
    if (asOf) asked.set('as_of', asOf);
    return '/api/v1/directives?' + asked;
  };
  const ended = (one) => one.state === '办结' || one.state === '撤销';

  function State({ one }) {
    return h('span', { className: classes('yw-tag', one.overdue ? 'yw-tag-bad' : one.state === '已反馈' ? 'yw-tag-go' : one.state === '待签收' && 'yw-tag-warn') }, one.state);
  }

  function Row({ one, on, pick }) {
    return h('button', { type: 'button', className: classes('yw-plain yw-dv-row', on && 'yw-on', ended(one) && 'yw-dv-ended'), 'aria-pressed': on, onClick: () => pick(one.id), 'data-directive': one.id },
      h('span', { className: 'yw-dv-top' }, h('b', null, one.about.title), one.drill && h('i', { className: 'yw-tag yw-tag-warn' }, T.drill), h('span', { className: 'yw-grow' }), h(State, { one })),
      h('span', { className: 'yw-dv-text' }, one.text),
      h('small', null, h('span', null, one.unit_name), h('span', { className: classes(one.overdue && 'yw-dv-late') }, one.due_text), one.returned > 0 && h('span', { className: 'yw-dv-late' }, T.returned(one.returned)), h('span', { className: 'yw-grow' }), one.issued_text));
  }

  /* The steps that are open to this person: one click, or a text first. */
  function Steps({ one, done }) {
    const [to, setTo] = React.useState(null);
    const [note, setNote] = React.useState('');
    const [state, setState] = React.useState({ busy: false, failure: null });
    React.useEffect(() => {
      setTo(null);
      setNote('');
      setState({ busy: false, failure: null });
    }, [one.id, one.state]);
    const take = async (step) => {
      setState({ busy: true, failure: null });
      try {
        await tonglan.api.post('/api/v1/directives/' + one.id + '/transitions', { to: step, note });
        done();
      } catch (failure) {
        setState({ busy: false, failure });
      }
    };
    if (!one.allowed.length) return null;
    const press = (step) => (step.needs.length ? setTo(step.to) : take(step.to));
    return h('div', { className: 'yw-dv-steps' },
      !to && h('div', { className: 'yw-dv-buttons' }, one.allowed.map((step) =>
        h(work.Button, { key: step.to, kind: ['已签收', '已反馈', '办结'].includes(step.to) && 'main', disabled: state.busy, onClick: () => press(step) }, step.label))),
      to && h('form', { className: 'yw-dv-form', onSubmit: (event) => (event.preventDefault(), take(to)) },
        h('label', null, h('span', null, T.note[to]), h('textarea', { className: 'yw-input', autoFocus: true, rows: 4, required: true, minLength: 2, maxLength: 1000, placeholder: T.noteHint[to], value: note, onChange: (event) => setNote(event.target.value) })),
        h('div', { className: 'yw-dv-buttons' }, h(work.Button, { onClick: () => setTo(null) }, T.cancel), h(work.Button, { kind: 'main', type: 'submit', disabled: state.busy }, T.go[to]))),
      state.failure && h('p', { className: 'yw-dv-wrong', role: 'alert' }, state.failure.detail || state.failure.title));
  }

  function Detail({ id, asOf, changed, back }) {
    const found = tonglan.useData('/api/v1/directives/' + id + (asOf ? '?as_of=' + encodeURIComponent(asOf) : ''));
    const one = found.data;
    React.useEffect(() => {
      if (changed.turn) found.reload();
    }, [changed.turn]);
    if (found.failure) return h(tonglan.Failure, { failure: found.failure, again: found.reload });
    if (!one || one.id !== id) return h('div', { className: 'yw-dv-detail' });
    const done = () => {
      found.reload();
      changed.tell();
    };
    return h('div', { className: 'yw-dv-detail', 'data-state': one.state },
      h('button', { type: 'button', className: 'yw-plain yw-link yw-dv-back', onClick: back }, '← ' + T.back),
      h('h3', null, h('a', { href: one.about.href }, one.about.title), h(State, { one }), one.drill && h('span', { className: 'yw-tag yw-tag-warn' }, T.drill)),
      h('p', { className: 'yw-dv-what' }, one.text),
      h('dl', { className: 'yw-dv-facts' },
        h('dt', null, T.unit), h('dd', null, one.unit_name),
        h('dt', null, T.deadline), h('dd', { className: classes(one.overdue && 'yw-dv-late') }, one.deadline_text + ' · ' + one.due_text),
        one.returned_why && h(React.Fragment, null, h('dt', null, T.returnedWhy), h('dd', null, one.returned_why))),
      h('section', { className: 'yw-dv-answer' }, h('h4', null, T.reply), one.reply ? h('p', null, one.reply, h('small', null, one.replied_text)) : h('p', { className: 'yw-t3' }, T.noReply)),
      !asOf && h(Steps, { one, done }),
      h('section', null, h('h4', null, T.timeline), h('ol', { className: 'yw-dv-line' }, one.timeline.slice().reverse().map((step, n) =>
        h('li', { key: n }, h('time', null, step.at_text), h('b', null, step.step), h('span', null, step.actor_name), step.note && step.step !== '签发' && h('p', null, step.note))))));
  }

  function Empty({ view }) {
    return h('p', { className: 'yw-dv-empty' }, T.empty[view], h('small', null, T.emptyHint));
  }

  function DirectivesPage() {
    const asOf = query().get('as_of') || '';
    const [view, setView] = React.useState(query().get('view') || 'open');
    const [unit, setUnit] = React.useState('');
    const [id, setId] = React.useState(query().get('id') || '');
    const [turn, setTurn] = React.useState(0);
    const found = tonglan.useData(path(view, unit, asOf));
    const said = found.data;
    const items = said ? said.items.filter((one) => view !== 'ended' || ended(one)) : [];
    React.useEffect(() => {
      if (asOf) return undefined;
      const timer = setInterval(() => document.hidden || found.reload(), EVERY);
      return () => clearInterval(timer);
    }, []);
    const pick = (next) => {
      setId(next);
      const asked = query();
      if (next) asked.set('id', next);
      else asked.delete('id');
      window.history.replaceState(null, '', '?' + asked);
    };
    const tell = () => found.reload();
    const views = ['open', 'mine', 'ended'].filter((one) => one !== 'mine' || (said && said.unit));
    const count = said && said.counts;
    return h(tonglan.WorkPage, { page: 'directives', title: T.title, ready: Boolean(said || found.failure) },
      h('div', { className: classes('yw-dv', id && 'yw-dv-one') },
        h('section', { className: 'yw-card yw-dv-list', 'aria-label': T.title },
          h('h2', null, h(work.Segments, { label: T.title, value: view, options: views.map((one) => ({ value: one, title: T.views[one] })), onChange: setView }),
            h('span', { className: 'yw-grow' }), asOf && h('span', { className: 'yw-tag yw-tag-warn' }, T.replay(asOf)),
            said && h(work.Select, { 'aria-label': T.unit, value: unit, onChange: (event) => setUnit(event.target.value), options: [{ value: '', title: T.all }].concat(said.units.map((one) => ({ value: one.id, title: one.name }))) })),
          count && view !== 'ended' && h('p', { className: 'yw-dv-sums' }, Object.entries(T.sums).map(([state, title]) => h('span', { key: state }, title, h('b', null, count[state]))), count.overdue > 0 && h('span', { className: 'yw-dv-late' }, T.overdue(count.overdue))),
          found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
          h('div', { className: 'yw-dv-rows' }, said && !items.length && h(Empty, { view }), items.map((one) => h(Row, { key: one.id, one, on: one.id === id, pick })))),
        h('section', { className: 'yw-card yw-dv-side', 'aria-label': T.timeline }, id ? h(Detail, { id, asOf, changed: { turn, tell }, back: () => pick('') }) : h('p', { className: 'yw-dv-empty' }, T.pick))));
  }
  tonglan.pages.directives = DirectivesPage;
})();
