/* The fields of the editor of rules: choices, limits by level, lists of places and units, tests. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, ruleTexts } = tonglan;
  const texts = ruleTexts.editor;
  const LEVELS = ['红', '橙', '黄', '蓝'];
  const number = (text) => (text === '' ? undefined : Number(text));
  const shown = (value) => (value === null || value === undefined ? '' : String(value));

  function Text({ value, change, label, hint, type = 'text', list }) {
    return h('input', { className: 'yw-field', type, step: 'any', list, value: shown(value), placeholder: hint, 'aria-label': label, onChange: (event) => change(event.target.value) });
  }

  function Choice({ value, change, label, options, empty }) {
    return h('select', { className: 'yw-field', value: shown(value), 'aria-label': label, onChange: (event) => change(event.target.value) },
      empty !== undefined && h('option', { value: '' }, empty), options.map(([one, title]) => h('option', { key: one, value: one }, title)));
  }

  /* One column of limits: level → number, empty for none. */
  function Limits({ value, change, label }) {
    const set = (level, text) => {
      const next = Object.assign({}, value, { [level]: number(text) });
      change(Object.fromEntries(Object.entries(next).filter(([, one]) => one !== undefined)));
    };
    return h('span', { className: 'yw-rule-by-level' }, LEVELS.map((level) => h('label', { key: level }, h(tonglan.RuleLevel, { level }),
      h(Text, { value: value[level], type: 'number', label: label + ' ' + level, change: (text) => set(level, text) }))));
  }

  /* Several of a list, each with a button that takes it away. */
  function Several({ value, change, label, options, add }) {
    const title = (one) => (options.find(([id]) => id === one) || [one, one])[1];
    return h('span', { className: 'yw-rule-several' }, value.map((one) => h('span', { key: one, className: 'yw-tag' }, title(one),
      h('button', { type: 'button', className: 'yw-plain', 'aria-label': texts.remove(title(one)), onClick: () => change(value.filter((two) => two !== one)) }, '×'))),
    h(Choice, { value: '', label, empty: add, options: options.filter(([id]) => !value.includes(id)), change: (one) => one && change(value.concat(one)) }));
  }

  function Ticks({ value, change, label, options }) {
    return h('span', { className: 'yw-rule-ticks', role: 'group', 'aria-label': label }, options.map(([one, title]) => h('label', { key: one },
      h('input', { type: 'checkbox', checked: value.includes(one), onChange: (event) => change(options.map(([two]) => two).filter((two) => (two === one ? event.target.checked : value.includes(two)))) }), title)));
  }

  /* Places with limits of their own. */
  function Local({ value, change, regions }) {
    const places = Object.keys(value);
    const known = regions.concat(places.filter((one) => !regions.some(([code]) => code === one)).map((one) => [one, one]));
    return h('div', { className: 'yw-rule-rowlist' }, places.map((code) => h('div', { key: code }, h('b', null, known.find(([one]) => one === code)[1]),
      h(Limits, { value: value[code], label: code, change: (limits) => change(Object.assign({}, value, { [code]: limits })) }),
      h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => change(Object.fromEntries(Object.entries(value).filter(([one]) => one !== code))) }, texts.drop))),
    h(Choice, { value: '', label: texts.addPlace, empty: texts.addPlace, options: regions.filter(([code]) => !(code in value)), change: (code) => code && change(Object.assign({}, value, { [code]: {} })) }));
  }

  /* "1h 黄;2h" ↔ what is expected when; a moment without a word expects no alert. */
  const expected = (text) => text.split(/[;;]/).map((one) => one.trim()).filter(Boolean).map((one) => {
    const [at, word] = one.split(/\s+/);
    return { at: at === '0' ? '0s' : at, level: word === undefined || word === '无' ? '' : word === '等待' ? 'pending' : word };
  });
  const spelt = (expect) => expect.map((one) => one.at + ' ' + ({ '': '无', pending: '等待' }[one.level] || one.level)).join(';');

  function Tests({ value, change }) {
    const set = (at, more) => change(value.map((one, n) => (n === at ? Object.assign({}, one, more) : one)));
    return h('div', { className: 'yw-rule-rowlist' }, value.map((one, n) => h('div', { key: n, className: 'yw-rule-test' },
      h(Text, { value: one.name, label: texts.testName, hint: texts.testName, change: (name) => set(n, { name }) }),
      h(Text, { value: one.every, label: texts.testEvery, hint: texts.testEvery, change: (every) => set(n, { every }) }),
      h(Text, { value: typeof one.values === 'string' ? one.values : JSON.stringify(one.values), label: texts.testValues, hint: texts.testValues, change: (values) => set(n, { values }) }),
      h(Text, { value: one.typed === undefined ? spelt(one.expect) : one.typed, label: texts.testExpect, hint: texts.testExpect, change: (typed) => set(n, { typed, expect: expected(typed) }) }),
      h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => change(value.filter((_, m) => m !== n)) }, texts.drop))),
    h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => change(value.concat({ name: '', every: '1h', values: '', expect: [] })) }, texts.addTest));
  }

  tonglan.ruleFields = { Text, Choice, Limits, Several, Ticks, Local, Tests };
})();
