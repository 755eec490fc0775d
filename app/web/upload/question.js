/* A question that only the person can answer, asked plainly, with its choices. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, desk, deskActs, deskState, work } = tonglan;
  const { Button, Select, Field } = work;
  const T = tonglan.uploadTexts;

  /* What an answer to each kind of question changes. */
  const ANSWERS = {
    part: (value) => ({ part: value }),
    kind: (value) => ({ purpose: value }),
    encoding: (value) => ({ encoding: value }),
    crs: (value) => ({ crs: value }),
    schema: (value) => ({ accept_schema: !['no', 'false', 'refuse'].includes(value) }),
  };

  function Choices({ question, busy }) {
    const [value, setValue] = React.useState(question.options.length ? question.options[0].value : '');
    const name = React.useId();
    const submit = (event) => {
      event.preventDefault();
      deskActs.answers((ANSWERS[question.kind] || ANSWERS.part)(value));
    };
    return h(
      'form',
      { className: 'yw-ask-form', onSubmit: submit },
      h('div', { className: classes('yw-ask-options', question.options.some((one) => one.detail) && 'yw-ask-tall'), role: 'radiogroup', 'aria-label': question.text },
        question.options.map((one) => h('label', { key: one.value, className: classes('yw-option', value === one.value && 'yw-on') },
          h('input', { type: 'radio', name, value: one.value, checked: value === one.value, onChange: () => setValue(one.value) }),
          h('span', null, h('b', null, one.title), one.detail && h('small', null, one.detail))))),
      h('div', { className: 'yw-ask-foot' }, h(Button, { kind: 'main', type: 'submit', disabled: busy || !value }, T.ask.answer))
    );
  }

  /* Which column plays which role; the suggestions come as "role=column" or as names of columns. */
  function Columns({ question, submission, busy }) {
    const fields = (submission.report && submission.report.fields) || [];
    const pairs = question.options.filter((one) => /^[a-z_]+=/.test(one.value));
    const names = [...new Set(fields.map((one) => one.name).concat(question.options.filter((one) => !pairs.includes(one)).map((one) => one.value)))];
    const [columns, setColumns] = React.useState(() => Object.assign({}, submission.answers.columns));
    const roles = question.kind === 'join' ? ['code', 'name'] : ['lon', 'lat', 'pair', 'wkt', 'grid', 'code', 'name'];
    const options = [{ value: '', title: T.ask.none }].concat(names.map((name) => ({ value: name, title: name })));
    const given = Object.fromEntries(Object.entries(columns).filter(([, name]) => name));
    const suggested = (text) => Object.fromEntries(text.split(/[,;&]/).map((pair) => pair.split('=')));
    return h(
      'form',
      { className: 'yw-ask-form', onSubmit: (event) => (event.preventDefault(), deskActs.answers({ columns: given })) },
      pairs.length > 0 && h('div', { className: 'yw-ask-options' }, pairs.map((one) => h('button', { key: one.value, type: 'button', className: 'yw-option', disabled: busy, onClick: () => deskActs.answers({ columns: suggested(one.value) }) },
        h('span', null, h('b', null, one.title), one.detail && h('small', null, one.detail))))),
      names.length > 0 && h('div', { className: 'yw-ask-columns' }, roles.map((role) => h(Field, { key: role, label: T.ask.roles[role] },
        h(Select, { value: columns[role] || '', options, onChange: (event) => setColumns(Object.assign({}, columns, { [role]: event.target.value })) })))),
      names.length > 0 && h('div', { className: 'yw-ask-foot' }, h(Button, { kind: 'main', type: 'submit', disabled: busy || !Object.keys(given).length }, T.ask.answer))
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
    const columns = question.kind === 'columns' || (question.kind === 'join' && !question.options.length) || question.options.some((one) => /^[a-z_]+=/.test(one.value));
    const { what, remedy } = work.sentence(question.text);
    return h(
      'section',
      { className: 'yw-card yw-work-card yw-ask', 'aria-label': T.ask.label },
      h('h2', { ref: heading, tabIndex: -1 }, h('i', { className: 'yw-ask-mark', 'aria-hidden': true }, '?'), T.ask.title),
      h('p', { className: 'yw-ask-text' }, what, remedy && h('span', { className: 'yw-t3' }, ' ' + remedy)),
      h(columns ? Columns : Choices, { key: question.text, question, submission, busy })
    );
  }

  tonglan.Question = Question;
})();
