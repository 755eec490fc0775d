/* Sources ranked by lateness, and what each bureau was late with this week. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, FreshDot, qualityTexts: texts } = tonglan;

  /* "10:22" today, else "11-20 10:22"; of another year with the year. */
  function moment(iso, now) {
    if (!iso) return '';
    const day = iso.slice(0, 10), clock = iso.slice(11, 16);
    if (now && day === now.slice(0, 10)) return clock;
    return (now && day.slice(0, 4) === now.slice(0, 4) ? day.slice(5) : day) + ' ' + clock;
  }
  tonglan.qualityMoment = moment;

  const explained = (one) => (one.period ? { 'data-explain': [one.indicator, one.region, one.period].join('|') } : {});

  function Members({ source, now }) {
    return source.indicators.map((one) => h('tr', { key: one.indicator, className: 'yw-q-member' },
      h('td', null, h(FreshDot, { state: one.state }), h('a', { href: '/indicator/' + one.indicator }, one.title)),
      h('td', { className: 'yw-q-' + one.state }, one.text),
      h('td', null, texts.promise(one.promise)),
      h('td', null, one.period ? h('span', explained(one), one.period_text) : '—'),
      h('td', null, moment(one.since, now))));
  }

  function Source({ source, now, open, toggle }) {
    const worst = source.indicators[0];
    const lines = [source.topic + ' · ' + source.owner, source.indicators.length > 1 && texts.members(source.indicators.length)];
    return h(React.Fragment, null,
      h('tr', { className: classes('yw-q-source', open && 'yw-on') },
        h('td', null, h('button', { type: 'button', className: 'yw-plain', 'aria-expanded': open, onClick: toggle },
          h(FreshDot, { state: source.state }), h('span', { className: 'yw-q-name' }, h('b', null, source.title), h('small', null, lines.filter(Boolean).join(' · '))))),
        h('td', { className: 'yw-q-' + source.state }, source.text),
        h('td', null, texts.promise(worst.promise)),
        h('td', null, worst.period ? h('span', { className: 'yw-q-two' }, h('span', explained(worst), worst.period_text), h('small', { title: worst.title }, worst.title)) : '—'),
        h('td', null, moment(source.since, now) || '—')),
      source.error && h('tr', { className: 'yw-q-error' }, h('td', { colSpan: 5 }, h('span', null, source.error),
        h('small', null, source.last_ok ? texts.lastOk(moment(source.last_ok, now)) : '', source.id && h('a', { className: 'yw-link', href: '/sources?id=' + encodeURIComponent(source.id) }, texts.toSources)))),
      open && h(Members, { source, now }));
  }

  function Sources({ sources, now }) {
    const [open, setOpen] = React.useState('');
    const { head } = texts;
    const name = (one) => one.id || one.title + one.owner;
    return h('div', { className: 'yw-q-scroll' }, h('table', { className: 'yw-grid yw-q-table yw-q-sources' },
      h('thead', null, h('tr', null, [head.source, head.state, head.promise, head.last, head.since].map((text) => h('th', { key: text, scope: 'col' }, text)))),
      h('tbody', null, sources.map((one) => h(Source, { key: name(one), source: one, now, open: open === name(one), toggle: () => setOpen(open === name(one) ? '' : name(one)) })))));
  }

  function Owners({ owners }) {
    const { ownerHead } = texts;
    return h('table', { className: 'yw-grid yw-q-table yw-q-owners' },
      h('thead', null, h('tr', null, Object.values(ownerHead).map((text, n) => h('th', { key: text, scope: 'col', className: n ? 'yw-num' : undefined }, text)))),
      h('tbody', null, owners.map((one) => h('tr', { key: one.owner }, h('td', null, one.owner), h('td', { className: 'yw-num' }, one.indicators),
        h('td', { className: classes('yw-num', one.late_now && 'yw-q-late') }, one.late_now), h('td', { className: 'yw-num' }, one.late_week), h('td', { className: 'yw-num' }, one.longest || '—')))));
  }

  Object.assign(tonglan, { QualitySources: Sources, QualityOwners: Owners });
})();
