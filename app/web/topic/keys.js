/* Keys of a topic's page, and the list of them. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, board, acts, texts, topicTexts } = tonglan;

  function jump(number) {
    const topic = board.get().boot.topics[number - 1];
    if (topic) window.location.assign(tonglan.topicLink(topic.id));
  }

  const KEYS = {
    0: () => window.location.assign(tonglan.overviewLink()),
    Escape: () => acts.up(),
    '[': () => acts.spanBy(-1),
    ']': () => acts.spanBy(1),
    l: () => board.set({ layersOpen: !board.get().layersOpen }),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => undefined)),
    '?': () => board.set({ open: board.get().open === 'keys' ? null : 'keys' }),
  };

  tonglan.useTopicKeys = function () {
    React.useEffect(() => {
      const press = (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
        if (event.key === 'Escape' && document.querySelector('[role=dialog]:not(.yw-keys):not(.yw-freshlist)')) return; // the explanation closes itself
        if (/^[1-9]$/.test(event.key)) jump(Number(event.key));
        const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (act) act();
      };
      window.addEventListener('keydown', press);
      return () => window.removeEventListener('keydown', press);
    }, []);
  };

  tonglan.TopicKeyList = function TopicKeyList() {
    const theme = board.use((state) => state.view.theme);
    const open = board.use((state) => state.open === 'keys');
    const button = React.useRef(null);
    React.useEffect(() => {
      if (button.current) button.current.focus();
    }, [open]);
    if (!open) return null;
    const close = () => board.set({ open: null });
    return h('div', { className: 'yw-veil', onClick: close },
      h('div', { className: 'yw-pop yw-keys', role: 'dialog', 'aria-modal': true, 'aria-label': topicTexts.keys, onClick: (event) => event.stopPropagation() }, h('h2', null, topicTexts.keys),
        h('dl', null, topicTexts.keyList.map(([key, does]) => [h('dt', { key }, h('kbd', null, key)), h('dd', { key: key + '=' }, does)])),
        h('div', { className: 'yw-keys-foot' }, h('button', { type: 'button', className: 'yw-button', onClick: acts.theme }, texts.theme[theme]),
          h('button', { type: 'button', className: 'yw-button', ref: button, onClick: close }, texts.close))));
  };
})();
