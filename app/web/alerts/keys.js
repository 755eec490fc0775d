/* Keys of the alert centre, and the list of them. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, board, acts, texts: words, alertTexts: texts } = tonglan;

  function jump(number) {
    const topic = (board.get().boot.topics || [])[number - 1];
    if (topic) window.location.assign(tonglan.topicLink(topic.id));
  }

  /* Into the detail: its first action has the focus. */
  function enter() {
    const { view, rows } = board.get();
    if (!view.alert && rows.length) acts.choose(rows[0].id);
    setTimeout(() => {
      const first = document.querySelector('.yw-al-action:not(:disabled)');
      if (first) first.focus();
    }, 50);
  }

  function toFilters() {
    board.set({ open: 'filters' });
    setTimeout(() => {
      const first = document.querySelector('#yw-filters [role=checkbox]');
      if (first) first.focus();
    });
  }

  const KEYS = {
    ArrowDown: () => acts.step(1),
    ArrowUp: () => acts.step(-1),
    Enter: enter,
    Escape: () => acts.up(),
    ' ': () => board.get().view.alert && acts.pick(board.get().view.alert),
    a: () => acts.ack(),
    s: () => acts.form('pause'),
    d: () => acts.form('dispatch'),
    m: () => acts.look(board.get().view.view === 'map' ? 'list' : 'map'),
    '/': toFilters,
    0: () => acts.city(),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => undefined)),
    '?': () => board.set({ open: board.get().open === 'keys' ? null : 'keys' }),
  };
  const OWN = ['Enter', ' ']; // what a focused control does by itself

  tonglan.useAlertKeys = function () {
    React.useEffect(() => {
      const press = (event) => {
        const { target } = event;
        if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
        if (OWN.includes(event.key) && target !== document.body && (/^(BUTTON|A)$/.test(target.tagName) || target.dataset.explain)) return;
        if (event.key === 'Escape' && document.querySelector('.yw-x-drawer')) return; // the explanation closes itself
        if (/^[1-9]$/.test(event.key)) jump(Number(event.key));
        const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (!act) return;
        event.preventDefault();
        act();
      };
      window.addEventListener('keydown', press);
      return () => window.removeEventListener('keydown', press);
    }, []);
  };

  tonglan.AlertKeyList = function AlertKeyList() {
    const open = board.use((state) => state.open === 'keys');
    const theme = board.use((state) => state.view.theme);
    const button = React.useRef(null);
    React.useEffect(() => {
      if (button.current) button.current.focus();
    }, [open]);
    if (!open) return null;
    const close = () => board.set({ open: null });
    return h('div', { className: 'yw-veil', onClick: close },
      h('div', { className: 'yw-pop yw-keys', role: 'dialog', 'aria-modal': true, 'aria-label': texts.keys, onClick: (event) => event.stopPropagation() }, h('h2', null, texts.keys),
        h('dl', null, texts.keyList.map(([key, does]) => [h('dt', { key }, h('kbd', null, key)), h('dd', { key: key + '=' }, does)])),
        h('div', { className: 'yw-keys-foot' }, h('button', { type: 'button', className: 'yw-button', onClick: acts.theme }, words.theme[theme]), h('button', { type: 'button', className: 'yw-button', ref: button, onClick: close }, words.close))));
  };
})();
