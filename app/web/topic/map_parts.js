/* The small panels over a topic's map: layer switch, legend of what is on, zoom, date and approval. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, board, acts, texts, topicTexts, topicParts } = tonglan;
  const { paint, inkOn } = topicParts;

  function Box({ layer, on }) {
    const count = layer.count || layer.count === 0 ? layer.count.toLocaleString('zh-CN') : '';
    return h('button', { type: 'button', role: 'checkbox', 'aria-checked': on, className: classes('yw-layer', on && 'yw-on'), onClick: () => acts.layer(layer.id) },
      h('i', { className: 'yw-box', 'aria-hidden': true }), h('span', null, layer.title), h('em', null, count));
  }

  function Layers({ offered, on }) {
    const open = board.use((state) => state.layersOpen);
    const swap = board.use((state) => state.swap);
    if (!offered.length) return null;
    const title = (id) => (offered.find((layer) => layer.id === id) || { title: id }).title;
    return h('div', { className: 'yw-over yw-layers yw-tp-layers' },
      h('button', { type: 'button', className: 'yw-plain yw-layers-head', 'aria-expanded': open, onClick: () => board.set({ layersOpen: !open }) }, h('b', null, topicTexts.layers), h('span', { className: 'yw-t3' }, topicTexts.of(on.length, offered.length))),
      open && h('div', { className: 'yw-layers-list' }, offered.map((layer) => h(Box, { key: layer.id, layer, on: on.includes(layer.id) })),
        swap && h('div', { className: 'yw-swap', role: 'group', 'aria-label': topicTexts.layersHint }, h('p', null, topicTexts.layersHint),
          on.map((id) => h('button', { key: id, type: 'button', className: 'yw-button', onClick: () => acts.swap(id) }, title(id))))));
  }

  /* Shades of a number; classes that have words are named one by one. */
  const ramp = (items) => items.every((one) => /^[qd]\d$/.test(topicParts.token(one.colour)) && /\d/.test(one.label)) && items.length > 1;

  /* A ramp is read at its edges: where this shade begins. */
  const begins = (label, n) => (n ? label.replace(/^[>≥]/, '').split(/[–~]/)[0] : '');

  function Key({ entry, theme }) {
    const shades = ramp(entry.items);
    return h('div', { className: 'yw-tp-legend' }, h('b', null, entry.title),
      h('div', { className: shades ? 'yw-tp-ramp' : 'yw-tp-keys' }, entry.items.map((one, n) => (shades
        ? h('span', { key: n, title: one.label }, h('i', { style: { background: paint(one.colour) } }), h('small', null, begins(one.label, n)))
        : h('b', { key: n, className: 'yw-tp-class', style: { background: paint(one.colour), color: inkOn(one.colour, theme) } }, one.label)))));
  }

  function Legend({ map, on }) {
    const theme = board.use((state) => state.view.theme);
    const shown = (map.legend || []).filter((entry) => (entry.items || []).length && (!entry.layer || on.includes(entry.layer)));
    return shown.length ? h('div', { className: 'yw-over yw-tp-legends', 'aria-label': topicTexts.legend, role: 'group' }, shown.map((entry) => h(Key, { key: entry.title, entry, theme }))) : null;
  }

  function Buttons({ step }) {
    const button = (what, sign, title) => h('button', { type: 'button', title, 'aria-label': title, onClick: () => step(what) }, sign);
    return h('div', { className: 'yw-over yw-zoom' }, button('in', '＋', topicTexts.zoomIn), button('out', '－', topicTexts.zoomOut), button('area', topicTexts.wholeSign, topicTexts.whole));
  }

  function Problem({ problem, offered }) {
    const titled = (id) => (offered.find((layer) => layer.id === id) || { title: id }).title;
    const said = problem.kind === 'source' ? texts.mapTiles(titled(problem.source)) : { webgl: texts.mapNoWebgl, lost: texts.mapLost, library: texts.mapNoLibrary }[problem.kind];
    return h('p', { className: 'yw-over yw-map-problem', role: 'status' }, said);
  }

  tonglan.topicMapParts = { Layers, Legend, Buttons, Problem };
})();
