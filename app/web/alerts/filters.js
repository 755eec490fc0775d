/* What the list is narrowed by, with how many there are of each; at the foot the last 30 days. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alertTexts: texts, alertWords: words, AlertShape } = tonglan;

  function Box({ on, count, act, children, label }) {
    return h('button', { type: 'button', role: 'checkbox', 'aria-checked': on, 'aria-label': label, className: classes('yw-layer yw-al-box', on && 'yw-on'), onClick: act },
      h('i', { className: 'yw-box', 'aria-hidden': true }), children, h('em', null, count || 0));
  }

  function Group({ name, values, counts, titled }) {
    const chosen = board.use((state) => state.view[name]);
    if (!values.length) return null;
    return h('section', { className: 'yw-al-group', role: 'group', 'aria-label': texts.groups[name] }, h('h3', null, texts.groups[name]), values.map((value) => {
      const title = titled ? titled(value) : value;
      return h(Box, { key: value, on: !chosen.length || chosen.includes(value), count: counts[value], label: title, act: () => acts.filter(name, value, values) },
        name === 'level' && h(AlertShape, { level: value, quiet: true }), h('span', null, title));
    }));
  }

  /* One county at a time, as on the overview; the whole city first. */
  function Regions({ counts, open }) {
    const places = board.use((state) => state.boot.places);
    const chosen = board.use((state) => state.view.region);
    const radio = (code, title, count) => h('button', { key: code, type: 'button', role: 'radio', 'aria-checked': code ? chosen.includes(code) : !chosen.length, className: classes('yw-layer yw-al-box', (code ? chosen.includes(code) : !chosen.length) && 'yw-on'),
      onClick: () => acts.only('region', code && !chosen.includes(code) ? [code] : []) }, h('i', { className: 'yw-box', 'aria-hidden': true }), h('span', null, title), h('em', null, count || 0));
    return h('section', { className: 'yw-al-group', role: 'radiogroup', 'aria-label': texts.groups.region }, h('h3', null, texts.groups.region), radio('', texts.wholeCity, open),
      places.filter((place) => counts[place.code] || chosen.includes(place.code)).map((place) => radio(place.code, place.name, counts[place.code])));
  }

  const day = (moment) => (moment ? new Date(Date.parse(moment) + 8 * 3600000).toISOString().slice(0, 10) : ''); // the clock of the city
  const midnight = (text, later) => new Date(Date.parse(text + 'T00:00:00+08:00') + later * 86400000).toISOString();

  /* Resolved alerts of longer ago: a stretch of days, both included, is asked for. */
  function Older() {
    const { from, to } = board.use((state) => state.view);
    const [said, setSaid] = React.useState({ from: '', to: '', wrong: '' });
    React.useEffect(() => setSaid({ from: day(from), to: to ? day(new Date(Date.parse(to) - 1).toISOString()) : '', wrong: '' }), [from, to]);
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value, wrong: '' }));
    const ask = (event) => {
      event.preventDefault();
      if (said.from && said.to && said.from > said.to) return setSaid(Object.assign({}, said, { wrong: texts.askWrong }));
      return acts.hour(said.from && midnight(said.from, 0), said.to && midnight(said.to, 1));
    };
    const input = (name, label) => h('label', null, h('span', null, label), h('input', { type: 'date', className: 'yw-input', value: said[name], onChange: set(name) }));
    return h('form', { className: 'yw-al-group yw-al-older', 'aria-label': texts.older, onSubmit: ask }, h('h3', null, texts.older), input('from', texts.olderFrom), input('to', texts.olderTo),
      said.wrong && h('p', { className: 'yw-al-wrong', role: 'alert' }, said.wrong), h('button', { type: 'submit', className: 'yw-button' }, texts.ask));
  }

  function AlertFilters() {
    const answer = board.use((state) => state.answer);
    const topics = board.use((state) => state.boot.topics);
    const opened = board.use((state) => state.open === 'filters');
    const recent = board.use((state) => !state.view.from && !state.view.to);
    const counts = (answer && answer.counts) || {};
    const title = Object.fromEntries((topics || []).map((one) => [one.id, one.title]));
    const there = Object.keys(counts.topic || {});
    const named = (topics || []).map((one) => one.id).filter((id) => there.includes(id)).concat(there.filter((id) => !title[id]));
    return h('section', { className: classes('yw-card yw-al-filters', opened && 'yw-al-opened'), id: 'yw-filters', 'aria-label': texts.filters },
      h('h2', null, texts.filters, h('span', { className: 'yw-grow' }), h('button', { type: 'button', className: 'yw-plain yw-al-reset', onClick: acts.reset }, texts.reset)),
      h('div', { className: 'yw-al-scroll' },
        h(Group, { name: 'level', values: words.LEVELS, counts: counts.level || {} }),
        h(Group, { name: 'state', values: texts.states, counts: counts.state || {}, titled: (state) => (recent ? texts.recent(state, tonglan.alertAddress.RECENT) : state) }),
        h(Group, { name: 'topic', values: named, counts: counts.topic || {}, titled: (id) => title[id] || id }),
        h(Regions, { counts: counts.region || {}, open: answer ? answer.open : 0 }),
        h(Older)),
      answer && answer.foot && h('footer', { className: 'yw-al-foot' }, texts.foot(answer.foot).map((line) => h('p', { key: line }, line))));
  }
  tonglan.AlertFilters = AlertFilters;
})();
