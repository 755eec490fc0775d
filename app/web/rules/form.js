/* The editor of a rule, new or in force: every field, tried on the past before it is handed in. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, ruleTexts } = tonglan;
  const texts = ruleTexts.editor;
  const { Text, Choice, Limits, Several, Ticks, Local, Tests } = tonglan.ruleFields;
  const SPANS = ['hold', 'keep', 'flap', 'within'];
  const NUMBERS = ['least', 'limit', 'radius'];
  const OF_KIND = { threshold: ['of'], change: ['against', 'measured', 'least'], forecast: ['limit', 'within'], density: ['category', 'radius', 'within'] };
  const SPECIAL = ['of', 'against', 'measured', 'least', 'limit', 'within', 'category', 'radius'];

  const pairs = (table) => Object.entries(table);
  const clean = (name, value) => {
    if (SPANS.includes(name)) return String(value).trim() === '' || value === '0s' ? '0' : String(value).trim();
    if (NUMBERS.includes(name)) return value === '' || value === null ? null : Number(value);
    if (name === 'tests') return value.map((one) => ({ name: one.name, every: one.every, values: parsed(one.values), start: one.start || null, wartime: Boolean(one.wartime), expect: one.expect }));
    if (name === 'wartime' && value) return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== '' && !(typeof one === 'object' && !Object.keys(one).length)));
    return value;
  };
  const parsed = (values) => {
    if (typeof values !== 'string' || !values.startsWith('{')) return values;
    try { return JSON.parse(values); } catch (wrong) { return values; }
  };
  const sorted = (value) => (value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value);
  const same = (name, a, b) => JSON.stringify(sorted(clean(name, a))) === JSON.stringify(sorted(clean(name, b)));

  /* What differs from the rule in force, or from a blank one, as the API takes it. */
  function differing(base, draft, fresh) {
    const kept = ([name, value]) => (fresh && ['when', 'kind', 'levels'].includes(name)) || !same(name, value, base[name]);
    const found = Object.fromEntries(Object.entries(draft).filter(kept).map(([name, value]) => [name, clean(name, value)]));
    if (found.wartime && !Object.keys(found.wartime).length) found.wartime = null;
    return found;
  }

  function RuleForm({ told, form, done, cancel, tryIt }) {
    const fresh = !told;
    const base = fresh ? form.defaults : told.fields;
    const [draft, setDraft] = React.useState(base);
    const [topic, setTopic] = React.useState(fresh ? form.topics[0].id : told.topic);
    const [reason, setReason] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const set = (name) => (value) => setDraft((now) => Object.assign({}, now, { [name]: value }));
    const own = form.topics.find((one) => one.id === topic) || { indicators: [], plans: [] };
    const fields = differing(base, draft, fresh);
    const nothing = fresh ? !draft.when || !Object.keys(draft.levels).length : !Object.keys(fields).length;
    const errors = (failure && failure.body && failure.body.errors) || [];
    const said = (name) => errors.filter((one) => one.item === name).map((one) => one.problem).join(';');
    const run = (work) => { setBusy(true); setFailure(null); return work.then(() => setBusy(false), (wrong) => { setFailure(wrong); setBusy(false); }); };
    const url = fresh ? '/api/v1/rules' : '/api/v1/rules/' + told.id + '/changes';
    const send = (submit) => run(api.post(url, Object.assign({ fields, reason, submit }, fresh ? { topic } : {})).then(done));
    const title = (name) => form.titles[name] || texts[name];
    const shown = [];
    const row = (name, field, hint) => { shown.push(name); return h('div', { key: name, className: 'yw-rule-edit' }, h('span', null, title(name), hint && h('small', null, hint)), h('div', null, field, said(name) && h('em', { role: 'alert' }, said(name)))); };
    const text = (name, hint) => row(name, h(Text, { value: draft[name], label: title(name), hint, type: NUMBERS.includes(name) ? 'number' : 'text', change: set(name) }));
    const choice = (name) => row(name, h(Choice, { value: draft[name], label: title(name), options: pairs(form.choices[name]), change: set(name) }));
    const choosing = { of: choice, against: choice, measured: choice, least: text, limit: text, within: (name) => text(name, ruleTexts.span), radius: text,
      category: (name) => row(name, h(Text, { value: draft[name], label: title(name), list: 'yw-rule-categories', hint: texts.everyCategory, change: set(name) })) };
    const kind = draft.kind;
    function setKind(next) {
      const watched = next === 'density' ? 'grid.events' : kind === 'density' ? '' : draft.when;
      const limits = Object.fromEntries(SPECIAL.map((name) => [name, base[name]]));
      setDraft(Object.assign({}, draft, limits, { kind: next, when: watched }));
    }
    const watching = () => {
      if (kind === 'density') return h('span', null, texts.events);
      const options = own.indicators.map((one) => [one.id, one.title + (one.unit ? '(' + one.unit + ')' : '')]);
      const list = h(Choice, { value: options.some(([id]) => id === draft.when) ? draft.when : '', label: title('when'), empty: texts.chooseIndicator, options, change: set('when') });
      if (!['threshold', 'expression'].includes(kind)) return list;
      return h('span', { className: 'yw-rule-pair' }, list, h(Text, { value: draft.when, label: texts.expression, hint: texts.expression, change: set('when') }));
    };
    const war = draft.wartime || { levels: {}, hold: null, keep: null, route: [] };
    const setWar = (more) => set('wartime')(Object.assign({}, war, more));
    const regions = form.regions.map((one) => [one.code, one.name]);
    const units = form.units.map((one) => [one.id, one.name]);
    const part = (name, ...rows) => h('fieldset', null, h('legend', null, texts.parts[name]), ...rows);
    const body = [
      part('what', fresh && row('topic', h(Choice, { value: topic, label: texts.topic, options: form.topics.map((one) => [one.id, one.title]), change: (one) => { setTopic(one); setDraft(Object.assign({}, draft, { when: kind === 'density' ? draft.when : '', plan: '' })); } })),
        fresh && row('kind', h(Choice, { value: kind, label: title('kind'), options: pairs(form.choices.kind).filter(([one]) => one !== 'density' || topic === 'grid'), change: setKind })),
        fresh ? row('when', watching()) : row('when', h('span', null, told.when)), text('title', texts.titleHint), (OF_KIND[kind] || []).map((name) => choosing[name](name))),
      part('limits', row('levels', h(Limits, { value: draft.levels, label: title('levels'), change: set('levels') }), texts.units[kind]), row('clear', h(Limits, { value: draft.clear, label: title('clear'), change: set('clear') }), texts.clearHint),
        row('local', h(Local, { value: draft.local, regions, change: set('local') })), choice('worse'), text('unit', texts.unitHint)),
      part('times', text('hold', ruleTexts.span), text('keep', ruleTexts.span), text('flap', texts.flapHint), choice('missing'), text('season', '04-15..10-15'), text('hours', '22:00-06:00'),
        row('weekdays', h(Ticks, { value: draft.weekdays, label: title('weekdays'), options: texts.days.map((one, n) => [n + 1, one]), change: set('weekdays') }), texts.everyDay), choice('days')),
      part('places', row('at', h(Ticks, { value: draft.at, label: title('at'), options: pairs(form.levels), change: set('at') }), texts.everyLevel),
        row('regions', h(Several, { value: draft.regions, label: title('regions'), options: regions, add: texts.addPlace, change: set('regions') }), texts.everyPlace)),
      part('war', row('wartime', h('div', { className: 'yw-rule-war-terms' }, h(Limits, { value: war.levels || {}, label: texts.warLevels, change: (levels) => setWar({ levels }) }),
        h('span', { className: 'yw-rule-pair' }, h(Text, { value: war.hold, label: texts.warHold, hint: texts.warHold, change: (hold) => setWar({ hold: hold || null }) }), h(Text, { value: war.keep, label: texts.warKeep, hint: texts.warKeep, change: (keep) => setWar({ keep: keep || null }) })),
        h(Several, { value: war.route || [], label: texts.warRoute, options: units, add: texts.addUnit, change: (route) => setWar({ route }) })), texts.warHint)),
      part('handling', row('route', h(Several, { value: draft.route, label: title('route'), options: units, add: texts.addUnit, change: set('route') })),
        row('plan', h(Choice, { value: draft.plan, label: title('plan'), empty: ruleTexts.noPlan, options: own.plans.map((one) => [one.id, one.title]), change: set('plan') })),
        text('group', texts.groupHint),
        row('dispatch', h(Text, { value: draft.dispatch, label: title('dispatch'), list: 'yw-rule-categories', hint: texts.dispatchHint, change: set('dispatch') })),
        row('inhibits', h(Several, { value: draft.inhibits, label: title('inhibits'), options: form.rules.filter((one) => !told || one.id !== told.id).map((one) => [one.id, one.title]), add: texts.addRule, change: set('inhibits') })), text('text', texts.textHint)),
      part('tests', row('tests', h(Tests, { value: draft.tests, change: set('tests') }), texts.testsHint)),
    ];
    const placed = errors.length > 0 && errors.every((one) => shown.includes(one.item) || one.item === 'reason');
    return h('form', { className: 'yw-rule-form', 'aria-label': fresh ? texts.fresh : ruleTexts.edit, onSubmit: (event) => (event.preventDefault(), send(true)) },
      h('datalist', { id: 'yw-rule-categories' }, form.categories.map((one) => h('option', { key: one.key, value: one.key }, one.title))), body,
      h('div', { className: 'yw-rule-edit' }, h('span', null, ruleTexts.reason), h('div', null, h(Text, { value: reason, label: ruleTexts.reason, hint: ruleTexts.reasonHint, change: setReason }), said('reason') && h('em', { role: 'alert' }, said('reason')))),
      failure && (placed ? h('p', { className: 'yw-rule-wrong', role: 'alert' }, texts.seeFields) : h(tonglan.Failure, { failure })),
      h('p', null, h('small', null, form.review ? ruleTexts.onlyReview : ruleTexts.direct)),
      h('div', { className: 'yw-rule-acts' }, h('button', { type: 'button', className: 'yw-button', onClick: cancel }, ruleTexts.cancel),
        h('button', { type: 'button', className: 'yw-button', disabled: busy || nothing, onClick: () => run(tryIt(fields, topic)) }, ruleTexts.tryIt),
        h('button', { type: 'button', className: 'yw-button', disabled: busy || nothing, onClick: () => send(false) }, ruleTexts.save),
        h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: busy || nothing }, ruleTexts.submit)));
  }

  tonglan.RuleForm = RuleForm;
})();
