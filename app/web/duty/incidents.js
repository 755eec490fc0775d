/* 突发事件 with the clocks of 首报, 续报 and 终报, the versions of each report, checklists; and 预案. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, dutyTexts: T, duty, work } = tonglan;
  const I = T.incidents, P = T.plans;

  const Due = ({ one }) => h('li', { className: classes(one.late && !one.done && 'yw-dt-bad', one.done && 'yw-t3') }, h('span', null, one.title), h('b', null, one.text), h('small', { title: one.source }, one.due_text + (one.verified ? '' : ' · ' + I.unverified)));

  function Row({ one, on, pick }) {
    return h('button', { type: 'button', className: classes('yw-plain yw-dt-row', on && 'yw-on'), 'aria-pressed': on, onClick: () => pick(one.id) },
      h('span', { className: 'yw-dt-top' }, h('b', null, one.title), one.drill && h('i', { className: 'yw-tag yw-tag-warn' }, T.drillTag), h('span', { className: 'yw-grow' }), h('i', { className: classes('yw-tag', one.overdue ? 'yw-tag-bad' : one.running && 'yw-tag-warn') }, one.overdue ? I.late : one.state)),
      h('small', null, [one.kind, one.place, one.known_text, I.lasted(one.lasted_text)].join(' · ')));
  }

  function Checklist({ plan, tick }) {
    const done = plan.items.filter((one) => one.done_by).length;
    return h('section', { className: 'yw-dt-plan' }, h('h4', null, plan.title, h('small', null, tick ? P.progress(done, plan.items.length) : ''), !plan.verified && h('small', { title: plan.source }, P.unverified)),
      h('ul', null, plan.items.map((one) => h('li', { key: one.id, className: classes(one.done_by && 'yw-dt-done') },
        tick ? h('label', { className: 'yw-dt-check' }, h('input', { type: 'checkbox', checked: Boolean(one.done_by), disabled: !tick.may, onChange: () => tick.go(plan.id, one) }), h('span', null, one.text)) : h('span', null, one.text),
        h('small', null, [one.unit_name, one.minutes && P.within(one.minutes), one.resource && P.resource + ' ' + one.resource].filter(Boolean).join(' · '), one.contact && h('span', null, ' · ' + one.contact.name + ' ', h(duty.Phone, { person: one.contact })), one.done_by && h('span', { className: 'yw-dt-by' }, P.done(one.done_by, one.done_text)))))));
  }

  function Act({ one, send, failure, busy }) {
    const [what, setWhat] = React.useState(one.open_reports.length ? '报告' : '记事');
    const [said, setSaid] = React.useState({ report: one.open_reports[0] || '', way: one.ways[1], text: '', again: false, plan: '' });
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.type === 'checkbox' ? event.target.checked : event.target.value }));
    const reports = said.again ? [...new Set(one.versions.map((each) => each.title.slice(0, 2)))] : one.open_reports;
    const report = reports.includes(said.report) ? said.report : reports[0];
    const go = () => send(Object.assign({ step: what }, what === '报告' ? { report, way: said.way, text: said.text, again: said.again } : what === '启动预案' ? { plan: said.plan } : { text: said.text })).then((ok) => ok && setSaid(Object.assign({}, said, { text: '', again: false })));
    const choices = ['报告', '记事', one.other_plans.length && '启动预案', one.running && '处置结束'].filter(Boolean);
    const picks = (list) => list.map((each) => ({ value: each, title: each }));
    return h(duty.Form, { onSubmit: go, failure, foot: h(work.Button, { kind: 'main', type: 'submit', disabled: busy || (what === '启动预案' ? !said.plan : !said.text.trim()) || (what === '报告' && !report) }, I.save) },
      h(work.Segments, { label: I.state, value: what, options: picks(choices), onChange: setWhat }),
      what === '报告' && h('div', { className: 'yw-dt-two' }, h(duty.Label, { title: I.report }, h(work.Select, { value: report || '', options: picks(reports), onChange: set('report') })), h(duty.Label, { title: I.way }, h(work.Select, { value: said.way, options: picks(one.ways), onChange: set('way') }))),
      what === '报告' && one.versions.length > 0 && h('label', { className: 'yw-dt-check' }, h('input', { type: 'checkbox', checked: said.again, onChange: set('again') }), I.again),
      what === '启动预案' ? h(duty.Label, { title: I.plan }, h(work.Select, { value: said.plan, options: [{ value: '', title: '' }].concat(one.other_plans.map((each) => ({ value: each.id, title: each.title }))), onChange: set('plan') }))
        : h(duty.Label, { title: what === '处置结束' ? I.endHint : I.text }, h('textarea', { className: 'yw-input', rows: 3, maxLength: 2000, value: said.text, onChange: set('text') })));
  }

  function Detail({ id, back, changed }) {
    const found = duty.useDuty('incidents/' + id);
    const [send, failure, busy] = duty.useSend(() => (found.reload(), changed()));
    return h(duty.Loaded, { found }, (one) => h('div', { className: 'yw-dt-detail' },
      h('button', { type: 'button', className: 'yw-plain yw-link yw-dt-back', onClick: back }, '← ' + I.back),
      h('h3', null, one.title, h('span', { className: classes('yw-tag', one.running && 'yw-tag-warn') }, one.state), one.drill && h('span', { className: 'yw-tag yw-tag-warn' }, T.drillTag)),
      h('p', { className: 'yw-t3' }, [one.kind, one.place, I.happened + ' ' + one.happened_text, I.known + ' ' + one.known_text, I.lasted(one.lasted_text)].join(' · ')),
      h('section', null, h('h4', null, I.clocks), h('ul', { className: 'yw-dt-dues' }, one.dues.map((each) => h(Due, { key: each.title, one: each })))),
      one.may_write && h(Act, { key: one.id + one.log.length, one, send: (body) => send('incidents/' + id + '/steps', body), failure, busy }),
      one.plans.map((plan) => h(Checklist, { key: plan.id, plan, tick: { may: one.may_write, go: (name, item) => send('incidents/' + id + '/steps', { step: item.done_by ? '撤销完成' : '完成', plan: name, item: item.id }) } })),
      one.versions.length > 0 && h('section', null, h('h4', null, I.reports), h('ul', { className: 'yw-dt-lines' }, one.versions.slice().reverse().map((each, n) => h('li', { key: n }, h('time', null, each.at_text), h('b', null, each.title), h('span', { className: 'yw-t3' }, each.way + ' · ' + each.actor_name), h('p', null, each.text))))),
      h('section', null, h('h4', null, I.log), h('ul', { className: 'yw-dt-lines' }, one.log.slice().reverse().map((each, n) => h('li', { key: n }, h('time', null, each.at_text), h('b', null, each.step), h('p', null, each.text), h('small', null, each.actor_name)))))));
  }

  function Open({ onClose, onDone }) {
    const boot = tonglan.boot();
    const places = (boot.places || []).map((one) => ({ value: one.code, title: one.name }));
    const [said, setSaid] = React.useState({ title: '', kind: '', region: places.length ? places[0].value : boot.city.code, place: '', happened_at: duty.localNow(), known_at: duty.localNow() });
    const [send, failure, busy] = duty.useSend(onDone);
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    const field = (name, title, type) => h(duty.Label, { title, failure, at: name }, h('input', { className: 'yw-input', type: type || 'text', value: said[name], onChange: set(name) }));
    return h(work.Dialog, { title: I.open, onClose, className: 'yw-dialog-small', foot: h(React.Fragment, null, h(work.Button, { onClick: onClose }, T.cancel), h(work.Button, { kind: 'main', disabled: busy || !said.title.trim() || !said.kind.trim(), onClick: () => send('incidents', said) }, I.save)) },
      h('div', { className: 'yw-dt-form' }, field('title', I.title), field('kind', I.kind), h(duty.Label, { title: I.region }, h(work.Select, { value: said.region, options: places, onChange: set('region') })), field('place', I.place), field('happened_at', I.happened, 'datetime-local'), field('known_at', I.known, 'datetime-local')), h(duty.Wrong, { failure, beside: ['title', 'kind', 'place', 'happened_at', 'known_at'] }));
  }

  duty.tabs.incidents = function Incidents({ ready }) {
    const found = duty.useDuty('incidents');
    const [id, setId] = React.useState(duty.query().get('id') || '');
    const [open, setOpen] = React.useState(false);
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    const pick = (next) => {
      setId(next);
      window.history.replaceState(null, '', '?tab=incidents' + (next ? '&id=' + next : ''));
    };
    const done = (made) => {
      setOpen(false);
      found.reload();
      pick(made.id);
    };
    return h(duty.Loaded, { found }, (said) => h('div', { className: classes('yw-dt-half', id && 'yw-dt-one') },
      h('section', { className: 'yw-card yw-dt-first' }, h('h2', null, T.tabs.incidents, h('span', { className: 'yw-grow' }), said.may_write && h(work.Button, { kind: 'main', onClick: () => setOpen(true) }, I.open)),
        h('div', { className: 'yw-dt-scroll' }, said.items.length ? said.items.map((one) => h(Row, { key: one.id, one, on: one.id === id, pick })) : h('p', { className: 'yw-dt-empty' }, I.none),
          h('div', { className: 'yw-dt-pad yw-dt-clocks' }, h('h4', null, I.clocks), said.clocks.map((one) => h('p', { key: one.title }, one.title + ' ' + one.limit_text, h('small', null, one.source + (one.verified ? '' : ' · ' + I.unverified))))))),
      h('section', { className: 'yw-card yw-dt-second' }, id ? h(Detail, { key: id, id, back: () => pick(''), changed: found.reload }) : h('p', { className: 'yw-dt-empty' }, said.items.length ? '' : I.none)),
      open && h(Open, { onClose: () => setOpen(false), onDone: done })));
  };

  duty.tabs.plans = function Plans({ ready }) {
    const found = duty.useDuty('plans');
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    return h(duty.Loaded, { found }, (said) => h('div', { className: 'yw-dt-plans' }, said.items.map((plan) => h('section', { key: plan.id, className: 'yw-card' }, h('div', { className: 'yw-dt-pad' }, h(Checklist, { plan }))))));
  };
})();
