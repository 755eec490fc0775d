/* The curve of the last periods: line, target, definition breaks, forecast zone; one inline SVG. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, explainTexts: texts } = tonglan;
  const HEIGHT = 112, TOP = 12, BOTTOM = 88, AXIS = 104; // in sixteenths of a rem
  const LETTER = 7; // width of a digit; a Chinese character is two

  const wide = (text) => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) > 255 ? 12 : LETTER), 0);

  /* The width of an element in sixteenths of a rem, so that type keeps its size at any width. */
  function useWidth(box) {
    const [width, setWidth] = React.useState(576);
    React.useLayoutEffect(() => {
      if (!box.current) return undefined;
      const measure = () => {
        const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
        if (box.current && box.current.clientWidth) setWidth((box.current.clientWidth / rem) * 16);
      };
      measure();
      const watch = new ResizeObserver(measure);
      watch.observe(box.current);
      return () => watch.disconnect();
    }, []);
    return width;
  }

  /* Two to four round numbers that span the values. */
  function ticks(low, high) {
    const span = high - low || Math.abs(high) || 1;
    const raw = span / 2;
    const power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.8);
    const first = Math.floor(low / step) * step;
    const made = [];
    for (let at = first; at < high + step * 0.999 && made.length < 5; at += step) made.push(at);
    return { made, step };
  }

  function written(value, step) {
    const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9) + (String(step / Math.pow(10, Math.floor(Math.log10(step)))).startsWith('2.5') ? 1 : 0)));
    return tonglan.explainNumber(value, digits);
  }

  tonglan.explainNumber = (value, digits) =>
    value.toLocaleString('zh-CN', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '−');

  /* Scales of a drawing: x by time, y by value. */
  function scales(history, width) {
    const ahead = history.forecast ? history.forecast.points : [];
    const at = (one) => Date.parse(one.period);
    const times = history.points.map(at).concat(ahead.map(at));
    const values = history.points.map((one) => one.value).filter((one) => one !== null)
      .concat(ahead.flatMap((one) => [one.band80[0], one.band80[1]]));
    const low = Math.min(...values), high = Math.max(...values);
    const target = history.target;
    const near = target !== null && Math.abs(target - (low + high) / 2) < 3 * (high - low || Math.abs(high) || 1);
    const all = near ? values.concat(target) : values;
    const { made, step } = ticks(Math.min(...all), Math.max(...all));
    const from = made[0], to = made[made.length - 1];
    const labels = made.map((one) => written(one, step));
    const left = Math.max(24, ...labels.map((one) => wide(one) + 8));
    const right = near && history.target_text ? wide(history.target_text) + 8 : 14;
    const first = Math.min(...times), last = Math.max(...times);
    const x = (time) => left + (width - left - right) * (last > first ? (time - first) / (last - first) : 0.5);
    const y = (value) => BOTTOM - (BOTTOM - TOP) * (to > from ? (value - from) / (to - from) : 0.5);
    return { at, x, y, made, labels, left, right: width - right, near, ahead };
  }

  const spot = (n) => n.toFixed(1);

  /* A line with gaps where a value is missing. */
  function line(points, { at, x, y }) {
    let pen = 'M';
    return points.map((one) => {
      if (one.value === null) {
        pen = 'M';
        return '';
      }
      const step = pen + spot(x(at(one))) + ' ' + spot(y(one.value));
      pen = 'L';
      return step;
    }).join('');
  }

  function Band({ scale, start, band }) {
    const { at, x, y, ahead } = scale;
    const up = ahead.map((one) => 'L' + spot(x(at(one))) + ' ' + spot(Math.max(2, y(one[band][1]))));
    const down = ahead.map((one) => 'L' + spot(x(at(one))) + ' ' + spot(Math.min(BOTTOM, y(one[band][0])))).reverse();
    const from = start && start.value !== null ? 'M' + spot(x(at(start))) + ' ' + spot(y(start.value)) : 'M' + up.shift().slice(1);
    return h('path', { d: from + up.join('') + down.join('') + 'Z', fill: 'var(--band)', opacity: band === 'band95' ? 0.45 : 0.8 });
  }

  function Forecast({ scale, start }) {
    const { at, x, y, ahead } = scale;
    const from = start && start.value !== null ? [{ period: start.period, value: start.value }] : [];
    const mean = from.concat(ahead.map((one) => ({ period: one.period, value: one.mean })));
    const now = x(at(start || ahead[0]));
    return h(React.Fragment, null,
      h(Band, { scale, start, band: 'band95' }),
      h(Band, { scale, start, band: 'band80' }),
      h('path', { d: line(mean, scale), className: 'yw-x-mean' }),
      h('path', { d: 'M' + spot(now) + ' ' + TOP + 'V' + BOTTOM, className: 'yw-x-now' }),
      h('text', { x: now + 5, y: TOP - 1, fontSize: 12, className: 'yw-x-axis' }, texts.forecast));
  }

  /* Labels under the axis: as many as fit, the last one always. */
  function periods(points, scale) {
    const room = Math.max(...points.map((one) => wide(one.label))) + 16;
    const many = Math.max(2, Math.min(4, Math.floor((scale.right - scale.left) / room)));
    if (points.length < 2) return points;
    const chosen = Array.from({ length: many }, (_, n) => points[Math.round((n * (points.length - 1)) / (many - 1))]);
    return [...new Set(chosen)];
  }

  function Axis({ scale, points, width }) {
    const shown = periods(points, scale);
    const place = (n) => (n === 0 ? 'start' : n === shown.length - 1 && !scale.ahead.length ? 'end' : 'middle');
    return h(React.Fragment, null,
      scale.made.map((value, n) => h('g', { key: value },
        h('path', { d: 'M' + scale.left + ' ' + spot(scale.y(value)) + 'H' + spot(scale.right), className: 'yw-x-grid' }),
        h('text', { x: scale.left - 6, y: scale.y(value) + 4, textAnchor: 'end', fontSize: 12, className: 'yw-x-axis' }, scale.labels[n]))),
      shown.map((one, n) => h('text', { key: one.period, x: Math.min(width - 4, scale.x(scale.at(one))), y: AXIS, textAnchor: place(n), fontSize: 12, className: 'yw-x-axis' }, one.label)));
  }

  function Breaks({ breaks, scale, points }) {
    const first = scale.at(points[0]), last = scale.at(points[points.length - 1]);
    const inside = breaks.map((day) => Date.parse(day + 'T00:00:00+08:00')).filter((time) => time > first && time <= last);
    return inside.map((time) => h('g', { key: time },
      h('path', { d: 'M' + spot(scale.x(time)) + ' ' + TOP + 'V' + BOTTOM, className: 'yw-x-break' }),
      h('text', { x: scale.x(time) - 4, y: TOP - 1, textAnchor: 'end', fontSize: 12, className: 'yw-x-axis' }, texts.breakLine)));
  }

  function Curve({ history, tone }) {
    const box = React.useRef(null);
    const width = useWidth(box);
    const points = history.points;
    const known = points.filter((one) => one.value !== null);
    if (known.length < 2) return h('div', { ref: box });
    const scale = scales(history, width);
    const last = known[known.length - 1];
    const end = points[points.length - 1];
    const doubtful = known.filter((one) => one.status === 'estimated' || one.status === 'suspect');
    const target = scale.near && scale.y(history.target);
    return h('div', { ref: box, className: 'yw-x-curve' },
      h('svg', { viewBox: '0 0 ' + spot(width) + ' ' + HEIGHT, role: 'img', 'aria-label': texts.curve(points.length, last.text) },
        h(Axis, { scale, points, width }),
        scale.near && h('path', { d: 'M' + scale.left + ' ' + spot(target) + 'H' + spot(scale.right), className: 'yw-x-target' }),
        scale.near && h('text', { x: scale.right + 6, y: target + 4, fontSize: 12, className: 'yw-x-label' }, history.target_text),
        h(Breaks, { breaks: history.breaks, scale, points }),
        scale.ahead.length > 0 && h(Forecast, { scale, start: end }),
        h('path', { d: line(points, scale), className: 'yw-x-line' }),
        doubtful.map((one) => h('circle', { key: one.period, cx: scale.x(scale.at(one)), cy: scale.y(one.value), r: 2.6, className: 'yw-x-doubt' })),
        h('circle', { cx: scale.x(scale.at(last)), cy: scale.y(last.value), r: 3.6, fill: tone === 'bad' ? 'var(--bad)' : 'var(--data)' })));
  }
  tonglan.ExplainCurve = Curve;
})();
