/* Editing a definition: the fields, why, from when, and whether it stays comparable. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, definitionTexts: texts } = tonglan;
  const LONG = ['definition'];
  const NUMBERS = ['precision'];
  const ORDER = ['title', 'definition', 'unit', 'precision', 'scale', 'frequency', 'period_kind', 'levels', 'direction', 'thresholds', 'release', 'owner', 'owner_person',
    'source', 'source_system', 'legal', 'freshness', 'classification', 'spark', 'target'];
  const number = (text) => (text === '' || text === null || text === undefined ? null : Number(text));
  const same = (a, b) => JSON.stringify(a === undefined ? null : a) === JSON.stringify(b === undefined ? null : b);

  function Pair({ value, names, kinds, change }) {
    const now = value || {};
    const set = (name, text) => {
      const next = Object.assign({}, now, { [name]: kinds[name] === 'number' ? number(text) : text || null });
      change(Object.values(next).every((one) => one === null || one === undefined) ? null : next);
    };
    return h('span', { className: 'yw-def-pair' }, Object.entries(names).map(([name, title]) => h('label', { key: name }, h('small', null, title),
      h('input', { className: 'yw-field', type: kinds[name], step: 'any', value: now[name] === null || now[name] === undefined ? '' : now[name], onChange: (event) => set(name, event.target.value) }))));
  }

  function Targets({ value, change }) {
    const rows = value || [];
    const set = (at, more) => change(rows.map((one, n) => (n === at ? Object.assign({}, one, more) : one)));
    const year = new Date(tonglan.clock.now()).getFullYear();
    const cell = (one, at, name, type) => h('td', null, h('input', { className: 'yw-field yw-cell', type, step: 'any', 'aria-label': texts.targetsHead[['year', 'value', 'kind', 'document', 'effective'].indexOf(name)],
      value: one[name] === null || one[name] === undefined ? '' : one[name], onChange: (event) => set(at, { [name]: type === 'number' ? number(event.target.value) : event.target.value }) }));
    return h('div', { className: 'yw-def-targets' },
      rows.length > 0 && h('table', { className: 'yw-grid' }, h('thead', null, h('tr', null, texts.targetsHead.map((name) => h('th', { key: name, scope: 'col' }, name)), h('th', null))),
        h('tbody', null, rows.map((one, at) => h('tr', { key: at }, cell(one, at, 'year', 'number'), cell(one, at, 'value', 'number'),
          h('td', null, h('select', { className: 'yw-field yw-cell', value: one.kind, onChange: (event) => set(at, { kind: event.target.value }) }, texts.kinds.map((kind) => h('option', { key: kind }, kind)))),
          cell(one, at, 'document', 'text'), cell(one, at, 'effective', 'date'),
          h('td', null, h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => change(rows.filter((_, n) => n !== at)) }, texts.remove)))))),
      h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => change(rows.concat({ year, value: null, kind: texts.kinds[0], document: '', effective: year + '-02-01' })) }, texts.addTarget));
  }

  function Field({ name, value, change, owners }) {
    if (name === 'thresholds') return h(Pair, { value, names: { warn: texts.warn, bad: texts.bad }, kinds: { warn: 'number', bad: 'number' }, change });
    if (name === 'release') return h(Pair, { value, names: { day: texts.day, time: texts.time }, kinds: { day: 'number', time: 'time' }, change });
    if (name === 'target') return h(Targets, { value, change });
    if (name === 'levels') {
      return h('span', { className: 'yw-def-checks' }, Object.entries(texts.levels).map(([level, title]) => h('label', { key: level },
        h('input', { type: 'checkbox', checked: (value || []).includes(level), onChange: (event) => change(Object.keys(texts.levels).filter((one) => (one === level ? event.target.checked : (value || []).includes(one)))) }), title)));
    }
    const props = { className: 'yw-field', value: value === null || value === undefined ? '' : value, 'aria-label': texts.fields[name], onChange: (event) => change(NUMBERS.includes(name) ? number(event.target.value) : event.target.value) };
    const choices = name === 'owner' ? (owners.some((one) => one.id === value) ? owners : owners.concat({ id: value, name: value })).map((one) => [one.id, one.name]) : texts.choices[name];
    if (choices) return h('select', props, choices.map(([one, title]) => h('option', { key: one, value: one }, title)));
    return h(LONG.includes(name) ? 'textarea' : 'input', LONG.includes(name) ? Object.assign({ rows: 4 }, props) : Object.assign({ type: NUMBERS.includes(name) ? 'number' : 'text' }, props));
  }

  function DefinitionForm({ told, owners, done, cancel }) {
    const [draft, setDraft] = React.useState(told.fields);
    const [more, setMore] = React.useState({ reason: '', valid_from: '', breaks: '' });
    const [failure, setFailure] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const changed = ORDER.filter((name) => !same(draft[name], told.fields[name]));
    const deep = ['definition', 'unit', 'period_kind'].some((name) => changed.includes(name));
    const wrong = (failure && failure.body.errors) || [];
    const said = (name) => wrong.filter((one) => one.item === name).map((one) => one.problem).join(';');
    function send(submit) {
      setBusy(true);
      const empty = (value) => value === '' || value === undefined || (Array.isArray(value) && !value.length);
      const fields = Object.fromEntries(changed.map((name) => [name, name !== 'unit' && empty(draft[name]) ? null : draft[name]]));
      api.post('/api/v1/definitions/' + told.id + '/changes', { fields, reason: more.reason, submit, valid_from: more.valid_from || null, breaks: more.breaks === '' ? null : more.breaks === 'true' })
        .then(done, setFailure).finally(() => setBusy(false));
    }
    const row = (name, label, field, key) => h('div', { key: key || name, className: 'yw-def-edit' + (changed.includes(name) ? ' yw-on' : '') }, h('span', null, label), h('span', null, field, said(name) && h('em', { role: 'alert' }, said(name))));
    return h('form', { className: 'yw-def-form', onSubmit: (event) => (event.preventDefault(), send(true)) },
      ORDER.map((name) => row(name, texts.fields[name], h(Field, { name, value: draft[name], owners, change: (value) => setDraft(Object.assign({}, draft, { [name]: value })) }))),
      h('p', { className: 'yw-foot-line' }, texts.moreFields),
      deep && row('valid_from', texts.validFromLabel, h('input', { className: 'yw-field', type: 'date', value: more.valid_from, onChange: (event) => setMore(Object.assign({}, more, { valid_from: event.target.value })) })),
      deep && row('breaks', texts.comparable, h('select', { className: 'yw-field', value: more.breaks, onChange: (event) => setMore(Object.assign({}, more, { breaks: event.target.value })) }, texts.comparableWords.map(([value, title]) => h('option', { key: value, value }, title)))),
      row('reason', texts.reason, h('textarea', { className: 'yw-field', rows: 2, value: more.reason, placeholder: texts.reasonHint, 'aria-label': texts.reason, onChange: (event) => setMore(Object.assign({}, more, { reason: event.target.value })) })),
      failure && !wrong.some((one) => ORDER.concat('reason', 'valid_from', 'breaks').includes(one.item)) && h(tonglan.Failure, { failure }),
      h('div', { className: 'yw-def-foot' },
        h('button', { type: 'button', className: 'yw-button', onClick: cancel }, texts.cancel),
        h('button', { type: 'button', className: 'yw-button', disabled: busy || !changed.length, onClick: () => send(false) }, texts.save),
        h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: busy || !changed.length }, texts.submit)));
  }
  tonglan.DefinitionForm = DefinitionForm;
})();
