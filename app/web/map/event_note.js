/* What is known of the event under a click, and the way to its case; on every map that shows events. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, texts } = tonglan;

  /* The event among the clicked features, by the address of its case; only addresses of our own pages. */
  tonglan.eventOf = (features) => {
    const found = (features || []).find((one) => one.properties && /^\/cases\/[\w-]+$/.test(one.properties.case || ''));
    return found ? found.properties : null;
  };

  tonglan.EventNote = function EventNote({ event, close }) {
    if (!event) return null;
    return h('div', { className: 'yw-over yw-oa-note yw-event-note', role: 'note' },
      h('span', null, h('b', null, [event.kind, event.state].filter(Boolean).join(' · ')), h('small', null, [event.id, event.reported && texts.reportedAt(event.reported)].filter(Boolean).join(' · '))),
      h('a', { className: 'yw-button', href: event.case }, texts.openCase),
      h('button', { type: 'button', className: 'yw-plain', 'aria-label': texts.close, onClick: close }, '×'));
  };
})();
