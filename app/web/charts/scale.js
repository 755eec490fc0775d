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

  /* Every second word, the last among them; the year that stood below one left out goes to the next. */
  function everySecond(axis) {
    if (!axis.tickvals || !axis.ticktext) return axis;
    const kept = { tickvals: [], ticktext: [] };
    let around = '';
    axis.tickvals.forEach((at, n) => {
      const [words, below] = axis.ticktext[n].split('<br>');
      around = below || around;
      if ((axis.tickvals.length - 1 - n) % 2) return;
      kept.tickvals.push(at);
      kept.ticktext.push(around ? words + '<br>' + around : words);
      around = '';
    });
    return Object.assign({}, axis, kept);
  }

  /* `figure` for a chart `width` px wide on a page whose rem is `rem` px. */
  function fitted(figure, rem, width) {
    const factor = rem / 16;
    const layout = grown(figure.layout, '', factor);
    if (width < NARROW * rem) {
      // A wind rose has neither: plotly stumbles over an axis that is named and undefined.
      if (layout.xaxis) layout.xaxis = everySecond(layout.xaxis);
      if (layout.yaxis) layout.yaxis = Object.assign({}, layout.yaxis, { nticks: 5 });
    }
    return { data: figure.data.map((trace) => grown(trace, '', factor)), layout };
  }

  window.tonglan.chartScale = { fitted };
})();
