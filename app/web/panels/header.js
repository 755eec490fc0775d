/* The top line: brand, topics, what kind of data, air, freshness, clock, who is signed in. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, classes, board, acts, clock, Lamp, FreshDot } = tonglan;
  const AQI = { 优: 1, 良: 2, 轻度: 3, 轻度污染: 3, 中度: 4, 中度污染: 4, 重度: 5, 重度污染: 5, 严重: 6, 严重污染: 6 };
  const ORDER = ['dead', 'never', 'late', 'fresh'];

  function useTick() {
    const [now, setNow] = React.useState(clock.now());
    React.useEffect(() => {
      const timer = setInterval(() => setNow(clock.now()), 1000);
      return () => clearInterval(timer);
    }, []);
    return now;
  }
  tonglan.useTick = useTick;

  /* The overview, the topics' pages and the alert centre; `topic` or `page` is the one that is open. */
  function Navigation({ topics, topic, page }) {
    const city = topic || page ? undefined : (event) => (event.preventDefault(), acts.city());
    const here = (on) => ({ className: on ? 'yw-on' : '', 'aria-current': on ? 'page' : undefined });
    board.use((state) => state.view.theme + state.view.region); // the links name them
    const region = board.get().view.region;
    const more = { region: region === board.get().boot.city.code ? '' : region };
    return h(
      'nav',
      { className: 'yw-nav', 'aria-label': texts.overview },
      h('a', Object.assign({ href: tonglan.overviewLink(), onClick: city }, here(!topic && !page)), texts.overview),
      topics.map((one) => h('a', Object.assign({ key: one.id, href: tonglan.topicLink(one.id, more) }, here(one.id === topic)), one.title)),
      h('a', Object.assign({ href: tonglan.alertsLink() }, here(page === 'alerts')), tonglan.alertWords.short)
    );
  }

  function Air({ aqi }) {
    if (!aqi) return null;
    const colour = 'var(--aqi' + (AQI[aqi.level] || 1) + ')';
    return h('span', Object.assign({ className: 'yw-chip yw-aqi' }, tonglan.explained(aqi.indicator)), h('i', { style: { background: colour } }), texts.aqi + ' ', h('b', null, aqi.value), ' ' + aqi.level,
      h('small', null, aqi.kind));
  }

  function FreshList({ items }) {
    const sorted = [...items].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    return h(
      'div',
      { className: 'yw-pop yw-freshlist', role: 'dialog', 'aria-label': texts.fresh },
      sorted.every((item) => item.state === 'fresh') && h('p', null, texts.freshAll),
      h('ul', null, sorted.map((item) => h('li', { key: item.indicator }, h(FreshDot, { state: item.state }), h('span', null, item.title),
        h('small', null, item.owner), h('em', null, item.text || texts.states[item.state]))))
    );
  }

  function Freshness({ freshness, open }) {
    const worst = freshness.items.some((item) => item.state === 'dead' || item.state === 'never') ? 'bad' : freshness.fresh < freshness.total ? 'warn' : 'ok';
    const toggle = () => board.set({ open: open ? null : 'freshness' });
    return h(
      'div',
      { className: 'yw-fresh' },
      h('button', { type: 'button', className: 'yw-plain', 'aria-expanded': open, onClick: toggle },
        h(Lamp, { lamp: worst }), texts.fresh + ' ', h('b', null, freshness.fresh), h('span', { className: 'yw-t3' }, '/' + freshness.total)),
      open && h(FreshList, { items: freshness.items })
    );
  }

  function Clock({ hollow }) {
    const now = useTick();
    return h('time', { className: classes('yw-clock', hollow && 'yw-hollow') }, clock.time(now), h('small', null, clock.day(now)));
  }

  /* A past moment is marked, and left by one click. */
  const Replayed = ({ asOf }) => h('button', { type: 'button', className: 'yw-chip yw-chip-line yw-replayed', title: tonglan.alertWords.live, onClick: acts.live }, tonglan.alertWords.replay(clock.minute(asOf)), ' ×');

  function User({ user, paths }) {
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    if (!user) return h('a', { className: 'yw-user', href: paths.login + '?next=' + here }, texts.login);
    return h('form', { className: 'yw-user', method: 'post', action: paths.logout }, h('span', null, user.name),
      h('button', { type: 'submit', className: 'yw-plain' }, texts.logout));
  }

  function Header({ id, topic, page, screen, skip }) {
    const boot = board.use((state) => state.boot);
    const model = board.use((state) => state.model);
    const open = board.use((state) => state.open);
    const lost = board.use((state) => state.link.state === 'lost');
    const asOf = board.use((state) => state.view.as_of || '');
    return h(
      'header',
      { id, className: 'yw-header' },
      h('a', { className: 'yw-skip', href: skip ? skip[0] : '#yw-map' }, skip ? skip[1] : texts.skip),
      h('div', { className: 'yw-head-part' }, h('div', { className: 'yw-brand' }, h('i', { 'aria-hidden': true }, boot.city.mark), h('h1', null, boot.city.title), h('span', null, screen || texts.screen)),
        h(Navigation, { topics: boot.topics, topic, page }),
        h(tonglan.PageMenu, { page: topic ? 'topic:' + topic : page })),
      h('span', { className: 'yw-grow' }),
      h('div', { className: 'yw-head-part yw-head-mid' },
        h('div', { className: 'yw-head-side' }, model && model.header.demo && h('span', { className: 'yw-chip yw-chip-line' }, texts.demo),
          asOf && !topic && !page && h(Replayed, { asOf }),
          model && h(Air, { aqi: model.header.aqi })),
        h('i', { className: 'yw-sep' }),
        h(tonglan.AlertCounts),
        h('div', { className: 'yw-head-side' }, h(tonglan.AlertSound)),
        h('i', { className: 'yw-sep' })),
      h('div', { className: 'yw-head-part yw-head-last' }, model && h(Freshness, { freshness: model.freshness, open: open === 'freshness' }),
        h('i', { className: 'yw-sep' }),
        h(Clock, { hollow: lost || Boolean(asOf) }),
        h(tonglan.NoticeCount, { user: boot.user }),
        h(User, { user: boot.user, paths: boot.paths || { login: '/login', logout: '/logout' } }))
    );
  }
  tonglan.Header = Header;
})();
