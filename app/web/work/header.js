/* The top line of a page of desk work: brand, what page this is, the other pages, who is signed in. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, workTexts } = tonglan;
  function Theme() {
    const [theme, setTheme] = React.useState(document.documentElement.dataset.theme);
    const other = theme === 'dark' ? 'light' : 'dark';
    function change() {
      document.documentElement.dataset.theme = other;
      const query = new URLSearchParams(window.location.search);
      query.set('theme', other);
      window.history.replaceState(null, '', '?' + query);
      window.dispatchEvent(new Event('yw-theme'));
      setTheme(other);
    }
    return h('button', { type: 'button', className: 'yw-plain yw-link', title: workTexts.themeHint, onClick: change }, workTexts.theme[theme]);
  }

  function Person({ user }) {
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    if (!user) return h('a', { className: 'yw-user', href: '/login?next=' + here }, workTexts.login);
    return h('form', { className: 'yw-user', method: 'post', action: '/logout' }, h('span', null, user.name),
      h('button', { type: 'submit', className: 'yw-plain' }, workTexts.logout));
  }

  /* `page` is the current page's name; a page of an indicator has a stream already; children stand at the right, before the person. */
  function WorkHeader({ page, title, children }) {
    const boot = tonglan.boot();
    return h(
      'header',
      { className: 'yw-header yw-workhead' },
      h('a', { className: 'yw-skip', href: '#yw-content' }, workTexts.toContent),
      h('a', { className: 'yw-brand', href: '/', title: workTexts.home }, h('i', { 'aria-hidden': true }, boot.city.mark), h('h1', null, boot.city.title)),
      h('span', { className: 'yw-worktitle' }, title),
      h('span', { className: 'yw-grow' }),
      children,
      h(tonglan.AlertCounts, { own: page !== 'indicator' }),
      h('nav', { className: 'yw-nav', 'aria-label': title }, tonglan.neighbours(boot, page).map(([name, href, text]) =>
        h('a', { key: name, href, className: classes(name === page && 'yw-on'), 'aria-current': name === page ? 'page' : undefined }, text))),
      h(tonglan.PageMenu, { page }),
      h('i', { className: 'yw-sep' }),
      h(tonglan.NoticeCount, { user: boot.user }),
      h(Theme),
      h(Person, { user: boot.user })
    );
  }
  tonglan.WorkHeader = WorkHeader;
})();
