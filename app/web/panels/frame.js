/* Around the panels: live connection, bars of trouble, fact card, keys, and the page's "ready". */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, board, acts, clock } = tonglan;

  function OfflineBar({ link }) {
    const now = tonglan.useTick();
    return h('div', { className: 'yw-bar-line', role: 'status' }, texts.lost(clock.elapsed(now - link.lostAt), clock.time(link.lastAt)));
  }

  function FailureBar({ failure }) {
    return h('div', { className: 'yw-bar-line', role: 'status' }, h('span', null, failure.text),
      h('button', { type: 'button', className: 'yw-button', onClick: acts.retry }, texts.retry));
  }

  function place(rect) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const wide = 19 * rem;
    const right = rect.right + wide + rem > window.innerWidth;
    const left = right ? Math.max(rem / 2, rect.left - wide) : rect.right - rem / 2;
    return { left: left / rem + 'rem', top: Math.min(rect.top, window.innerHeight - 13 * rem) / rem + 'rem' };
  }

  function FactCard({ card }) {
    const { row, rect } = card;
    const facts = [
      [texts.period, row.period],
      [texts.source, row.source],
      [texts.definition, row.definition],
      [texts.at, row.recorded_at && clock.minute(row.recorded_at)],
      [texts.freshness, row.fresh && (row.fresh.text || texts.states[row.fresh.state])],
      [texts.owner, row.owner],
    ].filter(([, fact]) => fact);
    return h(
      'div',
      { className: 'yw-pop yw-factcard', role: 'tooltip', style: place(rect) },
      h('div', { className: 'yw-factcard-head' }, h('b', null, row.name), h('span', { className: 'yw-tag yw-tag-' + row.lamp }, texts.lamps[row.lamp])),
      h('dl', null, facts.map(([name, fact]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, fact)]))
    );
  }

  function KeyList({ theme }) {
    const button = React.useRef(null);
    React.useEffect(() => button.current && button.current.focus(), []);
    const close = () => board.set({ open: null });
    return h(
      'div',
      { className: 'yw-veil', onClick: close },
      h('div', { className: 'yw-pop yw-keys', role: 'dialog', 'aria-modal': true, 'aria-label': texts.keys, onClick: (event) => event.stopPropagation() },
        h('h2', null, texts.keys),
        h('dl', null, texts.keyList.map(([key, does]) => [h('dt', { key }, h('kbd', null, key)), h('dd', { key: key + '=' }, does)])),
        h('div', { className: 'yw-keys-foot' },
          h('button', { type: 'button', className: 'yw-button', onClick: acts.theme }, texts.theme[theme]),
          h('button', { type: 'button', className: 'yw-button', ref: button, onClick: close }, texts.close)))
    );
  }

  const KEYS = {
    0: () => acts.city(),
    Escape: () => acts.up(),
    l: () => board.set({ layersOpen: !board.get().layersOpen }),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => undefined)),
    t: () => document.getElementById('yw-timetrack') && document.getElementById('yw-timetrack').focus(),
    ' ': () => tonglan.playTime && tonglan.playTime(),
    '?': () => board.set({ open: board.get().open === 'keys' ? null : 'keys' }),
  };

  function useKeys() {
    React.useEffect(() => {
      const press = (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
        if (event.key === ' ' && event.target !== document.body) return; // a control of its own
        const topic = /^[1-9]$/.test(event.key) && board.get().boot.topics[Number(event.key) - 1];
        if (topic) window.location.assign(tonglan.topicLink(topic.id));
        const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (act) act();
      };
      window.addEventListener('keydown', press);
      return () => window.removeEventListener('keydown', press);
    }, []);
  }

  /* Says aloud, politely, what became or stays ▲ or ■. */
  function useNews() {
    const cards = board.use((state) => state.model && state.model.cards);
    const before = React.useRef(null);
    const [news, setNews] = React.useState('');
    React.useEffect(() => {
      const rows = (cards || []).flatMap((card) => card.rows);
      const old = before.current;
      before.current = new Map(rows.map((row) => [row.indicator + row.region, row.value]));
      const changed = old && rows.find((row) => row.edge && old.has(row.indicator + row.region) && old.get(row.indicator + row.region) !== row.value);
      if (changed) setNews(texts.changed(changed.name, changed.value, changed.unit));
    }, [cards]);
    return news;
  }

  function useReady() {
    const ready = board.use((state) => state.mapReady && Boolean(state.model || state.failure));
    React.useEffect(() => {
      if (ready) document.body.dataset.ready = '1';
    }, [ready]);
  }

  /* The overview's frame; from Dash. One EventSource lives as long as it does. */
  function Frame({ id }) {
    const link = board.use((state) => state.link);
    const failure = board.use((state) => state.failure);
    const card = board.use((state) => state.card);
    const open = board.use((state) => state.open);
    const theme = board.use((state) => state.view.theme);
    const news = useNews();
    useKeys();
    useReady();
    React.useEffect(() => tonglan.startLive(board), []);
    return h(
      'div',
      { id, className: 'yw-frame' },
      link.state === 'lost' && h(OfflineBar, { link }),
      failure && link.state !== 'lost' && h(FailureBar, { failure }),
      card && h(FactCard, { card }),
      open === 'keys' && h(KeyList, { theme }),
      h('div', { className: 'yw-unseen', role: 'status' }, news)
    );
  }
  tonglan.Frame = Frame;
})();
