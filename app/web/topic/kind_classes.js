/* How many of each class: a segmented bar; a segment lights its members on the map. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, board, acts, topicParts } = tonglan;

  function Segment({ one }) {
    const theme = board.use((state) => state.view.theme);
    const name = one.label + ' ' + one.count;
    return h('button', { type: 'button', style: { flexGrow: one.count, background: topicParts.paint(one.colour), color: topicParts.inkOn(one.colour, theme) }, 'aria-label': name, title: name,
      onMouseEnter: () => acts.hover((one.codes || []).join()), onMouseLeave: () => acts.hover(null), onFocus: () => acts.hover((one.codes || []).join()), onBlur: () => acts.hover(null) }, one.label, h('b', null, one.count));
  }

  function Classes({ panel }) {
    const { segments, line } = panel.data;
    return h('div', { className: 'yw-tp-classes' },
      h('div', { className: 'yw-tp-segs', role: 'group', 'aria-label': panel.title }, segments.filter((one) => one.count).map((one) => h(Segment, { key: one.label, one }))),
      line && h('p', null, line));
  }
  tonglan.topicKinds.classes = Classes;
})();
