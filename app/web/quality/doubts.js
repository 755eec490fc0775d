/* The list of doubts: what, where, why, since when; what people said; explain or verify. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, qualityTexts: texts, qualityMoment: moment } = tonglan;
  const SERIOUS = { range: 'bad', cross: 'bad', jump: 'warn', stuck: 'warn', timely: 'warn', completeness: 'warn' };

  /* One line to write: a note that explains, or the reason why the value is true. */
  function Say({ flag, accepting, done, close }) {
    const [text, setText] = React.useState('');
    const [until, setUntil] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    function send(event) {
      event.preventDefault();
      setBusy(true);
      const path = '/api/v1/quality/flags/' + flag.id + (accepting ? '/acceptance' : '/notes');
      tonglan.api.post(path, until && !accepting ? { text, until } : { text }).then(done, (wrong) => {
        setFailure(wrong);
        setBusy(false);
      });
    }
    return h('form', { className: 'yw-q-say', onSubmit: send },
      h('input', { className: 'yw-field', value: text, autoFocus: true, required: true, minLength: 2, maxLength: 500, placeholder: accepting ? texts.acceptHint : texts.noteHint,
        'aria-label': accepting ? texts.accept : texts.note, onChange: (event) => setText(event.target.value) }),
      !accepting && h('label', null, texts.until, h('input', { type: 'date', className: 'yw-field', value: until, onChange: (event) => setUntil(event.target.value) })),
      h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: busy }, accepting ? texts.accept : texts.save),
      h('button', { type: 'button', className: 'yw-button', onClick: close }, texts.cancel),
      failure && h('p', { role: 'alert', className: 'yw-q-bad' }, failure.message));
  }

  function Doubt({ flag, now, reload, replay }) {
    const [saying, setSaying] = React.useState('');
    const ended = Boolean(flag.cleared_at);
    const say = (what) => () => setSaying(saying === what ? '' : what);
    const valued = flag.value !== null;
    return h('li', { className: classes('yw-q-doubt', ended && 'yw-q-ended') },
      h('span', { className: classes('yw-tag', 'yw-tag-' + SERIOUS[flag.kind]) }, flag.kind_text),
      h('div', { className: 'yw-q-words' },
        h('p', null, h('b', null, h('a', { href: '/indicator/' + flag.indicator + '?region=' + flag.region }, flag.title)), h('span', null, flag.region_name + ' · ' + flag.period_text)),
        h('p', null, valued ? h('span', { 'data-explain': [flag.indicator, flag.region, flag.period].join('|') }, flag.detail) : flag.detail),
        flag.notes.map((one, n) => h('p', { key: n, className: 'yw-q-note' }, one.text, one.until ? ' ' + texts.until + ' ' + one.until.slice(5, 10) : '', h('small', null, [one.author, moment(one.at, now)].filter(Boolean).join(' ')))),
        saying && h(Say, { flag, accepting: saying === 'accept', done: () => { setSaying(''); reload(); }, close: () => setSaying('') })),
      h('div', { className: 'yw-q-when' }, h('span', null, texts.raised(moment(flag.raised_at, now))), ended && h('small', null, texts.cleared(flag.cleared_text, moment(flag.cleared_at, now))), h('small', null, flag.owner),
        !replay && h('span', { className: 'yw-q-acts' },
          flag.may.note && !ended && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: say('note') }, texts.note),
          flag.may.accept && h('button', { type: 'button', className: 'yw-plain yw-link', title: texts.acceptHint, onClick: say('accept') }, texts.accept))));
  }

  function Kinds({ kinds, chosen, choose, all, setAll }) {
    const chip = (name, text, count) => h('button', { key: name, type: 'button', className: classes('yw-q-kind', chosen === name && 'yw-on'), 'aria-pressed': chosen === name, onClick: () => choose(name) }, text, count > 0 && h('b', null, count));
    const total = kinds.reduce((sum, one) => sum + one.count, 0);
    return h('div', { className: 'yw-q-kinds', role: 'group', 'aria-label': texts.filter }, chip('', texts.all, total), kinds.map((one) => chip(one.kind, one.text, one.count)),
      h('span', { className: 'yw-grow' }), h('label', null, h('input', { type: 'checkbox', checked: all, onChange: (event) => setAll(event.target.checked) }), texts.history));
  }

  function Doubts({ kinds, now, asOf, reloadAll, onReady }) {
    const [kind, setKind] = React.useState(tonglan.qualityAsked('kind'));
    const [all, setAll] = React.useState(tonglan.qualityAsked('state') === 'all');
    const query = new URLSearchParams({ limit: '100', state: all ? 'all' : 'open' });
    if (kind) query.set('kind', kind);
    if (asOf) query.set('as_of', asOf);
    const list = tonglan.useData('/api/v1/quality/flags?' + query);
    const [further, setFurther] = React.useState([]);
    const [next, setNext] = React.useState(null);
    React.useEffect(() => {
      setFurther([]);
      setNext(list.data ? list.data.next : null);
      if (list.data || list.failure) onReady();
    }, [list.data, list.failure]);
    const choose = (name) => { tonglan.qualityAddress({ kind: name }); setKind(name); };
    const history = (on) => { tonglan.qualityAddress({ state: on ? 'all' : '' }); setAll(on); };
    const more = () => tonglan.api.get('/api/v1/quality/flags?' + query + '&next=' + encodeURIComponent(next)).then((found) => { setFurther(further.concat(found.items)); setNext(found.next); });
    const reload = () => { list.reload(); reloadAll(); };
    const items = (list.data ? list.data.items : []).concat(further);
    return h(React.Fragment, null, h(Kinds, { kinds, chosen: kind, choose, all, setAll: history }),
      h('div', { className: 'yw-q-scroll' },
        list.failure && h(tonglan.Failure, { failure: list.failure, again: list.reload }),
        list.data && !items.length && h('div', { className: 'yw-q-empty' }, h('p', null, texts.noFlags), h('small', null, texts.noFlagsHint)),
        h('ul', { className: 'yw-q-doubts' }, items.map((one) => h(Doubt, { key: one.id, flag: one, now, reload, replay: Boolean(asOf) }))),
        next && h('button', { type: 'button', className: 'yw-button yw-q-more', onClick: more }, texts.more)));
  }

  tonglan.QualityDoubts = Doubts;
})();
