/* The page 告警规则: the rules at the left, one of them at the right; the address says which. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, ruleTexts: texts } = tonglan;
  const EVERY = 30000; // ms after which states are asked anew

  const asked = (name) => new URLSearchParams(window.location.search).get(name) || '';
  function remember(wanted) {
    const query = new URLSearchParams(window.location.search);
    Object.entries(wanted).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name)));
    window.history.replaceState(null, '', query.size ? '?' + query : window.location.pathname);
  }
  const fits = (one, words) => !words || [one.title, one.id, ...one.indicators.map((two) => two.title)].some((text) => text.toLowerCase().includes(words.toLowerCase()));

  function RulesPage() {
    const data = tonglan.useData('/api/v1/rules');
    const found = tonglan.useData('/api/v1/rules/form');
    const [fresh, setFresh] = React.useState(false);
    const [topic, setTopic] = React.useState(asked('topic'));
    const [words, setWords] = React.useState(asked('q'));
    const [rule, setRule] = React.useState(asked('rule'));
    React.useEffect(() => remember({ topic, q: words, rule }), [topic, words, rule]);
    React.useEffect(() => {
      const detail = rule && document.querySelector('.yw-rule-detail');
      if (detail && detail.getBoundingClientRect().top < 0) detail.scrollIntoView(); // a phone shows it above the list
    }, [rule]);
    React.useEffect(() => {
      const timer = setInterval(data.reload, EVERY);
      return () => clearInterval(timer);
    }, []);
    const all = data.data ? data.data.items : [];
    const waiting = data.data ? data.data.new : [];
    const form = found.data && data.data && Object.assign({ review: data.data.review }, found.data);
    const choose = (one) => { setFresh(false); setRule(one); };
    React.useEffect(() => { // where there is room beside the list, what fires stands there, else the first rule
      if (rule || fresh || !all.length || !window.matchMedia('(min-width: 64rem)').matches) return;
      setRule((all.find((one) => one.open > 0) || all[0]).id);
    }, [Boolean(data.data)]);
    const items = all.filter((one) => (!topic || one.topic === topic) && fits(one, words));
    const topics = [...new Map(all.map((one) => [one.topic, one.topic_title]))];
    return h(tonglan.WorkPage, { page: 'rules', title: texts.title, ready: Boolean(data.data || data.failure) },
      h('div', { className: classes('yw-rules', (rule || fresh) && 'yw-rule-chosen') },
        h('section', { className: 'yw-card yw-rule-list', 'aria-label': texts.title },
          h('h2', null, texts.title, h('small', null, data.data && texts.hint(all.length, all.filter((one) => one.enabled).length)), h('span', { className: 'yw-grow' }),
            form && form.topics.length > 0 && h('button', { type: 'button', className: 'yw-button yw-primary', onClick: () => setFresh(true) }, texts.fresh)),
          h(tonglan.RuleMode, { changed: data.reload }),
          h('div', { className: 'yw-rule-filters' },
            h('select', { className: 'yw-field', value: topic, 'aria-label': texts.all, onChange: (event) => setTopic(event.target.value) }, h('option', { value: '' }, texts.all), topics.map(([id, title]) => h('option', { key: id, value: id }, title))),
            h('input', { className: 'yw-field', type: 'search', value: words, placeholder: texts.search, 'aria-label': texts.search, onChange: (event) => setWords(event.target.value) })),
          data.failure && h(tonglan.Failure, { failure: data.failure, again: data.reload }),
          waiting.length > 0 && h('section', { className: 'yw-rule-fresh', 'aria-label': texts.freshWaiting }, h('h3', null, texts.freshWaiting), h('ul', { className: 'yw-rule-changes' }, waiting.map((one) => h(tonglan.RuleChange, { key: one.id, one, reload: data.reload })))),
          data.data && h(tonglan.RuleList, { items, chosen: fresh ? '' : rule, choose }),
          h('p', { className: 'yw-foot-line' }, texts.unverified)),
        fresh && form ? h(tonglan.RuleBeginning, { form, cancel: () => setFresh(false), done: () => { setFresh(false); data.reload(); } })
          : rule ? h(tonglan.RuleDetail, { key: rule, id: rule, form, changed: data.reload }) : h('section', { className: 'yw-card yw-rule-detail' }, h('p', { className: 'yw-empty' }, texts.choose))));
  }
  tonglan.pages.rules = RulesPage;
})();
