/* A file of definitions is compared first; only then it may be handed in. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, definitionTexts: texts } = tonglan;

  async function send(file, query) {
    const form = /\.toml$/i.test(file.name) ? 'toml' : 'xlsx';
    const address = '/api/v1/definition-files?' + new URLSearchParams(Object.assign({ format: form }, query));
    const answer = await fetch(address, { method: 'POST', body: file, headers: { Accept: 'application/json', 'Content-Type': 'application/octet-stream' } });
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw new tonglan.Problem(answer.status, body, tonglan.workTexts.serverSaid(answer.status));
    return body;
  }

  const table = (head, rows) => h('table', { className: 'yw-grid yw-def-gap yw-def-wrap' }, h('thead', null, h('tr', null, head.map((name) => h('th', { key: name, scope: 'col' }, name)))),
    h('tbody', null, rows.map((cells, n) => h('tr', { key: n }, cells.map((cell, at) => h('td', { key: at }, cell))))));

  function DefinitionFiles({ close, changed }) {
    const [file, setFile] = React.useState(null);
    const [told, setTold] = React.useState(null);
    const [failure, setFailure] = React.useState(null);
    const [more, setMore] = React.useState({ reason: '', valid_from: '', breaks: '' });
    const [said, setSaid] = React.useState('');
    const picker = React.useRef(null);
    function pick(event) {
      const one = event.target.files[0];
      event.target.value = '';
      if (!one) return;
      setFile(one);
      setTold(null);
      setFailure(null);
      setSaid('');
      send(one, {}).then(setTold, setFailure);
    }
    function handIn() {
      const query = Object.assign({ submit: 'true', reason: more.reason }, more.valid_from && { valid_from: more.valid_from }, more.breaks && { breaks: more.breaks });
      send(file, query).then((done) => {
        setSaid(texts.handedIn(done.changes.length));
        setTold(null);
        setFailure(null);
        changed();
      }, setFailure);
    }
    const deep = told && told.items.some((one) => ['definition', 'unit', 'period_kind'].some((name) => name in one.fields));
    const row = (label, field) => h('label', { className: 'yw-def-edit' }, h('span', null, label), field);
    return h('section', { className: 'yw-card yw-def-detail', 'aria-label': texts.importTitle },
      h('h2', null, texts.importTitle, h('span', { className: 'yw-grow' }), h('button', { type: 'button', className: 'yw-plain yw-link', onClick: close }, texts.cancel)),
      h('div', { className: 'yw-cat-body' },
        h('p', { className: 'yw-def-text' }, texts.importHint),
        h('input', { ref: picker, type: 'file', accept: '.xlsx,.toml', hidden: true, onChange: pick }),
        h('button', { type: 'button', className: 'yw-button', onClick: () => picker.current.click() }, texts.pick),
        said && h('p', { role: 'status', className: 'yw-def-gap' }, said),
        file && !told && !failure && !said && h('p', { className: 'yw-empty' }, texts.comparing),
        failure && h(tonglan.Failure, { failure }),
        told && h('p', { role: 'status', className: 'yw-def-gap' }, texts.compared(file.name, told.items.length, told.same, told.problems.length)),
        told && told.problems.length > 0 && table(texts.problemHead, told.problems.map((one) => [one.row || '', one.column, one.problem])),
        told && told.items.length > 0 && table(texts.diffHead, told.items.map((one) => [one.row, one.title, one.sentence])),
        told && !told.problems.length && (told.items.length ? h('div', { className: 'yw-def-form yw-def-gap' },
          deep && row(texts.validFromLabel, h('input', { className: 'yw-field', type: 'date', value: more.valid_from, onChange: (event) => setMore(Object.assign({}, more, { valid_from: event.target.value })) })),
          deep && row(texts.comparable, h('select', { className: 'yw-field', value: more.breaks, onChange: (event) => setMore(Object.assign({}, more, { breaks: event.target.value })) }, texts.comparableWords.map(([value, title]) => h('option', { key: value, value }, title)))),
          row(texts.reason, h('input', { className: 'yw-field', value: more.reason, placeholder: texts.reasonHint, onChange: (event) => setMore(Object.assign({}, more, { reason: event.target.value })) })),
          h('div', { className: 'yw-cat-buttons' }, h('button', { type: 'button', className: 'yw-button yw-primary', disabled: !more.reason.trim(), onClick: handIn }, texts.handIn(told.items.length))))
          : h('p', { className: 'yw-empty' }, texts.nothingToDo))));
  }
  tonglan.DefinitionFiles = DefinitionFiles;
})();
