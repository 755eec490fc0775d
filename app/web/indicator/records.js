/* What stands below: forecasts and how good they were, corrections, targets, definitions. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, indicatorTexts: texts } = tonglan;

  const Card = ({ title, note, children }) => h('section', { className: 'yw-card yw-ind-record' }, h('h2', null, title, note && h('small', null, note)), h('div', { className: 'yw-ind-scroll' }, children));
  const Empty = ({ text }) => h('p', { className: 'yw-empty' }, text);

  function Forecast({ page }) {
    const { forecast, record, indicator } = page;
    const next = forecast && forecast.points[0];
    return h(Card, { title: texts.forecast, note: forecast && forecast.model },
      !forecast && !record.length && h(Empty, { text: texts.noForecast }),
      next && h('div', { className: 'yw-ind-next' }, h('p', null, h('span', { className: 'yw-t3' }, next.label), h('b', null, next.text, h('u', null, indicator.unit))),
        h('p', { className: 'yw-t3' }, texts.forecastRange(next.range_text)), h('p', { className: 'yw-t3' }, texts.forecastModel(forecast.model, forecast.mase, forecast.naive_mase))),
      record.map((one) => h('div', { key: one.period, className: 'yw-ind-item' }, h('span', { className: 'yw-t3' }, one.label), h('span', null, texts.forecastRow(one.forecast, one.actual)),
        h('b', { className: classes(!one.inside95 && 'yw-ind-out'), title: one.inside ? '' : texts.outside }, one.error))));
  }

  function Corrections({ page }) {
    return h(Card, { title: texts.corrections, note: page.corrections.length ? String(page.corrections.length) : '' },
      !page.corrections.length && h(Empty, { text: texts.noCorrections }),
      page.corrections.map((one, n) => h('div', { key: n, className: 'yw-ind-item' }, h('span', { className: 'yw-t3' }, one.label), h('span', null, one.from, ' → ', h('b', null, one.to)), h('b', null, one.change), h('small', { className: 'yw-t3' }, one.recorded_text))));
  }

  function Targets({ page }) {
    return h(Card, { title: texts.targets }, !page.targets.length && h(Empty, { text: texts.noTargets }),
      page.targets.map((one) => h('div', { key: one.year + one.document, className: classes('yw-ind-item', one.current && 'yw-ind-current') }, h('span', { className: 'yw-t3' }, one.year), h('span', null, one.document, h('small', { className: 'yw-t3' }, one.kind + ' · ' + texts.effective(one.effective))),
        h('b', null, one.text), one.name && h('span', { className: 'yw-tag' }, one.name))));
  }

  function Definitions({ page }) {
    const single = page.definitions.length < 2;
    return h(Card, { title: texts.definitions }, single && h(Empty, { text: texts.noDefinitions }),
      !single && page.definitions.map((one) => h('div', { key: one.number, className: 'yw-ind-item' }, h('span', { className: 'yw-t3' }, texts.version(one.number)), h('span', null, one.reason || one.definition, h('small', { className: 'yw-t3' }, [one.valid_from && texts.effective(one.valid_from), one.author].filter(Boolean).join(' · '))),
        one.breaks && h('span', { className: 'yw-tag yw-tag-warn' }, texts.breaks))));
  }

  tonglan.IndicatorRecords = ({ page }) => h('div', { className: 'yw-ind-records' }, h(Forecast, { page }), h(Corrections, { page }), h(Targets, { page }), h(Definitions, { page }));
})();
