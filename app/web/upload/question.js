/* A question that only the person can answer, asked plainly, with its choices. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, desk, deskActs, deskState, work } = tonglan;
  const { Button, Select, Field } = work;
  const T = tonglan.uploadTexts;

  const ENCODINGS = ['GB18030', 'UTF-8', 'Big5', 'UTF-16'].map((name) => ({ value: name, title: name }));
  const isPairs = (value) => value.startsWith('{'); // columns by role, as JSON
  const merged = (submission, columns) => ({ columns: Object.assign({}, submission.answers.columns, columns) });

  /* What a choice changes in the answers. */
  function answerOf(question, value, submission) {
    if (isPairs(value)) return merged(submission, JSON.parse(value));
    return {
      part: { part: value },
      kind: { purpose: value },
      encoding: { encoding: value },
      crs: { crs: value },
      schema: { accept_schema: true },
      columns: merged(submission, { key: value }), // which column is the layer's key
    }[question.kind] || { part: value };
  }

  function Choices({ question, submission, options, busy }) {
    const [value, setValue] = React.useState(options.length ? options[0].value : '');
    const name = React.useId();
    const submit = (event) => {
      event.preventDefault();
      deskActs.answers(answerOf(question, value, submission));
    };
    return h(
      'form',
      { className: 'yw-ask-form', onSubmit: submit },
      h('div', { className: 'yw-ask-options', role: 'radiogroup', 'aria-label': question.text },
        options.map((one) => h('label', { key: one.value, className: classes('yw-option', value === one.value && 'yw-on') },
          h('input', { type: 'radio', name, value: one.value, checked: value === one.value, onChange: () => setValue(one.value) }),
          h('span', null, h('b', null, tonglan.crsTitle(one.title)), one.detail && h('small', null, one.detail))))),
      h('div', { className: 'yw-ask-foot' }, h(Button, { kind: 'main', type: 'submit', disabled: busy || !value }, T.ask.answer))
    );
  }

  /* None of the choices fits: say by hand which column plays which role. */
  function Columns({ question, submission, busy }) {
    const fields = (submission.report && submission.report.fields) || [];
    const named = question.options.filter((one) => isPairs(one.value)).flatMap((one) => Object.values(JSON.parse(one.value)));
    const names = [...new Set(fields.map((one) => one.name).concat(named))];
    const [columns, setColumns] = React.useState(() => Object.assign({}, submission.answers.columns));
    const roles = question.kind === 'join' ? ['code', 'name'] : ['lon', 'lat', 'pair', 'wkt', 'grid', 'code', 'name'];
    const options = [{ value: '', title: T.ask.none }].concat(names.map((name) => ({ value: name, title: name })));
    const given = Object.fromEntries(Object.entries(columns).filter(([, name]) => name));
    if (names.length < 2) return null;
    return h(
      'details',
      { className: 'yw-ask-hand' },
      h('summary', null, T.ask.byHand),
      h('form', { className: 'yw-ask-form', onSubmit: (event) => (event.preventDefault(), deskActs.answers({ columns: given })) },
        h('div', { className: 'yw-ask-columns' }, roles.map((role) => h(Field, { key: role, label: T.ask.roles[role] },
          h(Select, { value: columns[role] || '', options, onChange: (event) => setColumns(Object.assign({}, columns, { [role]: event.target.value })) })))),
        h('div', { className: 'yw-ask-foot' }, h(Button, { type: 'submit', disabled: busy || !Object.keys(given).length }, T.ask.answer)))
    );
  }

  function Question() {
    const submission = desk.use((state) => state.submission);
    const { question } = submission;
    const heading = React.useRef(null);
    React.useEffect(() => {
      if (question && heading.current) heading.current.focus();
    }, [question && question.text]);
    if (!question) return null;
    const busy = deskState.busy(submission);
    const options = question.options.length || question.kind !== 'encoding' ? question.options : ENCODINGS;
    const places = question.kind === 'join' || question.options.some((one) => isPairs(one.value));
    const { what, remedy } = work.sentence(question.text);
    return h(
      'section',
      { className: 'yw-card yw-work-card yw-ask', 'aria-label': T.ask.label },
      h('h2', { ref: heading, tabIndex: -1 }, h('i', { className: 'yw-ask-mark', 'aria-hidden': true }, '?'), T.ask.title),
      h('p', { className: 'yw-ask-text' }, what, remedy && h('span', null, ';' + remedy)),
      options.length > 0 && h(Choices, { key: question.text, question, submission, options, busy }),
      places && h(Columns, { key: question.text + '/hand', question, submission, busy })
    );
  }

  tonglan.Question = Question;
})();
