/* Panels that plotly.js draws: trend, calendar, hours, wind rose, pyramid, a topic's own figure. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, board, clock, topicTexts } = tonglan;
  const drawings = new Map(); // panel id → the element that is drawn, for saving it as a picture

  /* The figure of the theme that is on. */
  const themed = (figure, theme) => (figure && (figure[theme] || (figure.data ? figure : null))) || null;

  function Figure({ panel }) {
    const theme = board.use((state) => state.view.theme);
    const figure = React.useMemo(() => themed(panel.figure, theme), [panel.figure, theme]);
    React.useEffect(() => () => drawings.delete(panel.id), [panel.id]);
    if (!figure) return h('p', { className: 'yw-empty' }, panel.message || topicTexts.empty);
    return h('div', { className: 'yw-tp-figure' },
      h(tonglan.Chart, { figure, label: panel.sentence || panel.title, onDrawn: (element) => element && drawings.set(panel.id, element) }));
  }

  /* A topic's own panel: a figure, or the rows of another kind. */
  function Own({ panel }) {
    const kind = panel.data && panel.data.as && tonglan.topicKinds[panel.data.as];
    return panel.figure ? h(Figure, { panel }) : h(kind || tonglan.TopicTwin, { panel });
  }

  /* Save what is drawn, with title, source and date. */
  async function savePicture(panel) {
    const element = drawings.get(panel.id);
    if (!element) return;
    const { boot, page } = board.get();
    const at = clock.day(clock.now()).slice(0, 10) + ' ' + clock.time(clock.now());
    const title = panel.data && panel.data.title ? panel.data.title : panel.title;
    const blob = await tonglan.chartPicture(element, {
      title, subtitle: panel.sentence || page.title, foot: topicTexts.foot(panel.owner, panel.period, at),
      watermark: panel.internal ? topicTexts.watermark((boot.user && boot.user.name) || '', at) : '',
    });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = title.replace(/[\\/:*?"<>|]/g, '-') + '.png';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  Object.assign(tonglan.topicKinds, { trend: Figure, calendar: Figure, hours: Figure, windrose: Figure, pyramid: Figure, own: Own });
  tonglan.savePanelPicture = savePicture;
})();
