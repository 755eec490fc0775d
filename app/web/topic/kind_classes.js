/* How many of each class: a segmented bar; a segment lights its members on the map. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, board, acts, topicParts } = tonglan;

  /* Of 黄·滞后 a bar says 黄, of 浅蓝灯(偏冷) 浅蓝灯; the whole stands in the hint, the sentence and the table. */
  const short = (one) => one.label.split(/[·(]/)[0];

  function Segment({ one }) {
    const theme = board.use((state) => state.view.theme);
    const name = one.label + ' ' + one.count;
    return h('button', { type: 'button', style: { flexGrow: one.count, background: topicParts.paint(one.colour), color: topicParts.inkOn(one.colour, theme) }, 'aria-label': name, title: name,
      onMouseEnter: () => acts.hover((one.codes || []).join()), onMouseLeave: () => acts.hover(null), onFocus: () => acts.hover((one.codes || []).join()), onBlur: () => acts.hover(null) }, short(one), h('b', null, one.count));
  }

  function Classes({ panel }) {
    const { segments, line } = panel.data;
    return h('div', { className: 'yw-tp-classes' },
      h('div', { className: 'yw-tp-segs', role: 'group', 'aria-label': panel.title }, segments.filter((one) => one.count).map((one) => h(Segment, { key: one.label, one }))),
      line && h('p', null, line));
  }
  tonglan.topicKinds.classes = Classes;
})();
