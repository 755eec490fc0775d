/* Figures are made in px at k = 1; here they become px of this screen, and fit a narrow one. */
(function () {
  'use strict';
  const SIZES = new Set(['size', 'width', 'l', 'r', 't', 'b', 'xshift', 'yshift', 'standoff']);
  const NARROW = 34; // rem of chart width below which every second word of the axis is left out

  function grown(value, key, factor) {
    if (typeof value === 'number') return SIZES.has(key) ? value * factor : value;
    if (Array.isArray(value)) return key === 'size' ? value.map((one) => one * factor) : value.map((one) => (one && typeof one === 'object' ? grown(one, '', factor) : one));
    if (value && typeof value === 'object') return Object.fromEntries(Object.keys(value).map((name) => [name, grown(value[name], name, factor)]));
    return value;
  }

  const everySecond = (list) => list.filter((_, n) => (list.length - 1 - n) % 2 === 0);

  /* `figure` for a chart `width` px wide on a page whose rem is `rem` px. */
  function fitted(figure, rem, width) {
    const factor = rem / 16;
    const layout = grown(figure.layout, '', factor);
    if (width < NARROW * rem) {
      const { tickvals, ticktext } = layout.xaxis;
      layout.xaxis = Object.assign({}, layout.xaxis, { tickvals: everySecond(tickvals), ticktext: everySecond(ticktext) });
      layout.yaxis = Object.assign({}, layout.yaxis, { nticks: 5 });
    }
    return { data: figure.data.map((trace) => grown(trace, '', factor)), layout };
  }

  window.tonglan.chartScale = { fitted };
})();
