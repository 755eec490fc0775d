/* The open alerts on the overview: worst first, as many as there is room for; a row flies the map to its place. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, classes, board, acts, clock, openAlerts, alerts, alertWords: words, AlertShape } = tonglan;
  const ROOM = 8; // rows at most: on the largest screens (SCREENS §2)
  const LEGAL = 2; // 法定预警 named in the card; the alert centre has all
  const LEGAL_INKS = { 红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue', 白: 'text-2' };
  const TONES = { 未确认: 'bad', 已派单: 'go', 处置中: 'go' };

  function Elapsed({ row }) {
    const now = tonglan.useTick();
    const asOf = board.use((state) => state.view.as_of);
    return h('small', { className: 'yw-oa-elapsed' }, words.span((asOf ? Date.parse(asOf) : now) - Date.parse(row.at)));
  }

  /* On a phone the shift acknowledges here; elsewhere in the alert centre. */
  function Acknowledge({ row }) {
    const [busy, setBusy] = React.useState(false);
    const able = board.use((state) => Boolean((state.boot.work || {}).acknowledge) && !state.view.as_of);
    if (!able || row.state !== '未确认') return null;
    const ack = (event) => {
      event.stopPropagation();
      setBusy(true);
      tonglan.api.post('/api/v1/alerts/' + encodeURIComponent(row.id) + '/ack', {}).catch(() => window.location.assign(tonglan.alertsLink({ alert: row.id }))).finally(() => setBusy(false));
    };
    return h('button', { type: 'button', className: 'yw-button yw-primary yw-oa-ack', disabled: busy, onClick: ack }, words.ack);
  }

  /* The value it fired with beside the one of now; one that is late or dead says so. */
  function Values({ row }) {
    const { value, latest } = row;
    if (!value && !latest) return null;
    return h('small', { className: classes('yw-oa-values', latest && latest.stale && 'yw-oa-stale') }, [value && words.fired(value), latest && words.latest(latest)].filter(Boolean).join(' · '));
  }

  function Row({ row }) {
    const chosen = board.use((state) => state.alert === row.id);
    const open = () => acts.alert(row.id);
    const keys = (event) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) window.location.assign(tonglan.alertsLink({ alert: row.id }));
      const next = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
      if (!next || !event.currentTarget[next]) return;
      event.preventDefault();
      event.currentTarget[next].focus();
    };
    return h('div', { className: classes('yw-oa-row', row.state === '未确认' && 'yw-oa-new', chosen && 'yw-oa-chosen'), role: 'listitem', tabIndex: 0, 'data-alert': row.id, 'data-level': row.level, onClick: open, onKeyDown: keys },
      h(AlertShape, { level: row.level }),
      h('span', { className: 'yw-oa-what' }, h('b', null, row.title), h('small', null, [row.place, clock.minute(row.at)].filter(Boolean).join(' · ')), h(Values, { row })),
      h('span', { className: 'yw-oa-how' }, h('span', { className: classes('yw-tag', TONES[row.state] && 'yw-oa-' + TONES[row.state]) }, row.state), h(Elapsed, { row })),
      h(Acknowledge, { row }));
  }

  /* The open alerts of the region that is chosen; of the city all of them. */
  function useRows() {
    const rows = openAlerts.use((state) => state.rows);
    const region = board.use((state) => state.view.region);
    const city = board.use((state) => state.boot.city.code);
    return React.useMemo(() => (region === city ? rows : rows.filter((row) => row.region === region || String(row.region).startsWith(region))), [rows, region, city]);
  }

  /* 法定预警 in force, in their issuers' words and apart from our own alerts; nothing of them is reworded. */
  function Legal() {
    const legal = openAlerts.use((state) => state.legal);
    const asOf = board.use((state) => state.view.as_of);
    if (!legal.length) return null;
    const left = legal.length - LEGAL;
    return h('div', { className: 'yw-oa-legal', role: 'list', 'aria-label': words.legal }, legal.slice(0, LEGAL).map((one) =>
      h('a', { key: one.id, role: 'listitem', href: tonglan.alertsLink({ as_of: asOf }), title: [one.title, one.issuer, one.place, one.valid_text, one.text].filter(Boolean).join('\n'), style: { '--ink': 'var(--' + (LEGAL_INKS[(one.level || '').slice(0, 1)] || 'line-2') + ')' } },
        h('i', { 'aria-hidden': true }), h('em', null, words.legal), h('b', null, one.title || one.signal), h('small', null, [one.issuer, one.valid_text].filter(Boolean).join(' · ')))),
    left > 0 && h('a', { className: 'yw-oa-legalmore', href: tonglan.alertsLink({ as_of: asOf }) }, words.legalMore(left)));
  }

  function AlertCard({ id }) {
    const asOf = board.use((state) => state.view.as_of);
    const { known, failure } = openAlerts.use((state) => state);
    const heard = alerts.use((state) => state.known);
    tonglan.useOpenAlerts(asOf);
    const rows = useRows();
    const waiting = rows.filter((row) => row.state === '未确认').length;
    return h('section', { id, className: 'yw-card yw-oa', 'aria-label': words.short },
      h('h2', null, words.short, known && h('small', null, words.open(rows.length) + ' · ' + words.unacknowledged(waiting)), h('span', { className: 'yw-grow' }),
        h('a', { className: 'yw-oa-all', href: tonglan.alertsLink({ as_of: asOf }) }, words.all + ' ›')),
      h(Legal),
      failure && !rows.length ? h('p', { className: 'yw-empty' }, texts.failed + ':' + failure.title)
        : known && !rows.length ? h('p', { className: 'yw-empty' }, words.none)
          : !known && !heard ? h('p', { className: 'yw-empty' }, '') : h('div', { className: 'yw-oa-rows', role: 'list' }, rows.slice(0, ROOM).map((row) => h(Row, { key: row.id, row }))));
  }

  /* On a phone the counts stand under the header (mock 07). */
  const AlertStrip = () => h(tonglan.AlertCounts, { className: 'yw-oa-strip' });

  const PLACES = [['/', 'M3 9.5 10 3l7 6.5V17h-4.5v-4.5h-5V17H3z', texts.overview], ['#yw-map', 'M2.5 4.5l5-2 5 2 5-2v13l-5 2-5-2-5 2zM7.5 2.5v13M12.5 4.5v13', texts.map], ['/alerts', 'M10 3l8 14H2z', words.short], ['/tasks', 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17.5c.5-4 3-5.5 6.5-5.5s6 1.5 6.5 5.5z', texts.mine]];

  /* On a phone the ways from here stand at the bottom (mock 07). */
  function PhoneBar() {
    board.use((state) => state.view.theme); // the links name it
    const href = { '/': tonglan.overviewLink(), '/alerts': tonglan.alertsLink() };
    return h('nav', { className: 'yw-phonebar', 'aria-label': texts.overview }, PLACES.map(([to, path, title], n) => h('a', { key: to, href: href[to] || to, className: n ? '' : 'yw-on', 'aria-current': n ? undefined : 'page' }, h('svg', { viewBox: '0 0 20 20', 'aria-hidden': true }, h('path', { d: path })), title)));
  }

  /* The worst open alert of each indicator in the region of a row: its lamp gives way to the shape. */
  function useRowAlert(indicator, region) {
    const city = board.get().boot.city.code;
    return openAlerts.use((state) => {
      const found = state.rows.find((row) => {
        const [about, place] = ((row.value && row.value.explain) || '').split('|');
        return about === indicator && (place === region || row.region === region || region === city);
      });
      return found ? found.level : null;
    });
  }
  Object.assign(tonglan, { AlertCard, AlertStrip, PhoneBar, useRowAlert, useAlertRows: useRows });
})();
