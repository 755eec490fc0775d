/* The page 数据质量: sources by lateness and bureaus at the left, doubts and completeness at the right. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, qualityTexts: texts } = tonglan;
  const EVERY = 60000; // ms after which the page asks anew; in replay it does not

  tonglan.qualityAsked = (name) => new URLSearchParams(window.location.search).get(name) || '';
  tonglan.qualityAddress = (wanted) => {
    const query = new URLSearchParams(window.location.search);
    Object.entries(wanted).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name)));
    window.history.replaceState(null, '', query.size ? '?' + query : window.location.pathname);
  };

  function Summary({ states, asOf }) {
    return h('p', { className: 'yw-q-summary', role: 'status' }, asOf && h('span', { className: 'yw-tag yw-tag-warn' }, texts.replay(asOf)),
      h('span', null, texts.summary(states)),
      Object.entries(texts.counts).map(([state, say]) => states[state] > 0 && h('span', { key: state, className: 'yw-q-' + state }, say(states[state]))));
  }

  function QualityPage() {
    const asOf = tonglan.qualityAsked('as_of');
    const main = tonglan.useData('/api/v1/quality' + (asOf ? '?as_of=' + encodeURIComponent(asOf) : ''));
    const [doubtsReady, setDoubtsReady] = React.useState(false);
    const [heatReady, setHeatReady] = React.useState(false);
    React.useEffect(() => {
      if (asOf) return undefined;
      const timer = setInterval(main.reload, EVERY);
      return () => clearInterval(timer);
    }, []);
    const found = main.data;
    const kinds = found ? found.flags : [];
    const now = found ? found.now : '';
    return h(tonglan.WorkPage, { page: 'quality', title: texts.title, ready: doubtsReady && heatReady && Boolean(found || main.failure) },
      h('div', { className: 'yw-quality' },
        h('section', { className: 'yw-card', 'aria-label': texts.sources },
          h('h2', null, texts.sources, found ? h(Summary, { states: found.states, asOf }) : h('small', null, texts.sourcesHint)),
          main.failure && h(tonglan.Failure, { failure: main.failure, again: main.reload }),
          found && !found.sources.length && h('p', { className: 'yw-q-empty' }, texts.nothingHere),
          found && h(tonglan.QualitySources, { sources: found.sources, now })),
        h('section', { className: 'yw-card', 'aria-label': texts.owners }, h('h2', null, texts.owners, h('small', null, texts.ownersHint)),
          found && h('div', { className: 'yw-q-scroll' }, h(tonglan.QualityOwners, { owners: found.owners }))),
        h('section', { className: 'yw-card', 'aria-label': texts.doubts }, h('h2', null, texts.doubts),
          h(tonglan.QualityDoubts, { kinds, now, asOf, reloadAll: main.reload, onReady: () => setDoubtsReady(true) })),
        h('section', { className: 'yw-card', 'aria-label': texts.completeness }, h('h2', null, texts.completeness, h('small', null, texts.heatHint)),
          h(tonglan.QualityHeat, { asOf, onReady: () => setHeatReady(true) }))));
  }
  tonglan.pages.quality = QualityPage;
})();
