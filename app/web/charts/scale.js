/* Figures are made in px at k = 1; here they become px of this screen, and fit a narrow one. */
(function () {
  'use strict';
  const SIZES = new Set(['size', 'width', 'l', 'r', 't', 'b', 'xshift', 'yshift', 'standoff']);
  const LINE = 0.9; // rem between two names at the right end
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

  /* Names at the right end that a low chart would lay upon each other move apart, as little as they must. */
  function apart(layout, height, rem) {
    const range = layout.yaxis && layout.yaxis.range;
    const margin = layout.margin || {};
    const plot = height - (margin.t || 0) - (margin.b || 0);
    const names = (layout.annotations || []).filter((one) => one.xref === 'paper' && one.yref === 'y' && one.x === 1).sort((a, b) => a.y - b.y);
    if (!range || plot <= 0 || names.length < 2) return;
    const gap = Math.min((LINE * rem) / plot, 1 / (names.length - 1)) * (range[1] - range[0]);
    names.forEach((one, n) => n && (one.y = Math.max(one.y, names[n - 1].y + gap)));
    names.reduceRight((ceiling, one) => (one.y = Math.min(one.y, ceiling)) - gap, Math.max(range[1], names[0].y)); // pushed out at the top: down again
  }

  /* `figure` for a chart `width` × `height` px on a page whose rem is `rem` px. */
  function fitted(figure, rem, width, height) {
    const factor = rem / 16;
    const layout = grown(figure.layout, '', factor);
    apart(layout, height, rem);
    if (width < NARROW * rem) {
      // A wind rose has neither: plotly stumbles over an axis that is named and undefined.
      if (layout.xaxis) layout.xaxis = everySecond(layout.xaxis);
      if (layout.yaxis) layout.yaxis = Object.assign({}, layout.yaxis, { nticks: 5 });
    }
    return { data: figure.data.map((trace) => grown(trace, '', factor)), layout };
  }

  window.tonglan.chartScale = { fitted };
})();
