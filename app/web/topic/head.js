/* The line under the header: where we are, the parts of the topic, exports; and bars of trouble. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, topicTexts, topicAddress } = tonglan;

  /* Pointing at a way out asks for what lies there. */
  const pointed = (to) => ({ onMouseEnter: () => acts.ahead(to), onMouseLeave: () => acts.ahead(null), onFocus: () => acts.ahead(to), onBlur: () => acts.ahead(null) });

  /* 韶关市 › 智慧水务 › 水质断面 › 曲江区 › 马坝河口: the topic and its part stand after the city. */
  function Crumbs() {
    const page = board.use((state) => state.page);
    if (!page) return h('nav', { className: 'yw-tp-crumbs' });
    const [city, ...below] = page.path;
    const tab = (page.tabs.find((one) => one.id === page.tab) || {}).title;
    const deeper = below.length > 0;
    const steps = [{ name: city.name, act: deeper ? acts.city : null, to: { region: city.code, site: '' } }, { name: page.topic.title }, tab && { name: tab }]
      .concat(below.map((one) => ({ name: one.name, act: one.level === 'site' ? null : () => acts.region(one.code), to: { region: one.code, site: '' } }))).filter(Boolean);
    const last = steps.length - 1;
    return h('nav', { className: classes('yw-tp-crumbs', !deeper && 'yw-tp-atop'), 'aria-label': page.title },
      steps.map((step, n) => h('span', { key: n, className: classes('yw-crumb', !step.act && n < last && 'yw-tp-fixed') }, n > 0 && h('i', { 'aria-hidden': true }, '›'),
        n === last ? h('b', { 'aria-current': 'location' }, step.name) : step.act ? h('button', Object.assign({ type: 'button', className: 'yw-plain', onClick: step.act }, pointed(step.to)), step.name) : h('span', null, step.name))),
      deeper && h('button', { type: 'button', className: 'yw-tp-up', onClick: acts.up }, topicTexts.up));
  }

  function Segments({ items, chosen, label, pick, leads, className }) {
    if (!items || items.length < 2) return null;
    return h('div', { className: classes('yw-tp-segmented', className), role: 'tablist', 'aria-label': label }, items.map((one) =>
      h('button', Object.assign({ key: one.id, type: 'button', role: 'tab', 'aria-selected': one.id === chosen, onClick: () => pick(one.id) }, one.id === chosen ? null : pointed(leads(one.id))), one.title)));
  }

  /* Each panel as CSV or Excel, as it is on the page: same region, part, site and moment. */
  function Export() {
    const page = board.use((state) => state.page);
    const open = board.use((state) => state.open === 'export');
    const view = board.use((state) => state.view);
    const place = React.useRef(null);
    React.useEffect(() => {
      if (!open) return undefined;
      const elsewhere = (event) => place.current && !place.current.contains(event.target) && board.set({ open: null });
      document.addEventListener('pointerdown', elsewhere);
      return () => document.removeEventListener('pointerdown', elsewhere);
    }, [open]);
    if (!page) return null;
    const panels = page.panels.filter((panel) => panel.state === 'ok' && !['map', 'alerts'].includes(panel.kind));
    const file = (panel, format, words) => h('a', { href: topicAddress.file(page.topic.id, Object.assign({}, view, { tab: page.tab }), panel.id, format), download: '', onClick: () => board.set({ open: null }) }, words);
    return h('div', { className: 'yw-tp-export', ref: place },
      h('button', { type: 'button', className: 'yw-button', 'aria-expanded': open, title: topicTexts.exportHint, onClick: () => board.set({ open: open ? null : 'export' }) }, topicTexts.export),
      open && h('ul', { className: 'yw-pop', 'aria-label': topicTexts.exportHint }, panels.map((panel) => h('li', { key: panel.id }, h('span', null, panel.title), file(panel, 'xlsx', 'Excel'), file(panel, 'csv', 'CSV')))));
  }

  function Replayed() {
    const asOf = board.use((state) => state.view.as_of);
    if (!asOf) return null;
    const at = asOf.slice(0, 16).replace('T', ' ');
    return h('span', { className: 'yw-chip yw-chip-line' }, topicTexts.replay(at), h('button', { type: 'button', className: 'yw-plain yw-link', onClick: acts.live }, topicTexts.leaveReplay));
  }

  function Trouble() {
    const failure = board.use((state) => state.failure);
    const lost = board.use((state) => state.link.state === 'lost' && !state.view.as_of);
    return h(React.Fragment, null, failure && h('div', { className: 'yw-bar-line', role: 'alert' }, h('b', null, failure.title || topicTexts.failed), h('span', null, failure.detail || ''),
      failure.status === 401 ? h('a', { className: 'yw-button', href: '/login?next=' + encodeURIComponent(window.location.pathname + window.location.search) }, tonglan.workTexts.signIn)
        : h('button', { type: 'button', className: 'yw-button', onClick: acts.retry }, tonglan.texts.retry)),
      lost && h('div', { className: 'yw-bar-line', role: 'status' }, topicTexts.lost));
  }

  function Head() {
    const page = board.use((state) => state.page);
    return h('div', { className: 'yw-tp-head' }, h(Crumbs), h('span', { className: 'yw-grow' }), h(Replayed),
      page && h(Segments, { items: page.tabs, chosen: page.tab, label: topicTexts.tabs, pick: acts.tab, leads: (tab) => ({ tab, site: '', item: '' }), className: 'yw-tp-tabs' }),
      page && h(Segments, { items: page.spans, chosen: page.span, label: topicTexts.spans, pick: acts.span, leads: (span) => ({ span }), className: 'yw-tp-spans' }), h(Export));
  }
  Object.assign(tonglan, { TopicHead: Head, TopicTrouble: Trouble });
})();
