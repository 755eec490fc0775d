/* 法定预警 stand apart from our own alerts: as their issuers say them, with nothing to press. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, board, alertTexts: texts, alertParts } = tonglan;
  const INKS = { 红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue', 白: 'line-2' };

  function area(warning, places) {
    if (warning.place) return warning.place;
    const name = (one) => one.name || (places.find((place) => place.code === one) || { name: one }).name;
    return (warning.area || []).map(name).join('、');
  }

  function LegalWarnings() {
    const warnings = board.use((state) => state.warnings);
    const places = board.use((state) => state.boot.places);
    if (!warnings.length) return null;
    const ink = (level) => INKS[(level || '').slice(0, 1)] || 'line-2';
    return h('section', { className: 'yw-al-legal', 'aria-label': texts.legal }, h('h2', { title: texts.legalHint }, texts.legal), h('ul', null, warnings.map((one) =>
      h('li', { key: one.id, style: { '--ink': 'var(--' + ink(one.level) + ')' }, title: one.text }, h('b', null, one.title || one.signal), h('span', null, one.issuer), h('span', null, area(one, places)),
        h('small', null, one.valid_text || texts.legalValid(alertParts.when(one.valid_from), one.valid_to ? alertParts.when(one.valid_to) : '解除前'))))));
  }
  tonglan.LegalWarnings = LegalWarnings;
})();
