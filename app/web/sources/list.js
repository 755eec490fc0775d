/* The list of refreshers, what needs a person first. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, sourceTexts: texts } = tonglan;

  function fits(one, wanted) {
    const words = [one.id, one.source, one.source_title, one.owner, one.topic.title, ...one.indicators.map((each) => each.title)].join(' ').toLowerCase();
    return (!wanted.text || words.includes(wanted.text.toLowerCase())) &&
      (!wanted.state || (wanted.state === 'held' ? one.held > 0 : one.state === wanted.state));
  }

  /* One chip a state that occurs; the chosen one narrows the list. */
  function States({ items, chosen, choose }) {
    const counts = {};
    items.forEach((one) => (counts[one.state] = (counts[one.state] || 0) + 1));
    const held = items.filter((one) => one.held).length;
    const chips = [['', texts.all, items.length], ...(held ? [['held', texts.held, held]] : []),
      ...Object.entries(texts.states).filter(([state]) => counts[state]).map(([state, name]) => [state, name, counts[state]])];
    return h('div', { className: 'yw-s-chips', role: 'group', 'aria-label': texts.list }, chips.map(([state, name, count]) =>
      h('button', { key: state, type: 'button', className: classes('yw-s-chip', chosen === state && 'yw-on'), 'aria-pressed': chosen === state, onClick: () => choose(state) }, name, h('b', null, count))));
  }

  function Row({ one, chosen, choose, now }) {
    const last = one.last;
    const names = one.indicators.map((each) => each.title).join('、');
    return h('tr', { className: classes('yw-s-row', chosen && 'yw-on') },
      h('td', null, h(tonglan.SourceState, { one }), one.held > 0 && h('span', { className: 'yw-tag yw-tag-warn' }, texts.held + ' ' + one.held)),
      h('td', null, h('button', { type: 'button', className: 'yw-plain yw-s-name', 'aria-current': chosen ? 'true' : undefined, onClick: choose, title: names },
        h('b', null, names || one.id), h('small', null, one.topic.title + ' · ' + one.kind_title + ' · ' + one.id))),
      h('td', { className: 'yw-s-owner' }, one.owner),
      h('td', null, h('span', { className: 'yw-s-two' }, texts.every(one.schedule), h('small', null, one.next ? texts.next + texts.moment(one.next, now) : ''))),
      h('td', null, h('span', { className: 'yw-s-two' }, last ? texts.moment(last.started, now) : '—', h('small', null, one.failures ? texts.failedRow(one.failures) : ''))),
      h('td', { className: 'yw-num' }, last ? last.kept + '/' + last.read : '—'),
      h('td', { className: 'yw-num yw-s-took' }, h(tonglan.SourceDurations, { runs: one.durations }), h('small', null, last ? texts.seconds(last.seconds) : '')));
  }

  function SourceList({ list, chosen, choose }) {
    const [wanted, setWanted] = React.useState({ text: '', state: '' });
    const items = list.data ? list.data.items : [];
    const shown = items.filter((one) => fits(one, wanted));
    return h('section', { className: 'yw-card yw-s-list', 'aria-label': texts.list },
      h('h2', null, texts.list, list.data && h('small', null, texts.counts(items.length))),
      h('div', { className: 'yw-s-filter' },
        h('input', { className: 'yw-field', type: 'search', placeholder: texts.search, 'aria-label': texts.search, value: wanted.text, onChange: (event) => setWanted({ text: event.target.value, state: wanted.state }) }),
        h(States, { items, chosen: wanted.state, choose: (state) => setWanted({ text: wanted.text, state }) })),
      list.failure && h(tonglan.Failure, { failure: list.failure, again: list.reload }),
      list.data && !shown.length && h('p', { className: 'yw-s-empty' }, items.length ? texts.none : texts.nothing),
      shown.length > 0 && h('div', { className: 'yw-s-scroll' }, h('table', { className: 'yw-grid yw-s-table' },
        h('thead', null, h('tr', null, h('th', { scope: 'col' }), texts.columns.map((name, at) => h('th', { key: name, scope: 'col', className: at > 3 ? 'yw-num' : undefined }, name)))),
        h('tbody', null, shown.map((one) => h(Row, { key: one.id, one, chosen: one.id === chosen, choose: () => choose(one.id), now: list.data.now }))))));
  }
  tonglan.SourceList = SourceList;
})();
