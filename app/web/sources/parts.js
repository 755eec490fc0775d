/* Small parts of the page 数据接入: lamp of a state, durations as bars, dialog. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, sourceTexts: texts } = tonglan;
  const LAMPS = { open: 'bad', failed: 'bad', late: 'warn', never: 'none', ok: 'ok', push: 'ok', off: 'none' };
  const BARS = 30, HIGH = 20, STEP = 3;

  function State({ one }) {
    return h('span', { className: classes('yw-s-state', 'yw-s-' + one.state) }, h(tonglan.Lamp, { lamp: LAMPS[one.state], quiet: true }), one.state_title);
  }

  /* The last runs as bars, a failed one hollow; the highest is the longest of them. */
  function Durations({ runs }) {
    if (!runs.length) return null;
    const most = Math.max(...runs.map(([value]) => value), 0.001);
    return h('svg', { className: 'yw-s-bars', viewBox: '0 0 ' + BARS * STEP + ' ' + HIGH, role: 'img', 'aria-label': texts.spark(runs.length) + ':' + texts.seconds(runs[runs.length - 1][0]), preserveAspectRatio: 'xMaxYMax meet' },
      runs.map(([value, ok], at) => {
        const high = Math.max(1.5, (HIGH - 1) * value / most);
        return h('rect', { key: at, x: (BARS - runs.length + at) * STEP, y: HIGH - high, width: STEP - 1, height: high, className: ok ? 'yw-s-bar' : 'yw-s-bar-bad' });
      }));
  }

  /* A dialog: Escape closes it, Tab stays inside, the focus goes back to where it was. */
  function Dialog({ title, onClose, children, foot, wide }) {
    const box = React.useRef(null);
    React.useEffect(() => {
      const before = document.activeElement;
      const first = box.current.querySelector('input,textarea,button');
      if (first) first.focus();
      return () => before && before.focus && before.focus();
    }, []);
    function press(event) {
      if (event.key === 'Escape') onClose();
      if (event.key !== 'Tab') return;
      const stops = [...box.current.querySelectorAll('button:not(:disabled),input,textarea,a[href]')];
      const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (document.activeElement === edge) {
        event.preventDefault();
        stops[event.shiftKey ? stops.length - 1 : 0].focus();
      }
    }
    return h('div', { className: 'yw-veil yw-s-veil', onMouseDown: (event) => event.target === event.currentTarget && onClose() },
      h('div', { ref: box, className: classes('yw-dialog', wide ? 'yw-s-wide' : 'yw-dialog-small'), role: 'dialog', 'aria-modal': true, 'aria-label': title, onKeyDown: press },
        h('h2', null, title), h('div', { className: 'yw-dialog-body' }, children), h('div', { className: 'yw-dialog-foot' }, foot)));
  }

  function Button({ primary, ...rest }) {
    return h('button', Object.assign({ type: 'button', className: classes('yw-button', primary && 'yw-primary') }, rest));
  }

  /* Does something on the server; {busy, failure, run}. */
  function useAct(done) {
    const [state, setState] = React.useState({ busy: false, failure: null });
    function run(promise) {
      setState({ busy: true, failure: null });
      return promise().then(
        (answer) => (setState({ busy: false, failure: null }), done && done(answer), answer),
        (failure) => setState({ busy: false, failure })
      );
    }
    return Object.assign({ run }, state);
  }

  const figure = (value) => String(Number(value.toPrecision(7)));

  function Values({ items, before }) {
    return h('div', { className: 'yw-s-values' }, h('table', { className: 'yw-grid' },
      h('thead', null, h('tr', null, texts.valueColumns.slice(0, before ? 5 : 4).map((name, at) => h('th', { key: name, scope: 'col', className: at > 2 ? 'yw-num' : undefined }, name)))),
      h('tbody', null, items.map((one, at) => h('tr', { key: at }, h('td', null, one.title), h('td', { title: one.region }, one.region_name), h('td', null, one.period.slice(0, 16).replace('T', ' ')),
        h('td', { className: 'yw-num' }, one.value === null ? texts.statuses[one.status] || '—' : figure(one.value) + ' ' + one.unit),
        before && h('td', { className: 'yw-num' }, one.before === null ? '—' : figure(one.before) + ' ' + one.unit))))));
  }

  Object.assign(tonglan, { SourceState: State, SourceDurations: Durations, SourceDialog: Dialog, SourceButton: Button, SourceValues: Values, useSourceAct: useAct });
})();
