/* Small marks: lamp, freshness dot, sparkline, delta. Shapes differ, so colour is never alone. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, texts, classes } = tonglan;

  const SHAPES = {
    ok: () => h('circle', { cx: 6, cy: 6, r: 4, fill: 'var(--ok)' }),
    warn: () => h('path', { d: 'M6 .8 11.6 11H.4z', fill: 'var(--warn)', className: 'yw-ringed' }),
    bad: () => h('rect', { x: 1, y: 1, width: 10, height: 10, rx: 1, fill: 'var(--bad)' }),
    none: () => h('circle', { cx: 6, cy: 6, r: 4, fill: 'none', stroke: 'var(--none)', strokeWidth: 1.4 }),
  };

  function Lamp({ lamp, quiet }) {
    const shape = SHAPES[lamp] || SHAPES.none;
    const label = texts.lamps[lamp] || texts.lamps.none;
    const said = quiet ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
    return h('svg', Object.assign({ className: 'yw-lamp', viewBox: '0 0 12 12' }, said), shape());
  }

  function FreshDot({ state }) {
    return h('i', { className: classes('yw-dot', 'yw-dot-' + state), role: 'img', 'aria-label': texts.states[state] });
  }

  /* One inline SVG: a dashed target, the line (or bars) and the last point, hollow when it is doubtful. */
  function Spark({ spark, tone, hollow }) {
    if (!spark) return h('span', { className: 'yw-spark' });
    const bars = spark.kind === 'bar';
    const ink = tone === 'bad' ? 'var(--bad)' : 'var(--data)';
    const line = bars ? { stroke: 'var(--data-2)', strokeWidth: 2.4 } : { fill: 'none', stroke: ink, className: 'yw-spark-line' };
    const dot = spark.end && 'M' + spark.end[0] + ' ' + spark.end[1] + 'h.01'; // stays round where the line is drawn wider
    const target = spark.target_y;
    return h(
      'svg',
      { className: 'yw-spark', viewBox: '0 0 92 34', preserveAspectRatio: 'none', role: 'img', 'aria-label': spark.aria },
      target !== null && target !== undefined &&
        h('path', { d: 'M0 ' + target + 'H92', stroke: 'var(--text-3)', strokeWidth: 1, strokeDasharray: '2 3' }),
      h('path', Object.assign({ d: spark.path }, line)),
      bars && spark.end && h('path', { d: 'M' + spark.end[0] + ' 30V' + spark.end[1], stroke: ink, strokeWidth: 2.4 }),
      !bars && dot && h('path', { d: dot, stroke: ink, className: 'yw-spark-end' }),
      !bars && dot && hollow && h('path', { d: dot, stroke: 'var(--surface-1)', className: 'yw-spark-end yw-spark-hollow' })
    );
  }

  function Delta({ delta }) {
    if (!delta) return null;
    const look = classes('yw-delta', delta.tone && 'yw-delta-' + delta.tone);
    return h('span', { className: look }, h('small', null, delta.label), ' ' + delta.arrow + delta.text);
  }

  Object.assign(tonglan, { Lamp, FreshDot, Spark, Delta });
})();
