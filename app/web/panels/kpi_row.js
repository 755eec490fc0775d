/* One indicator: lamp, name, freshness, value and unit, sparkline, comparison, target. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, texts, classes, board, Lamp, FreshDot, Spark, Delta } = tonglan;
  const FLASH = 8600; // ms: 8 s of tint and a 600 ms fade (SCREENS, just changed)
  const PAUSE = 250; // ms of hovering before the fact card opens

  /* True for FLASH after the value of the same indicator and region became another one. */
  function useChanged(row) {
    const before = React.useRef(row);
    const [count, setCount] = React.useState(0);
    React.useEffect(() => {
      const old = before.current;
      before.current = row;
      const same = old.indicator === row.indicator && old.region === row.region;
      if (!same) setCount(0);
      else if (old.value !== row.value && row.state === 'ok') setCount((n) => n + 1);
    }, [row]);
    React.useEffect(() => {
      if (!count) return undefined;
      const over = setTimeout(() => setCount(0), FLASH);
      return () => clearTimeout(over);
    }, [count]);
    return count;
  }

  function Name({ row }) {
    board.use((state) => state.view.theme); // the link names it
    const alert = tonglan.useRowAlert(row.indicator, row.region);
    const shut = row.state === 'forbidden';
    return h(
      'div',
      { className: 'yw-name' },
      alert && !shut ? h(tonglan.AlertShape, { level: alert }) : h(Lamp, { lamp: row.lamp }),
      shut ? h('span', { className: 'yw-name-text' }, row.name) : h('a', { className: 'yw-name-text', href: tonglan.indicatorLink(row.indicator, row.region), title: texts.indicatorPage }, row.name),
      row.state === 'ok' && h(FreshDot, { state: row.fresh.state }),
      h(tonglan.DirectiveMark, { indicator: row.indicator, region: row.region })
    );
  }

  /* The value opens its explanation; nobody is led to one he may not see. */
  const Value = ({ row }) => h('div', { className: 'yw-value' },
    h('span', row.state === 'forbidden' ? null : tonglan.explained(row.indicator, row.region), row.value || texts.missing, row.unit && h('u', null, row.unit)),
    row.doubt && h('em', { className: 'yw-doubt' }, row.doubt));

  /* Empty, failed and forbidden are different pictures, and never a zero. */
  function Trouble({ row }) {
    const lead = row.state === 'error' ? texts.failed : '';
    const words = row.message || (row.state === 'forbidden' ? texts.forbidden : texts.empty);
    return h('div', { className: 'yw-trouble' }, lead && h('b', null, lead), lead ? ' ' : '', words);
  }

  /* The period stands on every row, and the owner where it is not the card's (PRACTICE 6). */
  function Trend({ row, owner }) {
    const said = [row.period, row.fresh.text, row.owner !== owner && row.owner].filter(Boolean).join(' · ');
    return h('div', { className: 'yw-trend' }, h(Spark, { spark: row.spark, tone: row.edge, hollow: Boolean(row.doubt) }), h('small', null, said));
  }

  function parts(row, owner) {
    const heading = h('div', { className: 'yw-fact' }, h(Name, { row }), h(Value, { row }));
    if (row.state !== 'ok') return [heading, h(Trouble, { row, key: 't' })];
    return [
      heading,
      h(Trend, { row, owner }),
      h('div', { className: 'yw-compare' }, h(Delta, { delta: row.delta }), row.target && h('small', { className: 'yw-target' }, row.target)),
    ];
  }

  function useFactCard(row) {
    const timer = React.useRef(0);
    const open = (element) => board.set({ card: { row, rect: element.getBoundingClientRect() } });
    const close = () => {
      clearTimeout(timer.current);
      const { card } = board.get();
      if (card && card.row.indicator === row.indicator) board.set({ card: null });
    };
    React.useEffect(() => () => clearTimeout(timer.current), []);
    return {
      onMouseEnter: (event) => {
        const element = event.currentTarget;
        timer.current = setTimeout(() => open(element), PAUSE);
      },
      onMouseLeave: close,
      onBlur: close,
      onKeyDown: (event) => event.key === 'Enter' && open(event.currentTarget),
    };
  }

  function KpiRow({ row, owner }) {
    const changed = useChanged(row);
    const card = useFactCard(row);
    const look = classes('yw-kpi', 'yw-kpi-' + row.state, row.edge && 'yw-edge-' + row.edge, row.stale && 'yw-stale', row.fresh.state === 'dead' && 'yw-dead');
    const told = [row.name, row.value, row.unit, texts.lamps[row.lamp], row.doubt, row.period].filter(Boolean).join(' ');
    return h(
      'div',
      Object.assign({ className: look, role: 'listitem', tabIndex: 0, 'aria-label': told, 'data-indicator': row.indicator }, card),
      changed > 0 && h('i', { key: changed, className: 'yw-changed', 'aria-hidden': true }),
      ...parts(row, owner)
    );
  }
  tonglan.KpiRow = KpiRow;
  tonglan.kpiParts = { Name, Value, Trouble };
})();
