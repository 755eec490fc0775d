/* /notices: what was told to the person, newest first; opening one marks it as read. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, work, noticeTexts: T } = tonglan;
  const EVERY = 60000; // ms
  const PAGE = 50;

  const path = (view, cursor) => '/api/v1/notices/mine?limit=' + PAGE + (view === 'unread' ? '&unread=1' : '') + (cursor ? '&cursor=' + cursor : '');

  /* {items, next, unread, failure, more, mark}: the list and what is done with it. */
  function useMine(view) {
    const [state, setState] = React.useState({ items: null, next: null, unread: 0, failure: null });
    const turn = React.useRef(0);
    const put = (said) => {
      tonglan.noticeInbox.set({ unread: said.unread });
      return said;
    };
    const load = React.useCallback(async () => {
      const mine = ++turn.current;
      try {
        const said = put(await tonglan.api.get(path(view)));
        if (mine === turn.current) setState(Object.assign({ failure: null }, said));
      } catch (failure) {
        if (mine === turn.current) setState((old) => Object.assign({}, old, { failure }));
      }
    }, [view]);
    React.useEffect(() => {
      load();
      const timer = setInterval(() => document.hidden || load(), EVERY);
      return () => clearInterval(timer);
    }, [load]);
    async function more() {
      const mine = turn.current;
      try {
        const said = put(await tonglan.api.get(path(view, state.next)));
        if (mine === turn.current) setState((old) => Object.assign({}, old, { items: old.items.concat(said.items), next: said.next, unread: said.unread }));
      } catch (failure) {
        setState((old) => Object.assign({}, old, { failure }));
      }
    }
    /* The marked ones stay where they are until the list is read again: nothing jumps away under the hand. */
    async function mark(body) {
      const now = new Date().toISOString();
      const fits = (one) => (body.until ? one.id <= body.until : body.ids.includes(one.id));
      try {
        const said = put(await tonglan.api.post('/api/v1/notices/mine/read', body));
        turn.current += 1;
        setState((old) => Object.assign({}, old, { failure: null, unread: said.unread, items: old.items.map((one) => (fits(one) && !one.read_at ? Object.assign({}, one, { read_at: now }) : one)) }));
      } catch (failure) {
        setState((old) => Object.assign({}, old, { failure }));
      }
    }
    return Object.assign({ load, more, mark }, state);
  }

  /* A path of our own with this screen's theme; the server gives no other. */
  function there(link) {
    const here = new URLSearchParams(window.location.search).get('theme');
    return here ? link + (link.includes('?') ? '&' : '?') + 'theme=' + here : link;
  }

  function Row({ one, mark, move }) {
    const keys = (event) => {
      if (event.key === 'ArrowDown' || event.key === 'j') move(event, 1);
      else if (event.key === 'ArrowUp' || event.key === 'k') move(event, -1);
      else if (event.key === 'r' && !one.read_at) mark({ ids: [one.id] });
    };
    const seen = () => !one.read_at && mark({ ids: [one.id] });
    async function go(event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return seen(); // another tab: this one stays
      event.preventDefault();
      await seen();
      window.location.assign(there(one.link));
      return undefined;
    }
    const inside = [
      h('span', { key: 'top', className: 'yw-nt-top' }, !one.read_at && h('i', { className: 'yw-nt-dot', role: 'img', 'aria-label': T.isUnread }), one.drill && h('span', { className: 'yw-tag yw-tag-warn' }, T.drill), one.urgent && h('span', { className: 'yw-tag yw-tag-bad' }, T.urgent), h('b', null, one.title), h('span', { className: 'yw-grow' }), h('time', { dateTime: one.created_at }, clock.when(one.created_at, clock.now()))),
      h('span', { key: 'text', className: 'yw-nt-text' }, one.text),
      h('small', { key: 'to' }, T.to(one.to)),
    ];
    const look = { className: classes('yw-nt-main', !one.read_at && 'yw-nt-new'), 'data-notice': one.id, onKeyDown: keys };
    return h('li', null,
      one.link ? h('a', Object.assign({ href: there(one.link), onClick: go }, look), inside) : h('div', Object.assign({ tabIndex: 0 }, look), inside),
      !one.read_at && h('button', { type: 'button', className: 'yw-button', onClick: seen }, T.read));
  }

  function NoticesPage() {
    const [view, setView] = React.useState(new URLSearchParams(window.location.search).get('view') === 'all' ? 'all' : 'unread');
    const { items, next, unread, failure, load, more, mark } = useMine(view);
    const list = React.useRef(null);
    const choose = (chosen) => {
      const query = new URLSearchParams(window.location.search);
      query.set('view', chosen);
      window.history.replaceState(null, '', '?' + query);
      setView(chosen);
    };
    const move = (event, step) => {
      event.preventDefault();
      const rows = [...list.current.querySelectorAll('[data-notice]')];
      const to = rows[rows.indexOf(event.currentTarget) + step];
      if (to) to.focus();
    };
    const options = Object.entries(T.views).map(([value, title]) => ({ value, title: value === 'unread' && unread ? title + ' ' + T.unread(unread) : title }));
    return h(tonglan.WorkPage, { page: 'notices', title: T.title, ready: Boolean(items || failure) },
      h('section', { className: 'yw-card yw-nt', 'aria-label': T.title },
        h('h2', null, h(work.Segments, { label: T.title, value: view, options, onChange: choose }), h('span', { className: 'yw-grow' }), h('small', { className: 'yw-nt-keys' }, T.keys),
          h('button', { type: 'button', className: 'yw-button', disabled: !unread || !items || !items.length, onClick: () => mark({ until: Math.max(...items.map((one) => one.id)) }) }, T.readAll)),
        failure && h(tonglan.Failure, { failure, again: load }),
        items && !items.length && h('p', { className: 'yw-nt-empty' }, T.empty[view], h('small', null, T.hint)),
        items && items.length > 0 && h('ul', { className: 'yw-nt-list', ref: list }, items.map((one) => h(Row, { key: one.id, one, mark, move })),
          next && h('li', null, h('button', { type: 'button', className: 'yw-button', onClick: more }, T.more)))));
  }
  tonglan.pages.notices = NoticesPage;
})();
