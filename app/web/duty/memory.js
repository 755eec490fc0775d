/* 交接班 with both names and what is open; the 值班日志 that only grows. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, dutyTexts: T, duty, work } = tonglan;
  const H = T.handover, J = T.journal;

  function Leave({ draft, onDone }) {
    const [said, setSaid] = React.useState({ leaving: '', taking: '', notes: '' });
    const [send, failure, busy] = duty.useSend(onDone);
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    const people = [{ value: '', title: '' }].concat(draft.people.map((one) => ({ value: one.id, title: one.name + ' · ' + one.unit_name })));
    return h('section', { className: 'yw-card' }, h('h2', null, H.draft, h('small', null, H.items(draft.items.length)), h('small', null, H.forever)),
      h('div', { className: 'yw-dt-scroll' }, h(duty.Items, { items: draft.items }),
        draft.may_write && h('div', { className: 'yw-dt-pad' }, h(duty.Form, { onSubmit: () => send('handovers', said), failure, foot: h(work.Button, { kind: 'main', type: 'submit', disabled: busy || !said.leaving || !said.taking }, H.sign) },
          h('div', { className: 'yw-dt-two' }, ['leaving', 'taking'].map((one) => h(duty.Label, { key: one, title: H[one] }, h(work.Select, { value: said[one], options: people, onChange: set(one) })))),
          h(duty.Label, { title: H.notes }, h('textarea', { className: 'yw-input', rows: 3, maxLength: 2000, value: said.notes, placeholder: H.notesHint, onChange: set('notes') }))))));
  }

  function Past({ one, may, onDone }) {
    const [remark, setRemark] = React.useState('');
    const [open, setOpen] = React.useState(false);
    const [send, failure, busy] = duty.useSend(onDone);
    const waits = !one.taken_at;
    return h('li', { className: classes(waits && 'yw-dt-waits') },
      h('p', { className: 'yw-dt-top' }, h('b', null, one.leaving.name + ' → ' + one.taking.name), h('span', { className: classes('yw-tag', waits && 'yw-tag-warn') }, one.state), h('span', { className: 'yw-grow' }), h('small', null, one.left_text + (one.taken_text ? ' → ' + one.taken_text : ''))),
      one.notes && h('p', null, one.notes), one.remark && h('p', { className: 'yw-t3' }, H.remark + ':' + one.remark),
      h('button', { type: 'button', className: 'yw-plain yw-link', 'aria-expanded': open, onClick: () => setOpen(!open) }, H.items(one.total)), open && h(React.Fragment, null, (one.items.length > 0 || !one.hidden) && h(duty.Items, { items: one.items }), one.hidden > 0 && h('p', { className: 'yw-t3' }, H.hidden(one.hidden))),
      waits && may && h(duty.Form, { onSubmit: () => send('handovers/' + one.id + '/sign', { remark }), failure, foot: h(work.Button, { kind: 'main', type: 'submit', disabled: busy }, H.take) },
        h(duty.Label, { title: H.remark }, h('input', { className: 'yw-input', value: remark, maxLength: 500, onChange: (event) => setRemark(event.target.value) }))));
  }

  duty.tabs.handover = function Handover({ ready }) {
    const found = duty.useDuty('handovers');
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    return h(duty.Loaded, { found }, (said) => h('div', { className: 'yw-dt-half' }, said.draft && h(Leave, { key: said.items.length, draft: said.draft, onDone: found.reload }),
      h('section', { className: 'yw-card' }, h('h2', null, H.list), h('div', { className: 'yw-dt-scroll' }, said.items.length ? h('ul', { className: 'yw-dt-past' }, said.items.map((one) => h(Past, { key: one.id, one, may: said.draft && said.draft.may_write, onDone: found.reload }))) : h('p', { className: 'yw-dt-empty' }, H.none)))));
  };

  function Write({ kinds, corrects, clear, onDone }) {
    const [said, setSaid] = React.useState({ kind: kinds[0], at: duty.localNow(), text: '' });
    const [send, failure, busy] = duty.useSend(() => {
      setSaid({ kind: said.kind, at: duty.localNow(), text: '' });
      clear();
      onDone();
    });
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    return h(duty.Form, { onSubmit: () => send('journal', Object.assign({}, said, corrects ? { corrects } : {})), failure, beside: ['at', 'kind', 'text'], foot: h(React.Fragment, null, corrects && h(work.Button, { onClick: clear }, T.cancel), h(work.Button, { kind: 'main', type: 'submit', disabled: busy || !said.text.trim() }, J.save)) },
      corrects && h('p', { className: 'yw-dt-warn' }, J.corrects(corrects)),
      h('div', { className: 'yw-dt-two' }, h(duty.Label, { title: J.kind, failure, at: 'kind' }, h(work.Select, { value: said.kind, options: kinds.map((one) => ({ value: one, title: one })), onChange: set('kind') })), h(duty.Label, { title: J.at, failure, at: 'at' }, h('input', { className: 'yw-input', type: 'datetime-local', value: said.at, onChange: set('at') }))),
      h(duty.Label, { title: J.text, failure, at: 'text' }, h('textarea', { className: 'yw-input', rows: 3, maxLength: 2000, value: said.text, onChange: set('text') })));
  }

  duty.tabs.journal = function Journal({ ready }) {
    const [typed, setTyped] = React.useState('');
    const [q, setQ] = React.useState('');
    const [corrects, setCorrects] = React.useState(null);
    const found = duty.useDuty('journal?q=' + encodeURIComponent(q));
    React.useEffect(() => {
      const timer = setTimeout(() => setQ(typed.trim()), 250);
      return () => clearTimeout(timer);
    }, [typed]);
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    return h(duty.Loaded, { found }, (said) => h('div', { className: 'yw-dt-half' },
      h('section', { className: 'yw-card' }, h('h2', null, J.write, h('small', null, J.only)), h('div', { className: 'yw-dt-pad' }, said.may_write ? h(Write, { kinds: said.kinds, corrects, clear: () => setCorrects(null), onDone: found.reload }) : h('p', { className: 'yw-t3' }, T.noWrite))),
      h('section', { className: 'yw-card' }, h('h2', null, T.tabs.journal, h('span', { className: 'yw-grow' }), h('input', { className: 'yw-input yw-dt-search', type: 'search', placeholder: J.search, 'aria-label': J.search, value: typed, onChange: (event) => setTyped(event.target.value) })),
        h('div', { className: 'yw-dt-scroll' }, said.items.length ? h('ul', { className: 'yw-dt-lines' }, said.items.map((one) => h(duty.Line, { key: one.id, one }, said.may_write && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => setCorrects(one.id) }, J.correct)))) : h('p', { className: 'yw-dt-empty' }, J.none)))));
  };
})();
