/* The overview: header, bars and the places of the grid; all read one shared state. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, Header, Frame, TopicTabs, TopicColumn, MapPanel, CountyMatrix, TimeBar, CaseFunnel, AlertCard, AlertStrip, PhoneBar } = tonglan;
  const LEFT = 3; // topic cards in the left column; the others stand in the right one

  tonglan.pages.overview = () =>
    h('div', { className: 'yw-page yw-overview' },
      h(Header, { id: 'yw-header' }), h(tonglan.DrillBar),
      h(Frame, { id: 'yw-frame' }),
      h(AlertStrip),
      h('main', { className: 'yw-main' },
        h(TopicTabs, { id: 'yw-tabs', count: LEFT }),
        h(TopicColumn, { id: 'yw-left', from: 0, count: LEFT, side: 'left' }),
        h(MapPanel, { id: 'yw-mappanel' }),
        h(tonglan.PhoneTopics),
        h(TopicColumn, { id: 'yw-right', from: LEFT, count: 99, side: 'right' }),
        h(TimeBar, { id: 'yw-timebar' }),
        h(tonglan.CourseStrip, { id: 'yw-courses' }),
        h(CountyMatrix, { id: 'yw-matrix' }),
        h(CaseFunnel, { id: 'yw-funnel' }),
        h(AlertCard, { id: 'yw-alerts' })),
      h(PhoneBar));
})();
