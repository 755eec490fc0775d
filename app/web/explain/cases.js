/* The cases behind a number that is counted from them: asked for when they come into view. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, explainTexts: texts } = tonglan;

  const FEW = 6, MORE = 200;

  function useCases(data, asOf, many) {
    const [found, setFound] = React.useState(null);
    const key = [data.indicator, data.region.code, data.period, data.value, many].join('|');
    React.useEffect(() => {
      const mine = new AbortController();
      const asked = new URLSearchParams({ indicator: data.indicator, region: data.region.code, period: data.period, limit: String(many) });
      if (asOf) asked.set('as_of', asOf);
      tonglan.api.get('/api/v1/explain/cases?' + asked, { signal: mine.signal })
        .then(setFound, (failure) => mine.signal.aborted || setFound({ failure }));
      return () => mine.abort();
    }, [key, asOf]);
    return found;
  }

  function Row({ one }) {
    return h('tr', null,
      h('td', null, h('a', { href: one.href }, one.number)),
      h('td', null, one.category, h('small', { className: 'yw-x-where' }, [one.region, one.place].filter(Boolean).join(' · '))),
      h('td', { className: 'yw-x-state' }, one.state));
  }

  function List({ found, many, more }) {
    if (!found) return h('p', { className: 'yw-x-note' }, texts.loading);
    if (found.failure) return h('p', { className: 'yw-x-note yw-x-warn' }, found.failure.message || texts.noCases);
    if (!found.total) return h('p', { className: 'yw-x-note' }, texts.noCases);
    return h(React.Fragment, null,
      found.items.length > 0 && h('div', { className: 'yw-x-scroll' }, h('table', { className: 'yw-x-table yw-x-cases' }, h('tbody', null, found.items.map((one) => h(Row, { key: one.id, one }))))),
      found.hidden > 0 && h('p', { className: 'yw-x-note' }, texts.hiddenCases(found.hidden)),
      found.total > many && many < MORE && h('button', { type: 'button', className: 'yw-chip yw-x-more', onClick: more }, texts.moreCases(Math.min(found.total, MORE))),
      found.total > MORE && many >= MORE && h('p', { className: 'yw-x-note' }, texts.mostCases(MORE)));
  }

  function Cases({ data, asOf }) {
    const [many, setMany] = React.useState(FEW);
    const found = useCases(data, asOf, many);
    const total = found && !found.failure ? texts.caseCount(found.total) : '';
    return h('section', { className: 'yw-x-section' },
      h('h3', null, texts.behind, total && h('small', null, total)),
      h('p', { className: 'yw-x-note' }, data.cases.source + ':' + data.cases.words),
      h(List, { found, many, more: () => setMany(MORE) }));
  }

  tonglan.ExplainCases = Cases;
})();
