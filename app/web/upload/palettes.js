/* Colours of a layer's classes, from the tokens only, always as a dark and a light pair. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const WATER = ['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', 'Ⅴ', '劣Ⅴ'];
  const LATIN = { I: 'Ⅰ', II: 'Ⅱ', III: 'Ⅲ', IV: 'Ⅳ', V: 'Ⅴ', 劣V: '劣Ⅴ' };
  const AIR = [['优'], ['良'], ['轻度', '轻度污染'], ['中度', '中度污染'], ['重度', '重度污染'], ['严重', '严重污染']];
  // teal, amber and blue in turn: no alert colour, no red beside green
  const NAMES = ['data', 'd6', 'd2', 'data-2', 'q3', 'd7', 'd1'];
  const MOST = 7; // classes (tokens.json, rule of the ramps)

  const pair = (name) => {
    const { colours } = tonglan.boot();
    return { dark: colours.dark[name], light: colours.light[name] };
  };

  const graded = (value) => {
    const text = String(value).trim().replace(/类$/, '');
    return LATIN[text.toUpperCase()] || text;
  };

  /* The palette that belongs to these values: water classes, air quality, or any names. */
  function kindOf(values) {
    const known = values.filter((value) => value !== null && value !== '');
    if (known.length && known.every((value) => WATER.includes(graded(value)))) return 'water';
    if (known.length && known.every((value) => AIR.some((names) => names.includes(String(value))))) return 'air';
    return 'names';
  }

  /* Classes of a categorised style; what is beyond the seventh name is drawn as "其他". */
  function categories(values) {
    const counts = new Map();
    values.forEach((value) => value !== null && value !== undefined && value !== '' && counts.set(String(value), (counts.get(String(value)) || 0) + 1));
    const found = [...counts.keys()];
    const kind = kindOf(found);
    if (kind === 'water') {
      return found.sort((a, b) => WATER.indexOf(graded(a)) - WATER.indexOf(graded(b))).map((value) => Object.assign({ value, label: value }, pair('w' + (WATER.indexOf(graded(value)) + 1))));
    }
    if (kind === 'air') {
      const place = (value) => AIR.findIndex((names) => names.includes(value));
      return found.sort((a, b) => place(a) - place(b)).map((value) => Object.assign({ value, label: value }, pair('aqi' + (place(value) + 1))));
    }
    return found.sort((a, b) => counts.get(b) - counts.get(a)).slice(0, MOST).map((value, n) => Object.assign({ value, label: value }, pair(NAMES[n])));
  }

  /* n steps spread over the seven of a ramp. */
  const spread = (n) => Array.from({ length: n }, (_, k) => (n === 1 ? 5 : 1 + Math.round((k * 6) / (n - 1))));
  const written = (number) => (Math.abs(number) >= 1000 ? Math.round(number).toLocaleString('zh-CN') : String(Number(number.toPrecision(4))));

  /* Classes of a graduated style between `edges` (n + 1 numbers). */
  function steps(edges, ramp, labels) {
    const n = edges.length - 1;
    return spread(n).map((step, k) => Object.assign({ min: edges[k], max: edges[k + 1], label: (labels && labels[k]) || written(edges[k]) + '–' + written(edges[k + 1]) }, pair((ramp === 'div' ? 'd' : 'q') + step)));
  }

  /* Edges of equally full or equally wide classes, of what the preview holds. */
  function edges(numbers, method, n) {
    const sorted = numbers.filter((number) => Number.isFinite(number)).sort((a, b) => a - b);
    if (!sorted.length) return [];
    const [low, high] = [sorted[0], sorted[sorted.length - 1]];
    if (low === high) return [low, high];
    const at = method === 'equal' ? (k) => low + ((high - low) * k) / n : (k) => sorted[Math.min(sorted.length - 1, Math.round((k * (sorted.length - 1)) / n))];
    return [...new Set(Array.from({ length: n + 1 }, (_, k) => Number(at(k).toPrecision(6))))];
  }

  const single = () => [Object.assign({ label: '' }, pair('accent'))];

  tonglan.palettes = { categories, steps, edges, single, pair, kindOf, MOST };
})();
