/* The small parts of every panel: a cell's value, a class chip, a sparkline, the state of a panel. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, texts, topicTexts, Lamp } = tonglan;
  const FLASH = 8600; // ms: 8 s of tint and a 600 ms fade (SCREENS, just changed)
  const DARK_MARKS = {
    light: ['w2', 'w3', 'w6', 'aqi1', 'aqi4', 'aqi5', 'aqi6', 'bad', 'ok', 'q6', 'q7', 'none'],
    dark: ['aqi5', 'aqi6', 'q1', 'q2', 'q3', 'q4'],
  };

  /* A token's short name: the server may also say water-2 or aqi-3. */
  const token = (name) => String(name || 'none').replace(/^water-/, 'w').replace(/^aqi-/, 'aqi');
  const paint = (name) => 'var(--' + token(name) + ')';

  /* Ink on a mark of that colour, in the theme that is on. */
  function inkOn(name, theme) {
    if (!DARK_MARKS[theme].includes(token(name))) return 'var(--on-alert)';
    return theme === 'light' ? 'var(--surface-1)' : 'var(--text-1)';
  }

  function ClassChip({ label, colour }) {
    const theme = board.use((state) => state.view.theme);
    return h('b', { className: 'yw-tp-class', style: { background: paint(colour), color: inkOn(colour, theme) } }, label);
  }

  /* Counts up when the text of the same cell becomes another one, and back to 0 after FLASH. */
  function useChanged(key, text) {
    const before = React.useRef({ key, text });
    const [count, setCount] = React.useState(0);
    React.useEffect(() => {
      const old = before.current;
      before.current = { key, text };
      if (old.key !== key) setCount(0);
      else if (key && old.text !== text) setCount((n) => n + 1);
    }, [key, text]);
    React.useEffect(() => {
      if (!count) return undefined;
      const over = setTimeout(() => setCount(0), FLASH);
      return () => clearTimeout(over);
    }, [count]);
    return count;
  }

  const shut = (cell) => cell.status === 'forbidden' || cell.state === 'forbidden';
  const doubt = (cell) => ['estimated', 'suspect'].includes(cell.status);
  const gone = (cell) => ['missing', 'not_monitored', 'forbidden'].includes(cell.status);

  function written(cell) {
    const chip = cell.class && h(ClassChip, cell.class);
    if (chip && (!cell.text || cell.text === cell.class.label)) return chip;
    return h(React.Fragment, null, cell.text || topicTexts.missing, cell.unit && cell.text && cell.text !== '—' && h('u', null, cell.unit), chip && ' ', chip);
  }

  /* One value with unit; it opens its explanation, unless nobody may read it. */
  function Value({ cell, className }) {
    const known = cell && typeof cell === 'object' ? cell : { text: cell === null || cell === undefined ? '' : String(cell) };
    const changed = useChanged(known.explain, known.text);
    const explained = known.explain && !shut(known) ? { 'data-explain': known.explain } : {};
    const told = [known.status_text, known.note].filter(Boolean).join(' · ');
    const look = classes('yw-tp-value', known.lamp === 'bad' && 'yw-tp-bad', ['late', 'dead'].includes(known.fresh) && 'yw-tp-old', gone(known) && 'yw-tp-gone', className);
    return h('span', Object.assign({ className: look, title: told || undefined }, explained),
      changed > 0 && h('i', { key: changed, className: 'yw-changed', 'aria-hidden': true }),
      written(known), doubt(known) && h('em', { className: 'yw-tp-doubt' }, known.status_text));
  }

  /* An array of numbers (null is a gap) as one small line; the last point is marked. */
  function Line({ values, bad, label }) {
    const known = (values || []).filter((one) => one !== null && one !== undefined);
    if (known.length < 2) return h('span', { className: 'yw-tp-line' });
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const x = (n) => 2 + (n * 72) / Math.max(values.length - 1, 1);
    const y = (value) => (high === low ? 11 : 19 - ((value - low) / (high - low)) * 16);
    let path = '';
    let last = null;
    let broken = true;
    values.forEach((value, n) => {
      if (value === null || value === undefined) {
        broken = true;
        return;
      }
      path += (broken ? 'M' : 'L') + x(n).toFixed(1) + ' ' + y(value).toFixed(1);
      broken = false;
      last = [x(n), y(value)];
    });
    const ink = bad ? 'var(--bad)' : 'var(--data)';
    return h('svg', { className: 'yw-tp-line', viewBox: '0 0 78 22', role: 'img', 'aria-label': label || '近 ' + values.length + ' 期' },
      h('path', { d: path, fill: 'none', stroke: ink, strokeWidth: 1.5, strokeLinejoin: 'round' }), h('circle', { cx: last[0], cy: last[1], r: 2.1, fill: ink }));
  }

  /* What a cell says as plain text, e.g. for a width or an aria-label. */
  const plain = (cell) => (cell && typeof cell === 'object' ? [cell.text, cell.unit].filter(Boolean).join(' ') || (cell.class && cell.class.label) || topicTexts.missing
    : cell === null || cell === undefined ? '' : String(cell));

  function LampOf({ lamp }) {
    return lamp ? h(Lamp, { lamp }) : null;
  }

  /* Why there is nothing to draw: empty, failed and forbidden are different pictures. */
  function Trouble({ panel, again }) {
    const words = { empty: topicTexts.empty, forbidden: topicTexts.forbidden, error: topicTexts.failed }[panel.state];
    const lead = panel.state === 'error' && panel.message ? topicTexts.failed + ' ' : '';
    return h('div', { className: 'yw-tp-trouble', role: 'status' }, h(Lamp, { lamp: 'none', quiet: true }), h('p', null, lead && h('b', null, lead), panel.message || words),
      panel.state === 'error' && h('button', { type: 'button', className: 'yw-button', onClick: again }, texts.retry));
  }

  /* A cell under a heading that names its unit already. */
  const under = (cell, unit) => (unit && cell && cell.unit === unit ? Object.assign({}, cell, { unit: '' }) : cell);

  /* Where a long heading is broken: before a bracket, at a gap, else in the middle. */
  function broken(title) {
    const letters = [...title];
    if (letters.length < 5) return [title];
    const middle = Math.ceil(letters.length / 2);
    const gap = letters.map((letter, n) => (/[((\s]/.test(letter) ? n : 0)).filter((n) => n > 2 && n < letters.length - 1).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
    const at = gap || (/[a-z0-9.]/i.test(letters[middle - 1] + letters[middle]) ? letters.length : middle);
    return [letters.slice(0, at).join(''), letters.slice(at).join('').trim()].filter(Boolean);
  }

  function heading(column) {
    const [first, second] = broken(column.title);
    const unit = column.unit && h('small', null, ' ' + column.unit);
    return second ? h(React.Fragment, null, first, h('br'), second, unit) : h(React.Fragment, null, first, unit);
  }

  Object.assign(tonglan, { topicParts: { heading, under, token, paint, inkOn, plain, ClassChip, Value, Line, LampOf, Trouble } });
})();
