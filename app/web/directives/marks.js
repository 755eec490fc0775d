/* 督办 beside a number: what is open about it, and the section of the drawer with the form of a leader. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, directiveTexts: T } = tonglan;
  const EVERY = 60000; // ms between two looks at what is open
  const store = tonglan.createStore({ found: {} });
  let watching = false;

  const keyOf = (indicator, region) => indicator + '|' + (region || tonglan.boot().city.code);

  async function look() {
    const asOf = new URLSearchParams(window.location.search).get('as_of');
    try {
      const said = await tonglan.api.get('/api/v1/directives?open=1&limit=200' + (asOf ? '&as_of=' + encodeURIComponent(asOf) : ''));
      const found = {};
      said.items.filter((one) => one.about.kind === 'indicator').forEach((one) => {
        const key = one.about.id.split('|').slice(0, 2).join('|');
        found[key] = (found[key] || []).concat(one);
      });
      store.set({ found });
    } catch (wrong) {
      // Without an answer the marks stay as they were; the page itself says what is wrong.
    }
  }

  function watch() {
    if (watching || !tonglan.boot().user) return;
    watching = true;
    look();
    setInterval(() => document.hidden || look(), EVERY);
  }

  /* What is open about a number, and the watch that keeps it so; nothing for visitors. */
  function useDirectives(indicator, region) {
    React.useEffect(watch, []);
    return store.use((state) => state.found[keyOf(indicator, region)]);
  }

  const inTwoDays = () => {
    const at = new Date(tonglan.clock.now() + 2 * 86400000);
    return new Date(at.getTime() + 8 * 3600000).toISOString().slice(0, 11) + '18:00'; // Shanghai
  };

  /* What a leader writes: unit, text, deadline. `about` is "kind:id". */
  function DirectiveForm({ about, units, onDone, onCancel }) {
    const [said, setSaid] = React.useState({ unit: '', text: '', deadline: inTwoDays() });
    const [state, setState] = React.useState({ busy: false, failure: null });
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    const send = async (event) => {
      event.preventDefault();
      setState({ busy: true, failure: null });
      try {
        const made = await tonglan.api.post('/api/v1/directives', Object.assign({ about }, said));
        look();
        onDone(made);
      } catch (failure) {
        setState({ busy: false, failure });
      }
    };
    const at = (item) => tonglan.wrongAt(state.failure, item);
    const rest = tonglan.wrongElsewhere(state.failure, ['unit', 'text', 'deadline']);
    return h('form', { className: 'yw-dv-form', onSubmit: send },
      h('label', null, h('span', null, T.unit), h(tonglan.Pick, { label: T.unit, required: true, value: said.unit, onChange: (unit) => setSaid(Object.assign({}, said, { unit })), options: tonglan.unitOptions(units) }), h(tonglan.FieldWrong, { text: at('unit') })),
      h('label', null, h('span', null, T.text), h('textarea', { className: 'yw-input', required: true, minLength: 2, maxLength: 1000, rows: 3, placeholder: T.textHint, value: said.text, onChange: set('text') }), h(tonglan.FieldWrong, { text: at('text') })),
      h('label', null, h('span', null, T.deadline), h('input', { className: 'yw-input', type: 'datetime-local', required: true, value: said.deadline, onChange: set('deadline') }), h(tonglan.FieldWrong, { text: at('deadline') })),
      rest && h('p', { className: 'yw-dv-wrong', role: 'alert' }, rest),
      h('div', { className: 'yw-dv-buttons' }, onCancel && h('button', { type: 'button', className: 'yw-button', onClick: onCancel }, T.cancel),
        h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: state.busy }, T.send)));
  }

  /* One 督办 in a few lines: who owes what until when, and the reply. */
  function DirectiveBrief({ one }) {
    return h('div', { className: 'yw-dv-brief' },
      h('p', null, h('span', { className: classes('yw-tag', one.overdue && 'yw-tag-bad') }, one.state), h('b', null, one.unit_name), h('span', { className: 'yw-t3' }, one.due_text), one.drill && h('span', { className: 'yw-tag yw-tag-warn' }, T.drill),
        h('span', { className: 'yw-grow' }), h('a', { className: 'yw-link', href: '/directives?id=' + one.id }, T.openPage)),
      h('p', null, one.text),
      h('p', { className: one.reply ? 'yw-dv-reply' : 'yw-t3' }, one.reply ? T.reply + ' ' + one.replied_text + ':' + one.reply : T.noReply));
  }

  /* Within the drawer 解释这个数; nothing for visitors. */
  function ExplainDirectives({ data }) {
    const about = 'indicator:' + data.indicator + '|' + data.region.code;
    const asked = tonglan.boot().user ? '/api/v1/directives?about=' + encodeURIComponent(about) + (data.as_of ? '&as_of=' + encodeURIComponent(data.as_of) : '') : '';
    const [turn, setTurn] = React.useState(0);
    const [said, setSaid] = React.useState(null);
    const [writing, setWriting] = React.useState(false);
    React.useEffect(() => {
      setWriting(false);
      setSaid(null);
    }, [about]);
    React.useEffect(() => {
      if (!asked) return undefined;
      const mine = new AbortController();
      tonglan.api.get(asked, { signal: mine.signal }).then(setSaid, () => null);
      return () => mine.abort();
    }, [asked, turn]);
    if (!said || (!said.items.length && !(said.may_issue && !data.as_of))) return null;
    const done = () => {
      setWriting(false);
      setTurn(turn + 1);
    };
    const full = 'indicator:' + [data.indicator, data.region.code, data.period].join('|');
    return h('section', { className: 'yw-x-section yw-dv-section' },
      h('h3', null, T.beside, said.may_issue && !data.as_of && !writing && h('button', { type: 'button', className: 'yw-button', onClick: () => setWriting(true) }, T.issue)),
      said.items.map((one) => h(DirectiveBrief, { key: one.id, one })),
      writing && h(DirectiveForm, { about: full, units: said.units, onDone: done, onCancel: () => setWriting(false) }));
  }

  Object.assign(tonglan, { useDirectives, DirectiveForm, DirectiveBrief, ExplainDirectives });
})();
