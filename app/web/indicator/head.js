/* The head of the page: where we are, what the number is, how much, compared with what, how old. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, Lamp, FreshDot, Delta, indicatorTexts: texts } = tonglan;

  function Crumbs({ page, go }) {
    const { region, indicator } = page;
    const last = region.path.length - 1;
    const sign = h('i', { 'aria-hidden': true }, '›');
    return h('nav', { className: 'yw-ind-crumbs', 'aria-label': texts.region },
      region.path.map((one, n) => h(React.Fragment, { key: one.code }, n > 0 && sign,
        n < last ? h('button', { type: 'button', className: 'yw-plain', onClick: () => go({ region: one.code }) }, one.name) : h('b', null, one.name))),
      sign, h('span', null, indicator.topic.title), sign, h('span', { 'aria-current': 'page' }, indicator.title));
  }

  /* Any text too long for two lines can be opened. */
  function Definition({ indicator }) {
    const [open, setOpen] = React.useState(false);
    const long = indicator.definition.length > 60;
    return h('p', { className: classes('yw-ind-definition', open && 'yw-open') }, h('b', null, texts.definition), ' ', indicator.definition,
      long && h('button', { type: 'button', className: 'yw-plain yw-link', 'aria-expanded': open, onClick: () => setOpen(!open) }, open ? texts.less : texts.more));
  }

  function Facts({ page }) {
    const { indicator, value } = page;
    const rows = [[texts.owner, indicator.owner_name], [texts.source, value.source], [texts.classification, indicator.classification],
      value.recorded_text && [texts.at, value.recorded_text]].filter(Boolean);
    return h('dl', { className: 'yw-ind-facts' }, rows.map(([name, said]) => h('div', { key: name }, h('dt', null, name), h('dd', null, said))));
  }

  function Value({ page }) {
    const { value, indicator, region, period } = page;
    const key = [indicator.id, region.code, value.latest ? '' : period.at].join('|');
    const known = value.value !== null;
    return h('div', { className: classes('yw-ind-value', value.stale && 'yw-stale', 'yw-ind-' + value.lamp) },
      h('div', { className: 'yw-ind-number' }, h(Lamp, { lamp: value.lamp }),
        h('button', { type: 'button', className: 'yw-plain', 'data-explain': key, title: texts.explain },
          known || !value.message ? h('span', null, value.text, value.unit && h('u', null, value.unit)) : h('span', { className: 'yw-ind-none' }, '—')),
        h(tonglan.DirectiveMark, { indicator: indicator.id, region: region.code }),
        value['class'] && h('span', { className: 'yw-chip' }, value['class']),
        value.status_text && h('span', { className: 'yw-tag yw-tag-warn' }, value.status_text),
        value.revised && h('span', { className: 'yw-tag', title: texts.former(value.former) }, texts.revised)),
      h('div', { className: 'yw-ind-said' }, h('span', null, value.period_text), h('span', { className: 'yw-ind-fresh' }, h(FreshDot, { state: value.fresh.state }), value.fresh.text || tonglan.texts.states[value.fresh.state]),
        value.message && h('span', null, value.message)));
  }

  function Compared({ value }) {
    return h('div', { className: 'yw-ind-compared' },
      value.delta && h('p', null, h(Delta, { delta: value.delta }), value.against && h('small', null, value.against)),
      value.target && h('p', null, value.target));
  }

  function IndicatorHead({ page, go, replay }) {
    return h('section', { className: 'yw-card yw-ind-head', 'aria-label': page.indicator.title },
      h('div', { className: 'yw-ind-title' }, h(Crumbs, { page, go }), h('h2', null, page.indicator.title, h('small', null, page.region.name)), h(Definition, { indicator: page.indicator }), h(Facts, { page })),
      h('div', { className: 'yw-ind-front' }, h(Value, { page }), h(Compared, { value: page.value }),
        h('p', { className: 'yw-ind-sentence', role: 'status' }, page.sentence)),
      replay);
  }
  tonglan.IndicatorHead = IndicatorHead;
})();
