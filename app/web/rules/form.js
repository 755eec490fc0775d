/* Changing a rule: limits, hold and keep, tried on the past before it is handed in. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, ruleTexts: texts } = tonglan;

  const zero = (text) => (text.trim() === '' ? '0' : text.trim());
  const numbers = (pairs) => Object.fromEntries(Object.entries(pairs).filter(([, text]) => text !== '').map(([level, text]) => [level, Number(text)]));
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  /* What differs from the rule in force, as the API takes it. */
  function differing(told, draft) {
    const wanted = { levels: numbers(draft.levels), clear: numbers(draft.clear), hold: zero(draft.hold), keep: zero(draft.keep) };
    const now = { levels: told.fields.levels, clear: told.fields.clear, hold: told.fields.hold.replace(/^0s$/, '0'), keep: told.fields.keep.replace(/^0s$/, '0') };
    return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(value, now[name])));
  }

  function RuleForm({ told, done, cancel, tryIt }) {
    const written = (pairs) => Object.fromEntries(Object.keys(told.fields.levels).map((level) => [level, level in pairs ? String(pairs[level]) : '']));
    const [draft, setDraft] = React.useState(() => ({ levels: written(told.fields.levels), clear: written(told.fields.clear), hold: told.fields.hold, keep: told.fields.keep }));
    const [reason, setReason] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const fields = differing(told, draft);
    const nothing = !Object.keys(fields).length;
    const set = (name, value) => setDraft(Object.assign({}, draft, { [name]: value }));
    const run = (work) => { setBusy(true); setFailure(null); return work.then(() => setBusy(false), (wrong) => { setFailure(wrong); setBusy(false); }); };
    const send = (submit) => run(api.post('/api/v1/rules/' + told.id + '/changes', { fields, reason, submit }).then(done));
    const number = (name, level, label) => h('label', { key: name + level }, h('small', null, label), h('input', { className: 'yw-field', type: 'number', step: 'any', value: draft[name][level],
      onChange: (event) => set(name, Object.assign({}, draft[name], { [level]: event.target.value })) }));
    const span = (name) => h('label', null, h('small', null, texts[name]), h('input', { className: 'yw-field', value: draft[name], placeholder: texts.span, title: texts.span, onChange: (event) => set(name, event.target.value) }));
    return h('form', { className: 'yw-rule-form', onSubmit: (event) => (event.preventDefault(), send(true)) },
      h('div', null, Object.keys(draft.levels).map((level) => number('levels', level, texts.limit(level)))),
      h('div', null, Object.keys(draft.clear).map((level) => number('clear', level, texts.clear(level)))),
      h('div', null, span('hold'), span('keep')),
      h('label', null, h('small', null, texts.reason), h('input', { className: 'yw-field', value: reason, placeholder: texts.reasonHint, onChange: (event) => setReason(event.target.value) })),
      failure && h(tonglan.Failure, { failure }),
      h('p', null, h('small', null, told.review ? texts.onlyReview : texts.direct)),
      h('div', { className: 'yw-rule-acts' }, h('button', { type: 'button', className: 'yw-button', onClick: cancel }, texts.cancel),
        h('button', { type: 'button', className: 'yw-button', disabled: busy || nothing, onClick: () => run(tryIt(fields)) }, texts.tryIt),
        h('button', { type: 'button', className: 'yw-button', disabled: busy || nothing, onClick: () => send(false) }, texts.save),
        h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: busy || nothing }, texts.submit)));
  }

  tonglan.RuleForm = RuleForm;
})();
