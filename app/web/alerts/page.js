/* The alert centre (mock 06): filters, list or map or hours, and the alert that is open. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alerts, alertTexts: texts, alertWords: words } = tonglan;
  const WALL = '(min-aspect-ratio: 26/10)';
  const EVERY = 60000; // ms between quiet readings: durations, counts, what a lost message said

  /* Whether this is a wall of several panels: there the map has one of its own. */
  tonglan.useWall = function () {
    const [wall, setWall] = React.useState(window.matchMedia(WALL).matches);
    React.useEffect(() => {
      const query = window.matchMedia(WALL);
      const look = () => setWall(query.matches);
      query.addEventListener('change', look);
      return () => query.removeEventListener('change', look);
    }, []);
    return wall;
  };

  function Views() {
    const view = board.use((state) => state.view.view || 'list');
    return h('div', { className: 'yw-al-views', role: 'tablist', 'aria-label': texts.viewsLabel }, Object.entries(texts.views).map(([name, title]) =>
      h('button', { key: name, type: 'button', role: 'tab', 'aria-selected': view === name, onClick: () => acts.look(name) }, title)));
  }

  function Bulk() {
    const asOf = board.use((state) => state.view.as_of);
    const button = (what, key, act) => h('button', { type: 'button', className: 'yw-button', disabled: Boolean(asOf), title: asOf ? texts.replayOff : key, onClick: act }, texts.bulk[what], ' ', h('kbd', null, key));
    return h('span', { className: 'yw-al-bulk' }, button('ack', 'A', acts.ack), button('pause', 'S', () => acts.form('pause')), button('dispatch', 'D', () => acts.form('dispatch')));
  }

  function Head() {
    const answer = board.use((state) => state.answer);
    const { from, to, rule } = board.use((state) => state.view);
    const picked = board.use((state) => state.picked.length);
    const filters = board.use((state) => state.open === 'filters');
    const { when } = tonglan.alertParts;
    return h('h2', { className: 'yw-al-listhead' }, answer && h('span', null, words.open(answer.open)), answer && h('small', { className: answer.unacknowledged ? 'yw-al-some' : '' }, words.unacknowledged(answer.unacknowledged)),
      picked > 0 && h('small', null, texts.selectedCount(picked)),
      (from || to) && h('button', { type: 'button', className: 'yw-chip yw-al-chip', title: texts.reset, onClick: () => acts.hour('', '') }, texts.hourChip(from ? when(from) : '', to ? when(to) : ''), ' ×'),
      rule && h('button', { type: 'button', className: 'yw-chip yw-al-chip', title: texts.reset, onClick: () => acts.only('rule', '') }, rule, ' ×'),
      h('span', { className: 'yw-grow' }), h('button', { type: 'button', className: 'yw-button yw-al-tofilters', 'aria-expanded': filters, onClick: () => board.set({ open: filters ? null : 'filters' }) }, texts.showFilters), h(Views), h(Bulk));
  }

  function Trouble() {
    const failure = board.use((state) => state.failure);
    const asOf = board.use((state) => state.view.as_of);
    const lost = board.use((state) => state.link.state === 'lost');
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    return h(React.Fragment, null,
      asOf && h('div', { className: 'yw-bar-line', role: 'status' }, h('b', null, texts.replay(asOf.slice(0, 16).replace('T', ' '))), h('span', null, texts.replayOff), h('button', { type: 'button', className: 'yw-button', onClick: acts.live }, texts.leaveReplay)),
      failure && h('div', { className: 'yw-bar-line', role: 'alert' }, h('b', null, failure.title), h('span', null, failure.detail || ''),
        failure.status === 401 ? h('a', { className: 'yw-button', href: '/login?next=' + here }, tonglan.workTexts.signIn) : h('button', { type: 'button', className: 'yw-button', onClick: acts.retry }, tonglan.texts.retry)),
      lost && !asOf && h('div', { className: 'yw-bar-line', role: 'status' }, texts.lost));
  }

  /* The stream: counts for the header, changed rows at once, the whole list a moment later. */
  function useLive() {
    const asOf = board.use((state) => state.view.as_of);
    React.useEffect(() => {
      const told = (open) => {
        const { link } = board.get();
        if (open !== (link.state === 'open')) board.set({ link: { state: open ? 'open' : 'lost', lostAt: tonglan.clock.now(), lastAt: tonglan.clock.now() } });
      };
      const stops = [tonglan.alertFeed.own(told), tonglan.alertFeed.listen(acts.changed)];
      let turn = alerts.get().turn;
      stops.push(alerts.subscribe(() => {
        if (alerts.get().turn === turn) return;
        turn = alerts.get().turn;
        acts.again();
      }));
      const timer = setInterval(() => document.hidden || board.get().view.as_of || acts.again(), EVERY);
      stops.push(() => clearInterval(timer));
      return () => stops.forEach((stop) => stop());
    }, [Boolean(asOf)]);
  }

  /* What came is said aloud: at once for 橙 and 红, politely for the others. */
  function Said() {
    const [said, setSaid] = React.useState({ text: '', loud: false });
    React.useEffect(() => tonglan.alertFeed.listen((changed) => {
      const row = changed.find((one) => one.open && one.state === '未确认');
      if (row) setSaid({ text: row.level + '色 ' + row.title + ' ' + row.place, loud: ['红', '橙'].includes(row.level) });
    }), []);
    return h(React.Fragment, null, h('div', { className: 'yw-unseen', role: 'alert' }, said.loud ? said.text : ''), h('div', { className: 'yw-unseen', role: 'status' }, said.loud ? '' : said.text));
  }

  function Middle() {
    const view = board.use((state) => state.view.view || 'list');
    const wall = tonglan.useWall();
    const shown = { map: wall ? tonglan.AlertList : tonglan.AlertMapView, hours: tonglan.AlertHours }[view] || tonglan.AlertList;
    return h('section', { className: 'yw-card yw-al-middle', 'aria-label': words.centre }, h(Head), h(shown));
  }

  function Alerts() {
    const ready = board.use((state) => state.ready);
    const chosen = board.use((state) => state.view.alert);
    const wall = tonglan.useWall();
    tonglan.useAlertKeys();
    useLive();
    React.useEffect(() => {
      acts.start();
    }, []);
    React.useEffect(() => {
      if (ready) document.body.dataset.ready = '1';
    }, [ready]);
    return h('div', { className: classes('yw-page yw-al', chosen && 'yw-al-open') },
      h(tonglan.Header, { id: 'yw-header', page: 'alerts', screen: words.centre, skip: ['#yw-alertlist', texts.skip] }), h(tonglan.DrillBar),
      h(Trouble), h(tonglan.LegalWarnings), h(tonglan.AlertKeyList), h(Said),
      h('main', { className: 'yw-al-main' }, h(tonglan.AlertFilters), h(Middle), wall && h('section', { className: 'yw-card yw-al-wallmap', 'aria-label': texts.map }, h(tonglan.AlertMapView)), h(tonglan.AlertDetail), h(tonglan.AlertDialog)),
      h(tonglan.AlertToast));
  }
  tonglan.pages.alerts = Alerts;
})();
