/* How many messages somebody who is signed in has not read, in every header. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, noticeTexts: T } = tonglan;
  const EVERY = 60000; // ms

  const inbox = tonglan.createStore({ unread: 0 });
  let watching = false;

  async function look() {
    try {
      const { unread } = await tonglan.api.get('/api/v1/notices/mine?limit=0');
      inbox.set({ unread: unread || 0 });
    } catch (wrong) {
      // The number stays as it was until the server answers again.
    }
  }

  function watch() {
    if (watching) return;
    watching = true;
    look();
    setInterval(() => document.hidden || look(), EVERY);
    document.addEventListener('visibilitychange', () => document.hidden || look());
  }

  /* The messages on this screen's theme and size. */
  function link() {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams();
    ['theme', 'k'].filter((one) => here.get(one)).forEach((one) => query.set(one, here.get(one)));
    const text = query.toString();
    return '/notices' + (text ? '?' + text : '');
  }

  const Bell = () => h('svg', { viewBox: '0 0 16 16', 'aria-hidden': true }, h('path', { d: 'M8 1.5a4 4 0 0 0-4 4V9l-1.25 2.25h10.5L12 9V5.5a4 4 0 0 0-4-4Z', fill: 'none', stroke: 'currentColor', strokeLinejoin: 'round' }), h('path', { d: 'M6.5 13a1.5 1.5 0 0 0 3 0', fill: 'none', stroke: 'currentColor', strokeLinecap: 'round' }));

  function NoticeCount({ user }) {
    const unread = inbox.use((state) => state.unread);
    React.useEffect(() => (user ? watch() : undefined), [user]);
    if (!user) return null;
    return h('a', { className: classes('yw-nt-count', unread > 0 && 'yw-nt-some'), href: link(), title: T.told(unread), 'aria-label': T.told(unread) }, h(Bell), unread > 0 && h('b', null, T.unread(unread)));
  }
  Object.assign(tonglan, { NoticeCount, noticeInbox: { look, set: inbox.set } });
})();
