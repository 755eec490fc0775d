/* 今日值班: who is on duty, who comes next, what is open, the last lines of the journal; and the 快报. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, dutyTexts: T, duty, work } = tonglan;
  const EVERY = 30000;

  function Shift({ title, shift, large }) {
    return h('section', { className: classes('yw-card', large && 'yw-dt-now') }, h('h2', null, title, shift && h('small', null, shift.span)),
      h('div', { className: 'yw-dt-pad' }, shift ? h(duty.Crew, { shift, large }) : h('p', { className: 'yw-dt-bad' }, T.none, h('small', null, T.noneHint))));
  }

  duty.tabs.today = function Today({ ready }) {
    const found = duty.useDuty('now');
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    React.useEffect(() => {
      const timer = setInterval(() => document.hidden || found.reload(), EVERY);
      return () => clearInterval(timer);
    }, []);
    return h(duty.Loaded, { found }, (said) => h('div', { className: 'yw-dt-today' },
      h('div', { className: 'yw-dt-column' },
        h(Shift, { title: T.now, shift: said.shift, large: true }),
        h(Shift, { title: T.next, shift: said.next }),
        said.holes.length > 0 && h('section', { className: 'yw-card' }, h('h2', null, T.holes), h('ul', { className: 'yw-dt-holes' }, said.holes.map((one) => h('li', { key: one }, one))))),
      h('section', { className: 'yw-card' }, h('h2', null, T.open, h('small', null, T.openHint), h('span', { className: 'yw-grow' }), h('small', null, T.more(said.items.length))), h('div', { className: 'yw-dt-scroll' }, h(duty.Items, { items: said.items }))),
      h('section', { className: 'yw-card' }, h('h2', null, T.tabs.journal), h('div', { className: 'yw-dt-scroll' }, h('ul', { className: 'yw-dt-lines' }, said.journal.map((one) => h(duty.Line, { key: one.id, one })))))));
  };

  duty.Line = ({ one, children }) => h('li', null, h('time', null, one.at_text), h('span', { className: 'yw-tag' }, one.kind), one.drill && h('span', { className: 'yw-tag yw-tag-warn' }, T.drillTag),
    h('p', null, one.corrects && h('span', { className: 'yw-t3' }, T.journal.corrects(one.corrects) + ' '), one.text), h('small', null, one.actor_name + ' · ' + T.journal.number(one.id) + (one.late ? ' · ' + T.journal.late(one.written_text) : '')), children);

  duty.tabs.brief = function Brief({ ready }) {
    React.useEffect(ready, []);
    return h('section', { className: 'yw-card yw-dt-narrow' }, h('h2', null, T.tabs.brief), h('div', { className: 'yw-dt-pad' },
      h('ul', { className: 'yw-dt-dots' }, T.brief.contents.map((one) => h('li', { key: one }, one))), h('p', { className: 'yw-t3' }, T.brief.hint),
      h('p', null, h('a', { className: 'yw-button yw-primary', href: '/api/v1/duty/brief.docx', download: '' }, T.brief.make))));
  };

  duty.tabs.drill = function Drill({ ready }) {
    const found = duty.useDuty('drills');
    const now = duty.useDuty('now');
    const mode = tonglan.useData('/api/v1/mode');
    const [title, setTitle] = React.useState('');
    const [send, failure, busy] = duty.useSend(() => {
      setTitle('');
      mode.reload();
      found.reload();
      tonglan.lookAtMode();
    });
    React.useEffect(() => {
      if (mode.data) ready();
    }, [mode.data]);
    const may = now.data && now.data.may_write;
    const running = mode.data && mode.data.drill;
    return h('div', { className: 'yw-dt-narrow yw-dt-column' },
      h('section', { className: 'yw-card' }, h('h2', null, T.tabs.drill), h('div', { className: 'yw-dt-pad' },
        h('p', { className: classes(running && 'yw-dt-warn') }, running ? T.drill.running(running, tonglan.clock.minute(mode.data.since)) : T.drill.none), h('p', { className: 'yw-t3' }, T.drill.hint),
        may && (running ? h('div', { className: 'yw-dt-buttons' }, h(duty.Wrong, { failure }), h(work.Button, { kind: 'main', disabled: busy, onClick: () => send('drills', { end: true }) }, T.drill.end))
          : h(duty.Form, { onSubmit: () => send('drills', { title }), failure, foot: h(work.Button, { kind: 'main', type: 'submit', disabled: busy || !title.trim() }, T.drill.begin) },
            h(duty.Label, { title: T.drill.title }, h('input', { className: 'yw-input', value: title, maxLength: 40, placeholder: T.drill.titleHint, onChange: (event) => setTitle(event.target.value) })))))),
      h('section', { className: 'yw-card' }, h('h2', null, T.drill.log), h(duty.Loaded, { found }, (said) => (said.items.length ? h('ul', { className: 'yw-dt-lines' }, said.items.map((one, n) => h('li', { key: n }, h('time', null, tonglan.clock.minute(one.since)), h('p', null, one.drill ? T.drill.begin + ':' + one.drill : T.drill.ended)))) : h('p', { className: 'yw-dt-empty' }, T.drill.never)))));
  };
})();
