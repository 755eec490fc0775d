/* The page 变更查询: one search by object, person and time over everything that is recorded. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, changeTexts: texts } = tonglan;
  const NAMES = ['object', 'person', 'from', 'to'];
  const WAIT = 300; // ms after the last key before the search is sent

  function useAsked() {
    const first = new URLSearchParams(window.location.search);
    const [asked, setAsked] = React.useState(() => Object.fromEntries(NAMES.map((name) => [name, first.get(name) || ''])));
    const [sent, setSent] = React.useState(asked);
    React.useEffect(() => {
      const timer = setTimeout(() => setSent(asked), WAIT);
      return () => clearTimeout(timer);
    }, [asked]);
    const query = new URLSearchParams(Object.entries(sent).filter(([, value]) => value)).toString();
    React.useEffect(() => {
      const whole = new URLSearchParams(window.location.search);
      NAMES.forEach((name) => (sent[name] ? whole.set(name, sent[name]) : whole.delete(name)));
      window.history.replaceState(null, '', window.location.pathname + (whole.size ? '?' + whole : ''));
    }, [query]);
    return { asked, set: (more) => setAsked(Object.assign({}, asked, more)), path: '/api/v1/changes' + (query ? '?' + query : '') };
  }

  const when = (iso) => iso.slice(0, 10) + ' ' + iso.slice(11, 16);

  function Row({ one }) {
    return h('tr', null, h('td', null, when(one.at)), h('td', null, one.who), h('td', null, one.action),
      h('td', { title: one.object }, one.kind === '定义' || one.kind === '发布' ? h('a', { href: '/indicators/' + one.object }, one.title) : one.title),
      h('td', { className: 'yw-sought-what' }, one.what), h('td', { className: 'yw-sought-why' }, one.why));
  }

  function Changes() {
    const search = useAsked();
    const found = tonglan.useData(search.path);
    const [older, setOlder] = React.useState({ path: '', items: [], next: null });
    const mine = older.path === search.path ? older : { items: [], next: found.data && found.data.next };
    const items = found.data ? found.data.items.concat(mine.items) : [];
    const more = () => api.get(search.path + (search.path.includes('?') ? '&' : '?') + 'next=' + encodeURIComponent(mine.next)).then((next) => setOlder({ path: search.path, items: mine.items.concat(next.items), next: next.next }));
    const field = (name, label, hint, type) => h('label', null, h('small', null, label), h('input', { className: 'yw-field', type, value: search.asked[name], placeholder: hint, onChange: (event) => search.set({ [name]: event.target.value }) }));
    return h(tonglan.WorkPage, { page: 'changes', title: texts.title, ready: Boolean(found.data || found.failure) },
      h('div', { className: 'yw-sought' }, h('section', { className: 'yw-card', 'aria-label': texts.title },
        h('h2', null, texts.title, h('small', null, found.data && texts.found(items.length) + (mine.next ? '+' : '')), h('span', { className: 'yw-grow' }), h('small', null, found.data && (found.data.audit ? texts.audit : texts.noAudit))),
        h('div', { className: 'yw-sought-asked' }, field('object', texts.object, texts.objectHint, 'search'), field('person', texts.person, texts.personHint, 'search'), field('from', texts.from, '', 'date'), field('to', texts.to, '', 'date')),
        found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
        found.data && !items.length && h('p', { className: 'yw-empty' }, texts.empty),
        h('div', { className: 'yw-cat-body' }, items.length > 0 && h('table', { className: 'yw-grid yw-sought-table' }, h('thead', null, h('tr', null, texts.head.map((name) => h('th', { key: name, scope: 'col' }, name)))),
          h('tbody', null, items.map((one, n) => h(Row, { key: one.at + n, one })))),
        mine.next && h('button', { type: 'button', className: 'yw-button yw-def-gap', onClick: more }, texts.more)))));
  }
  tonglan.pages.changes = Changes;
})();
