/* One panel: title, whose numbers and of when, the drawing or its table, a sentence and a note. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, board, acts, topicTexts, topicParts, FreshDot } = tonglan;

  function Tools({ panel, tabled }) {
    const button = (words, title, act, pressed) => h('button', { type: 'button', className: 'yw-plain yw-tp-tool', title, 'aria-label': title, 'aria-pressed': pressed, onClick: act }, words);
    const unranked = board.use((state) => Boolean(state.view.order));
    if (panel.state !== 'ok') return null;
    const ranked = panel.kind === 'ranking' && (unranked || panel.data.ordered !== 'statutory');
    return h('span', { className: 'yw-tp-tools' },
      ranked && button(topicTexts.unranked, topicTexts.unrankedHint, acts.order, unranked),
      panel.figure && !tabled && button(topicTexts.picture, topicTexts.pictureHint, () => tonglan.savePanelPicture(panel)),
      panel.kind !== 'alerts' && button(tabled ? topicTexts.drawing : topicTexts.table, tabled ? topicTexts.asDrawing : topicTexts.asTable, () => acts.tabled(panel.id), tabled));
  }

  /* Which of a chart's indicators is in front. */
  function Choice({ panel }) {
    const choices = (panel.data && panel.data.choices) || [];
    if (choices.length < 2) return null;
    return h('select', { className: 'yw-tp-choice', 'aria-label': topicTexts.choose, value: panel.data.indicator || '', onChange: (event) => acts.item(event.target.value) },
      choices.map((one) => h('option', { key: one.id, value: one.id }, one.title)));
  }

  function Head({ panel, tabled }) {
    const fresh = panel.freshness || {};
    const dot = ['late', 'dead', 'fresh'].includes(fresh.state);
    const title = panel.kind === 'trend' && panel.data && panel.data.title ? panel.data.title : panel.title;
    return h('h2', null, h('span', { className: 'yw-tp-title' }, title), panel.subtitle && h('small', { title: panel.subtitle }, panel.subtitle), h('span', { className: 'yw-grow' }),
      dot && h('span', { className: 'yw-tp-fresh', title: fresh.text }, h(FreshDot, { state: fresh.state }), fresh.state !== 'fresh' && h('small', null, fresh.text)),
      h(Choice, { panel }), h(Tools, { panel, tabled }));
  }

  function Body({ panel, tabled }) {
    if (panel.state !== 'ok') return h(topicParts.Trouble, { panel, again: acts.retry });
    if (tabled) return h(tonglan.TopicTwin, { panel });
    const kind = tonglan.topicKinds[panel.kind];
    return kind && (panel.data || panel.figure) ? h(kind, { panel }) : h(tonglan.TopicTwin, { panel });
  }

  function Foot({ panel }) {
    const said = [panel.owner, panel.period].filter(Boolean).join(' · ');
    if (!said && !panel.sentence && !panel.note) return null;
    return h('footer', { className: 'yw-tp-foot' }, panel.sentence && h('p', { className: 'yw-tp-sentence', title: panel.sentence }, panel.sentence),
      (said || panel.note) && h('p', { className: 'yw-tp-source', title: [said, panel.note].filter(Boolean).join('\n') }, h('span', null, said), panel.note && h('span', null, (said ? ' · ' : '') + panel.note)));
  }

  function Panel({ panel }) {
    const tabled = board.use((state) => Boolean(state.tabled[panel.id]));
    const size = { '--size': panel.size || 1 };
    return h('section', { className: classes('yw-card yw-tp-panel', 'yw-tp-kind-' + panel.kind, panel.state !== 'ok' && 'yw-tp-idle'), id: 'panel-' + panel.id, style: size, 'aria-label': panel.title },
      h(Head, { panel, tabled }), h(Body, { panel, tabled }), h(Foot, { panel }));
  }

  /* The picture of waiting: static, and only after 400 ms. */
  function Bone() {
    return h('section', { className: 'yw-card yw-tp-panel yw-bone', 'aria-hidden': true, style: { '--size': 1 } }, h('i'), h('i'), h('i'));
  }

  /* The panels of one area, one under the other. */
  function Area({ area }) {
    const panels = board.use((state) => state.page && state.page.panels);
    const slow = board.use((state) => state.slow);
    const box = tonglan.useFit(panels);
    const mine = (panels || []).filter((panel) => panel.area === area && panel.kind !== 'map');
    if (panels && !mine.length) return null;
    return h('div', { className: 'yw-tp-area yw-tp-' + area, 'data-count': mine.length, ref: box },
      panels ? mine.map((panel) => h(Panel, { key: panel.id, panel })) : slow && [1, 2].map((n) => h(Bone, { key: n })));
  }
  Object.assign(tonglan, { TopicArea: Area });
})();
