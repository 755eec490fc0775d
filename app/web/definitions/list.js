/* The list of indicators: search as people type, filters, and what needs attention. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, definitionTexts: texts } = tonglan;
  const WAIT = 250; // ms after the last key before the search is sent

  /* {filters, set, path}: the filters live in the address, so that a copied one shows the same. */
  function useDefinitionSearch() {
    const asked = new URLSearchParams(window.location.search);
    const [filters, setFilters] = React.useState(() => Object.fromEntries(['q', 'topic', 'owner', 'level', 'state'].map((name) => [name, asked.get(name) || ''])));
    const [sent, setSent] = React.useState(filters);
    React.useEffect(() => {
      const timer = setTimeout(() => setSent(filters), filters.q === sent.q ? 0 : WAIT);
      return () => clearTimeout(timer);
    }, [filters]);
    const query = new URLSearchParams(Object.entries(sent).filter(([, value]) => value));
    React.useEffect(() => {
      const whole = new URLSearchParams(window.location.search);
      Object.entries(sent).forEach(([name, value]) => (value ? whole.set(name, value) : whole.delete(name)));
      window.history.replaceState(null, '', window.location.pathname + (whole.size ? '?' + whole : ''));
    }, [sent]);
    return { filters, set: (more) => setFilters(Object.assign({}, filters, more)), path: '/api/v1/definitions' + (query.size ? '?' + query : '') };
  }

  function Choice({ name, search, all, options }) {
    return h('select', { className: 'yw-field', value: search.filters[name], 'aria-label': all, onChange: (event) => search.set({ [name]: event.target.value }) },
      h('option', { value: '' }, all), options.map(([value, title]) => h('option', { key: value, value }, title)));
  }

  function Row({ one, chosen, choose }) {
    return h('li', { className: classes('yw-def-row', chosen && 'yw-on') },
      h('button', { type: 'button', className: 'yw-plain', 'aria-current': chosen || undefined, onClick: choose },
        h('b', null, one.title, one.unit && h('small', null, one.unit)),
        h('small', null, [one.topic_title, one.owner_name, one.period_kind].join(' · ')),
        h('span', { className: 'yw-def-tags' },
          h('span', { className: 'yw-tag' }, texts.version(one.version)),
          one.classification !== '公开' && h('span', { className: 'yw-tag' }, one.classification),
          one.breaks.length > 0 && h('span', { className: 'yw-tag yw-tag-warn' }, texts.broken),
          one.open_changes > 0 && h('span', { className: 'yw-tag yw-tag-on' }, texts.openChanges(one.open_changes)))));
  }

  function DefinitionList({ found, search, chosen, choose, failure, again, openFiles }) {
    const items = found ? found.items : [];
    return h('section', { className: 'yw-card yw-def-list', 'aria-label': texts.title },
      h('h2', null, texts.title, h('small', null, found && texts.found(items.length, found.total)), h('span', { className: 'yw-grow' }),
        h('a', { className: 'yw-link', href: '/api/v1/definition-files?format=xlsx' + (search.filters.topic ? '&topic=' + search.filters.topic : ''), download: '' }, texts.fileExport + ' Excel'),
        h('a', { className: 'yw-link', href: '/api/v1/definition-files?format=toml' + (search.filters.topic ? '&topic=' + search.filters.topic : ''), download: '' }, 'TOML'),
        found && found.may_write.length > 0 && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: openFiles }, texts.fileImport)),
      h('div', { className: 'yw-def-filters' },
        h('input', { type: 'search', className: 'yw-field', value: search.filters.q, placeholder: texts.searchHint, 'aria-label': texts.search, onChange: (event) => search.set({ q: event.target.value }) }),
        h(Choice, { name: 'topic', search, all: texts.allTopics, options: (found ? found.topics : []).map((one) => [one.id, one.title]) }),
        h(Choice, { name: 'owner', search, all: texts.allOwners, options: (found ? found.owners : []).map((one) => [one.id, one.name]) }),
        h(Choice, { name: 'level', search, all: texts.allLevels, options: Object.entries(texts.levels) }),
        h(Choice, { name: 'state', search, all: texts.allStates, options: Object.entries(texts.states) })),
      failure && h(tonglan.Failure, { failure, again }),
      found && !items.length && h('p', { className: 'yw-empty' }, texts.nothing),
      h('ul', { className: 'yw-def-rows' }, items.map((one) => h(Row, { key: one.id, one, chosen: one.id === chosen, choose: () => choose(one.id) }))));
  }
  Object.assign(tonglan, { DefinitionList, useDefinitionSearch });
})();
