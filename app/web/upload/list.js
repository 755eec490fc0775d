/* /submissions: my uploads, and for reviewers what waits for them. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, format, api, work } = tonglan;
  const { Card, Segments, Select, Button, Bones } = work;
  const T = tonglan.uploadTexts;
  const STEP = 50;
  const MARKS = { asking: 'warn', returned: 'warn', refused: 'bad', published: 'ok' };

  function useList(path) {
    const first = tonglan.useData(path + '&limit=' + STEP);
    const [more, setMore] = React.useState({ path, items: [], next: undefined });
    const mine = more.path === path && first.data ? more : { path, items: [], next: undefined };
    const next = mine.next === undefined ? first.data && first.data.next : mine.next;
    const load = async () => {
      const page = await api.get(path + '&limit=' + STEP + '&next=' + encodeURIComponent(next));
      setMore({ path, items: mine.items.concat(page.items), next: page.next });
    };
    return Object.assign({}, first, { items: first.data && first.data.items.concat(mine.items), next, load });
  }

  function Line({ one, theirs }) {
    const title = one.title || (one.about && one.about.title) || one.layer;
    const open = (event) => {
      if (!event.target.closest('a')) window.location.assign('/upload/' + one.id);
    };
    const job = one.job && ['queued', 'running'].includes(one.job.state) ? T.list.running : '';
    return h('tr', { onClick: open },
      h('td', { className: 'yw-list-layer' }, h('a', { href: '/upload/' + one.id }, h('b', null, title)), h('small', null, one.layer)),
      h('td', { className: 'yw-list-file' }, h('span', null, one.file.name), h('small', null, format.bytes(one.file.bytes))),
      h('td', null, h('span', { className: classes('yw-tag', MARKS[one.state] && 'yw-tag-' + MARKS[one.state]) }, one.state_title), one.urgent && h('span', { className: 'yw-tag yw-tag-warn' }, T.list.urgent)),
      h('td', { className: 'yw-list-diff' }, job || (one.diff && one.diff.added !== undefined ? T.list.diff(one.diff) : one.features ? T.list.features(format.count(one.features)) : '')),
      h('td', { className: 'yw-list-who' }, theirs ? (one.created_by && one.created_by.name) || '' : one.review_note || ''),
      h('td', { className: 'yw-right' }, clock.minute(one.updated_at)));
  }

  function SubmissionsPage() {
    const boot = tonglan.boot();
    const both = boot.work.review;
    const asked = new URLSearchParams(window.location.search);
    const [view, setView] = React.useState(asked.get('view') || (both ? 'review' : 'mine'));
    const [state, setState] = React.useState('');
    const theirs = view === 'review';
    const query = new URLSearchParams(theirs ? { state: 'submitted' } : Object.assign({ mine: 'true' }, state && { state }));
    const list = useList('/api/v1/submissions?' + query);
    const items = list.items && (theirs ? list.items.filter((one) => !one.created_by || one.created_by.id !== (boot.user || {}).id) : list.items);
    const pick = (next) => {
      setView(next);
      window.history.replaceState(null, '', '?' + new URLSearchParams(Object.assign(Object.fromEntries(asked), { view: next })));
    };
    const tools = [
      !theirs && h(Select, { key: 'state', 'aria-label': T.list.state, value: state, options: T.list.states, onChange: (event) => setState(event.target.value) }),
      both && h(Segments, { key: 'view', label: T.list.title, value: view, options: T.list.views, onChange: pick }),
      boot.work.upload && h('a', { key: 'new', className: 'yw-button yw-act yw-act-main', href: '/upload' }, T.list.fresh),
    ];
    return h(
      tonglan.WorkPage,
      { page: 'submissions', title: T.list.title, ready: Boolean(list.data || list.failure) },
      h('div', { className: 'yw-list' }, h(Card, { title: theirs ? T.list.views[0].title : T.list.views[1].title, note: items ? T.list.count(items.length, Boolean(list.next)) : '', tools },
        list.failure && h(tonglan.Failure, { failure: list.failure, again: list.reload }),
        !items && !list.failure && list.slow && h(Bones, { rows: 6 }),
        items && !items.length && h('p', { className: 'yw-empty' }, theirs ? T.list.noneWaiting : T.list.none),
        items && items.length > 0 && h('div', { className: 'yw-list-body' }, h('table', { className: 'yw-list-table' },
          h('thead', null, h('tr', null, T.list.columns(theirs).map((name, n) => h('th', { key: name, scope: 'col', className: n === 5 ? 'yw-right' : undefined }, name)))),
          h('tbody', null, items.map((one) => h(Line, { key: one.id, one, theirs }))))),
        list.next && h(Button, { className: 'yw-list-more', onClick: list.load }, T.list.more)))
    );
  }

  tonglan.pages.submissions = SubmissionsPage;
})();
