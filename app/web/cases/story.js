/* What happened with a case: the timeline, and each stage's time against its limit with the pauses hatched. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, caseParts, Lamp } = tonglan;
  const T = tonglan.caseTexts;
  const part = (from, to, at) => (100 * (at - from)) / Math.max(1, to - from);
  const ms = (iso) => (iso ? new Date(iso).getTime() : NaN);

  /* Newest first on the desk, oldest first on paper; `most` entries. */
  function Timeline({ entries, newest, most, now }) {
    const all = newest ? [...entries].reverse() : entries;
    return h('ol', { className: 'yw-cs-story' }, all.slice(0, most || all.length).map((one, n) => h('li', { key: n, className: classes('yw-cs-entry', one.step === 'moved' && 'yw-cs-moved') },
      h('time', { dateTime: one.at }, caseParts.when(one.at, now)),
      h('div', null, h('b', null, one.text || one.step), [one.actor_name, one.unit_name].filter(Boolean).length > 0 && h('span', { className: 'yw-t3' }, [one.actor_name, one.unit_name].filter(Boolean).join(' · ')),
        one.took_text && h('span', { className: 'yw-cs-took' }, one.took_text), one.note && h('p', null, one.note), h(caseParts.Photos, { urls: one.photos, className: 'yw-cs-small' })))));
  }

  /* One stage as a bar from its start to its due time or later; paused spans are hatched. */
  function Clock({ clock, now, end }) {
    const start = ms(clock.started);
    const due = ms(clock.due);
    const stop = ms(clock.ended) || end || now;
    const last = Math.max(stop, due || 0, start + 1);
    const late = due && stop > due;
    const bar = (from, to, look, title) => h('i', { className: look, title, style: { left: Math.max(0, part(start, last, from)) + '%', width: Math.max(0.6, part(start, last, Math.min(to, last)) - Math.max(0, part(start, last, from))) + '%' } });
    return h('div', { className: 'yw-cs-clock' }, h('b', null, clock.stage),
      h('div', { className: 'yw-cs-bar', role: 'img', 'aria-label': [clock.stage, T.used, clock.used_text, T.ofLimit, clock.limit_text].filter(Boolean).join(' ') },
        bar(start, stop, classes('yw-cs-used', late && 'yw-cs-toolong')), (clock.pauses || []).map((one, n) => h(React.Fragment, { key: n }, bar(ms(one.from), ms(one.to) || now, 'yw-cs-pause', T.pausedWhy(one.why || ''))))
        , due && h('i', { className: 'yw-cs-duemark', style: { left: Math.min(100, part(start, last, due)) + '%' } })),
      h('span', { className: classes('yw-cs-usedtext', late && 'yw-cs-overdue') }, late && h(Lamp, { lamp: 'bad', quiet: true }), clock.used_text || '—', h('small', null, ' / ' + (clock.limit_text || T.notSet))));
  }
  const React = window.React;

  function Clocks({ detail, now }) {
    const clocks = detail.clocks || [];
    if (!clocks.length) return h('p', { className: 'yw-t3' }, T.nothingYet);
    const paused = clocks.some((one) => (one.pauses || []).length);
    return h('div', { className: 'yw-cs-clocks' }, clocks.map((clock, n) => h(Clock, { key: n, clock, now, end: clocks[n + 1] && ms(clocks[n + 1].started) })),
      paused && h('p', { className: 'yw-cs-hatchkey' }, h('i', { className: 'yw-cs-pause' }), T.paused));
  }

  function Tasks({ tasks, now }) {
    if (!(tasks || []).length) return h('p', { className: 'yw-t3' }, T.nobody);
    return h('ul', { className: 'yw-cs-tasks' }, tasks.map((one) => h('li', { key: one.unit + one.lead }, h('span', { className: 'yw-t3' }, one.lead ? T.lead : T.support), h('b', null, one.name), h('span', { className: 'yw-tag' }, one.state),
      h('span', { className: 'yw-cs-taskclock' }, h(caseParts.Due, { row: Object.assign({ clock: one.due || one.done ? 'running' : 'stopped' }, one), now }), one.limit_text && h('small', { className: 'yw-t3' }, '/ ' + one.limit_text)),
      one.asked && h('small', { className: 'yw-cs-asks' }, T.supportAsks(one.name, caseParts.when(one.asked.until, now), one.asked.note)))));
  }

  tonglan.caseStory = { Timeline, Clocks, Tasks };
})();
