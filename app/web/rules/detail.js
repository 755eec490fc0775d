/* One rule: what it watches, what it would have done, where it stands, and its changes. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, classes, ruleTexts: texts } = tonglan;
  const NEEDS_NOTE = ['return', 'urgent'];
  const when = (iso) => iso.slice(5, 16).replace('T', ' ');

  function Trial({ trial, failure }) {
    if (failure) return h('p', { className: 'yw-rule-sentence' }, failure.message);
    if (!trial) return h('p', { className: 'yw-rule-sentence yw-rule-quiet' }, texts.asking);
    return h(React.Fragment, null, h('p', { className: 'yw-rule-sentence', role: 'status' }, trial.sentence), trial.note && h('p', null, h('small', null, trial.note)),
      trial.episodes.length > 0 && h('ul', { className: 'yw-rule-episodes' }, trial.episodes.slice(0, 8).map((one, n) =>
        h('li', { key: n }, h(tonglan.RuleLevel, { level: one.level }), one.name, h('small', null, when(one.from) + (one.to ? ' 至 ' + when(one.to) : ' 起'))))));
  }

  function Differences({ rows }) {
    if (!rows || !rows.length) return null;
    return h('table', { className: 'yw-grid yw-rule-differences' }, h('thead', null, h('tr', null, texts.compare.map((name) => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, rows.map((one) => h('tr', { key: one.field }, h('th', { scope: 'row' }, one.title), h('td', null, one.before || '—'), h('td', null, one.after)))));
  }

  function Change({ one, reload }) {
    const [asking, setAsking] = React.useState('');
    const [note, setNote] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const go = (step) => api.post('/api/v1/rules/' + one.rule + '/changes/' + one.id + '/' + step, { note }).then(() => { setAsking(''); reload(); }, setFailure);
    return h('li', { className: 'yw-rule-change' },
      h('p', null, h('span', { className: classes('yw-tag', one.state === 'submitted' && 'yw-tag-on') }, one.state_text), one.what),
      one.state !== 'published' && one.state !== 'withdrawn' && h(Differences, { rows: one.differences }),
      h('small', null, [one.author, when(one.at), one.reason, one.note].filter(Boolean).join(' · ')),
      asking && h('label', null, h('small', null, texts.note), h('input', { className: 'yw-field', autoFocus: true, value: note, onChange: (event) => setNote(event.target.value) })),
      failure && h(tonglan.Failure, { failure }),
      one.allowed.length > 0 && h('div', { className: 'yw-rule-acts' }, asking
        ? [h('button', { key: 'no', type: 'button', className: 'yw-button', onClick: () => setAsking('') }, texts.cancel), h('button', { key: 'yes', type: 'button', className: 'yw-button yw-primary', disabled: !note.trim(), onClick: () => go(asking) }, texts.ok)]
        : one.allowed.map((step) => h('button', { key: step.do, type: 'button', className: classes('yw-button', step.do === 'publish' && 'yw-primary'), onClick: () => (NEEDS_NOTE.includes(step.do) ? setAsking(step.do) : go(step.do)) }, step.label))));
  }

  function Facts({ told }) {
    return h('dl', { className: 'yw-facts' },
      h('dt', null, texts.watches), h('dd', null, told.indicators.length ? told.indicators.map((one) => h('a', { key: one.id, className: 'yw-link', href: '/indicator/' + one.id }, one.title)) : told.when),
      h('dt', null, texts.limits), h('dd', null, h(tonglan.RuleLimits, { levels: told.levels })),
      h('dt', null, texts.when), h('dd', null, told.terms || texts.always, told.problem && h('em', { className: 'yw-rule-problem', role: 'alert' }, told.problem)),
      h('dt', null, texts.route), h('dd', null, told.route.map((one) => one.name).join('、') || texts.nobody),
      h('dt', null, texts.plan), h('dd', null, told.plan ? told.plan.title + ':' + texts.lead + ' ' + told.plan.lead.name + (told.plan.support.length ? ',' + texts.support + ' ' + told.plan.support.map((one) => one.name).join('、') : '') + '。' + told.plan.demand : texts.noPlan));
  }

  function Places({ places }) {
    if (!places.length) return h('p', { className: 'yw-rule-quiet' }, texts.calm);
    return h('ul', { className: 'yw-rule-episodes' }, places.map((one) => h('li', { key: one.region }, one.level && h(tonglan.RuleLevel, { level: one.level }),
      one.alert ? h('a', { className: 'yw-link', href: '/alerts?alert=' + one.alert }, one.name) : one.name, h('small', null, [one.state, one.since && texts.since(when(one.since))].filter(Boolean).join(' · ')))));
  }

  /* Asks why, and then does it. */
  function Why({ what, cancel, go }) {
    const [reason, setReason] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    return h('form', { className: 'yw-rule-why', onSubmit: (event) => (event.preventDefault(), go(reason.trim()).catch(setFailure)) },
      h('label', null, h('small', null, texts.why(what)), h('input', { className: 'yw-field', autoFocus: true, value: reason, maxLength: 500, placeholder: texts.reasonHint, onChange: (event) => setReason(event.target.value) })),
      failure && h(tonglan.Failure, { failure }),
      h('div', { className: 'yw-rule-acts' }, h('button', { type: 'button', className: 'yw-button', onClick: cancel }, texts.cancel), h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: reason.trim().length < 2 }, what)));
  }

  /* A rule that is not there yet: tried while it is written. */
  function RuleBeginning({ form, done, cancel }) {
    const [trial, setTrial] = React.useState(null);
    const tryIt = (fields, topic) => api.post('/api/v1/rules/backtest', { topic, fields }).then(setTrial);
    return h('section', { className: 'yw-card yw-rule-detail', 'aria-label': texts.fresh }, h('h2', null, texts.fresh),
      h('div', { className: 'yw-rule-body' }, trial && h(React.Fragment, null, h('h3', null, texts.past), h(Trial, { trial })), h(tonglan.RuleForm, { form, tryIt, cancel, done })));
  }

  /* By which terms the past is tried: those of 平时, of 战时, or of the mode of each moment. */
  function Modes({ mode, choose }) {
    return h('span', { className: 'yw-rule-modes', role: 'group', 'aria-label': texts.trialModes }, Object.entries(texts.trialMode).map(([name, title]) =>
      h('button', { key: name, type: 'button', className: 'yw-chip', 'aria-pressed': mode === name, onClick: () => choose(name) }, title)));
  }

  function RuleDetail({ id, form, changed }) {
    const data = tonglan.useData('/api/v1/rules/' + id);
    const [trial, setTrial] = React.useState({ found: null, failure: null });
    const [editing, setEditing] = React.useState(false);
    const [acting, setActing] = React.useState('');
    const [mode, setMode] = React.useState('peacetime');
    const draft = React.useRef(null); // the fields that were tried last, of an edit
    React.useEffect(() => {
      setEditing(false);
      setActing('');
      draft.current = null;
    }, [id]);
    React.useEffect(() => {
      let mine = true;
      setTrial({ found: null, failure: null });
      const asked = draft.current ? api.post('/api/v1/rules/backtest', { rule: id, fields: draft.current, mode }) : api.get('/api/v1/rules/' + id + '/backtest?mode=' + mode);
      asked.then((found) => mine && setTrial({ found, failure: null }), (failure) => mine && setTrial({ found: null, failure }));
      return () => { mine = false; };
    }, [id, mode]);
    const told = data.data && data.data.id === id ? data.data : null;
    if (data.failure) return h('section', { className: 'yw-card yw-rule-detail' }, h(tonglan.Failure, { failure: data.failure, again: data.reload }));
    if (!told) return h('section', { className: 'yw-card yw-rule-detail' });
    const reload = () => { data.reload(); changed(); };
    const tryIt = (fields) => api.post('/api/v1/rules/backtest', { rule: id, fields, mode }).then((found) => { draft.current = fields; setTrial({ found, failure: null }); });
    const end = (act, reason) => api.post('/api/v1/rules/' + id + '/changes', { fields: act === 'remove' ? { deleted: true } : { enabled: act === 'start' }, reason, submit: true }).then(() => { setActing(''); reload(); });
    const button = (act) => h('button', { type: 'button', className: 'yw-button', onClick: () => setActing(act) }, texts[act]);
    const writes = told.may_write && !editing && !acting;
    return h('section', { className: 'yw-card yw-rule-detail', 'aria-label': told.title },
      h('h2', null, told.title, h('small', null, told.id + ' · ' + texts.version(told.version)), h('span', { className: 'yw-grow' }),
        writes && !told.declared && button('remove'), writes && button(told.enabled ? 'stop' : 'start'),
        writes && form && h('button', { type: 'button', className: 'yw-button yw-primary', onClick: () => setEditing(true) }, texts.edit)),
      h('div', { className: 'yw-rule-body' },
        acting && h(Why, { what: texts[acting], cancel: () => setActing(''), go: (reason) => end(acting, reason) }),
        h('h3', null, texts.past, h(Modes, { mode, choose: setMode })), h(Trial, { trial: trial.found, failure: trial.failure }),
        editing ? h(tonglan.RuleForm, { told, form, tryIt, cancel: () => { setEditing(false); draft.current = null; }, done: () => { setEditing(false); draft.current = null; reload(); } }) : h(Facts, { told }),
        h('h3', null, texts.places), h(Places, { places: told.places }),
        h('h3', null, texts.changes), told.changes.length ? h('ul', { className: 'yw-rule-changes' }, told.changes.map((one) => h(Change, { key: one.id, one, reload }))) : h('p', { className: 'yw-rule-quiet' }, texts.noChanges),
        h('h3', null, texts.versions), told.versions.length ? h('ul', null, told.versions.map((one) => h('li', { key: one.number }, texts.versionBy(one), one.reason && h('small', null, ' ' + one.reason)))) : h('p', { className: 'yw-rule-quiet' }, texts.noVersions)));
  }

  Object.assign(tonglan, { RuleDetail, RuleBeginning, RuleChange: Change });
})();
