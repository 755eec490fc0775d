/* The chart, and how it becomes a picture. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, clock, indicatorTexts: texts } = tonglan;

  function ChartCard({ page, hovered, hover, go, drawn }) {
    const { range, indicator } = page;
    const title = page.region.name + indicator.title;
    const said = [indicator.unit, range.count ? texts.count(page.points.length, range.count) : '', range.cut && texts.cut].filter(Boolean).join(' · ');
    /* A click on a point of the chosen region brings its period to the front. */
    function pick(x, key) {
      if (key && key !== page.region.code) return page.regions.some((one) => one.code === key) ? go({ region: key, compare: '' }) : undefined;
      const found = page.points.find((one) => one.period.slice(0, 19) === String(x).replace(' ', 'T').padEnd(19, ':00').slice(0, 19));
      return found && go({ period: found.period === page.value.newest ? '' : found.period });
    }
    return h('section', { className: 'yw-card yw-ind-chart' }, h('h2', null, texts.chart, h('small', null, said)),
      h('div', { className: 'yw-ind-canvas' },
        page.points.length ? h(tonglan.Chart, { figure: page.figure, label: texts.chartLabel(title, range.asked), highlight: hovered, onHover: hover, onPick: pick, onDrawn: drawn })
          : h('p', { className: 'yw-empty' }, page.value.message || tonglan.chartTexts.noData)));
  }

  /* Save what is drawn, with its source and date; above 公开 with the name of whom and when. */
  async function saveChart(page, element) {
    const { indicator, region, period } = page;
    const boot = tonglan.boot();
    const at = clock.day(clock.now()).slice(0, 10) + ' ' + clock.time(clock.now());
    const blob = await tonglan.chartPicture(element, {
      title: region.name + indicator.title + (indicator.unit ? '(' + indicator.unit + ')' : ''),
      subtitle: page.sentence,
      foot: texts.foot(page.value.source, period.label, at),
      watermark: indicator.classification === '公开' ? '' : texts.watermark((boot.user && boot.user.name) || '', at),
    });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = region.name + indicator.title + '.png';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  Object.assign(tonglan, { ChartCard, saveChart });
})();
