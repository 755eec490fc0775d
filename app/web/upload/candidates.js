/* The candidates for the coordinate system, all drawn over the rivers at one scale. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work } = tonglan;
  const T = tonglan.uploadTexts;
  const DOT = 3.6; // px
  const METRES = 111320; // a degree of latitude
  const NICE = [1, 2, 5];

  /* Degrees to px of a card: the candidates' common window, filled up to the card's form. */
  function frame(candidate, window_m, [width, height]) {
    const [west, south, east, north] = candidate.bounds;
    const [across, down] = window_m;
    const perPx = Math.min(across / width, down / height); // metres; the window covers the whole card
    const lon = (west + east) / 2;
    const lat = (south + north) / 2;
    const scale = [(METRES * Math.cos((lat * Math.PI) / 180)) / perPx, METRES / perPx];
    return { perPx, at: ([x, y]) => [width / 2 + (x - lon) * scale[0], height / 2 - (y - lat) * scale[1]] };
  }

  const path = (line, at) => line.map((point, n) => (n ? 'L' : 'M') + at(point).map((one) => one.toFixed(1)).join(' ')).join('');

  function bar(perPx, width, wished) {
    const fits = (metres) => metres / perPx <= width * 0.42;
    if (wished && fits(wished) && wished / perPx > 16) return wished;
    let best = 1;
    for (let power = 1; power < 1e7; power *= 10) NICE.forEach((one) => fits(one * power) && (best = one * power));
    return best;
  }

  function Drawing({ candidate, preview }) {
    const [ref, size] = work.useSize();
    const drawn = size[0] > 0 && frame(candidate, preview.window_m, size);
    const ink = candidate.chosen ? 'var(--accent)' : 'var(--bad)';
    const metres = drawn && bar(drawn.perPx, size[0], preview.scale_m);
    return h(
      'div',
      { ref, className: 'yw-cand-map' },
      drawn && h('svg', { width: size[0], height: size[1], role: 'img', 'aria-label': T.crs.drawing(candidate.title) },
        (candidate.roads || []).map((line, n) => h('path', { key: 'w' + n, d: path(line, drawn.at), className: 'yw-cand-road' })),
        (candidate.reference || []).map((line, n) => h('path', { key: 'r' + n, d: path(line, drawn.at), className: 'yw-cand-river' })),
        (candidate.lines || []).map((line, n) => h('path', { key: 'l' + n, d: path(line, drawn.at), fill: 'none', stroke: ink, strokeWidth: 1.6, strokeLinejoin: 'round' })),
        (candidate.points || []).map((point, n) => {
          const [x, y] = drawn.at(point);
          const inside = x > -DOT && y > -DOT && x < size[0] + DOT && y < size[1] + DOT;
          return inside && h('circle', { key: 'p' + n, cx: x.toFixed(1), cy: y.toFixed(1), r: DOT, fill: ink, className: 'yw-cand-dot' });
        })),
      drawn && h('div', { className: 'yw-cand-scale', 'aria-hidden': true }, h('span', null, metres >= 1000 ? metres / 1000 + ' km' : metres + ' m'), h('i', { style: { width: metres / drawn.perPx + 'px' } }))
    );
  }

  /* "CGCS2000 3°带 38(EPSG:4526)": the words first. */
  const crsTitle = (text) => (text || '').replace(/EPSG:(\d+)\(([^()]*)\)/g, '$2(EPSG:$1)');
  // the sentence for the command line names its option; here there is a form
  const warned = (text) => (/--parameters/.test(text) ? T.crs.ballpark : text);

  function Candidate({ candidate, preview, locked, onTake }) {
    const take = candidate.chosen ? h('b', { className: 'yw-cand-taken' }, T.crs.taken)
      : locked ? h('b', { className: 'yw-t3' }, T.crs.other)
        : h('button', { type: 'button', className: 'yw-plain yw-cand-take', onClick: onTake, 'aria-label': T.crs.take(crsTitle(candidate.title)) }, T.crs.other);
    return h(
      'li',
      { className: classes('yw-cand', candidate.chosen && 'yw-cand-on') },
      h(Drawing, { candidate, preview }),
      h('div', { className: 'yw-cand-text' },
        h('div', { className: 'yw-cand-head' }, h('b', { title: candidate.title }, crsTitle(candidate.line1 || candidate.title)), take),
        h('p', null, candidate.line2),
        candidate.warning && h('p', { className: 'yw-cand-warning' }, h(tonglan.Lamp, { lamp: 'warn', quiet: true }), warned(candidate.warning)))
    );
  }

  const PARAMETERS = ['dx', 'dy', 'dz', 'rx', 'ry', 'rz', 'scale'];

  /* Seven parameters (Bursa–Wolf) for Xian80 and Beijing54: without them only a ballpark is known. */
  function Parameters({ given, onTake, onClose }) {
    const [values, setValues] = React.useState(() => PARAMETERS.map((name, n) => String((given && (Array.isArray(given) ? given[n] : given[name])) || '')));
    const numbers = values.map((text) => (text.trim() === '' ? 0 : Number(text)));
    const wrong = numbers.some((number) => !Number.isFinite(number)) || values.every((text) => text.trim() === '');
    const set = (n) => (event) => setValues(values.map((old, m) => (m === n ? event.target.value : old)));
    return h('form', { className: 'yw-seven', onSubmit: (event) => (event.preventDefault(), wrong || onTake(numbers)) },
      h('p', null, T.crs.sevenWhy),
      h('div', null, PARAMETERS.map((name, n) => h('label', { key: name }, T.crs.seven[n], h(work.Input, { value: values[n], inputMode: 'decimal', onChange: set(n), 'data-first': n === 0 ? true : undefined })))),
      h('div', { className: 'yw-seven-foot' }, h(work.Button, { onClick: onClose }, T.cancel), h(work.Button, { kind: 'main', type: 'submit', disabled: wrong }, T.crs.sevenTake)));
  }

  /* Up to three; the chosen one first. */
  function Candidates({ preview, locked, onTake }) {
    const sorted = [...preview.candidates].sort((a, b) => Boolean(b.chosen) - Boolean(a.chosen)).slice(0, 3);
    return h('ul', { className: 'yw-cands', 'aria-label': T.crs.candidates }, sorted.map((candidate) =>
      h(Candidate, { key: candidate.crs, candidate, preview, locked, onTake: () => onTake(candidate.crs) })));
  }

  Object.assign(tonglan, { crsTitle, Candidates, SevenParameters: Parameters });
})();
