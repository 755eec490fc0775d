/* On the largest screens: the course of one indicator of a topic with its forecast, and its counties as bars. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts } = tonglan;
  const EVERY = 60000; // ms between readings
  const WALL = 2.6; // as in the style sheet: three physical panels
  const LARGE = [150, 80]; // rem, as in the style sheet
  const FAR = 50; // rem of height below which nothing is added (SCREENS §2)
  const STRIP = 2; // courses under the map of a large screen
  const APART = 0.085; // of the height between the words of two limits
  const TEXTS = { ahead: '预测', target: (text) => '竖线为目标 ' + text, plain: '法定顺序,不排名', strip: '走势与预测', counties: (title) => '各县(市、区)' + title };

  const store = tonglan.createStore({ items: [] });
  const of = (topic) => (state) => state.items.find((one) => one.topic === topic) || null;

  /* 'wall', 'large' or '': where there is room for more than rows. */
  function roomNow() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { innerWidth: wide, innerHeight: high } = window;
    if (high / rem < FAR) return '';
    if (wide / high >= WALL) return 'wall';
    return wide / rem >= LARGE[0] && high / rem >= LARGE[1] ? 'large' : '';
  }

  function useRoom() {
    const [room, setRoom] = React.useState(roomNow);
    React.useEffect(() => {
      const look = () => setRoom(roomNow());
      window.addEventListener('resize', look);
      return () => window.removeEventListener('resize', look);
    }, []);
    return room;
  }

  /* Reads what topics give to this much room; the old pictures stay until the next are here. */
  function useCourses(room) {
    const region = board.use((state) => state.view.region);
    const asOf = board.use((state) => state.view.as_of);
    React.useEffect(() => {
      if (!room) return undefined;
      let here = true;
      const query = new URLSearchParams({ region });
      if (asOf) query.set('as_of', asOf);
      const read = () => document.hidden || tonglan.api.get('/api/v1/overview-panels?' + query).then((answer) => here && store.set({ items: answer.items }), () => undefined);
      read();
      const timer = asOf ? 0 : setInterval(read, EVERY);
      return () => {
        here = false;
        clearInterval(timer);
      };
    }, [room, region, asOf]);
  }

  const place = (value) => (100 - value * 100).toFixed(2);
  const line = (points) => points.reduce((path, [x, y], n) => (y === null ? path : path + (n && points[n - 1][1] !== null ? 'L' : 'M') + (x * 100).toFixed(2) + ' ' + place(y)), '');

  /* Between two edges of the forecast, beginning at the newest value. */
  function band(ahead, from, low, high) {
    const up = ahead.map((one) => [one[0], one[high]]);
    const down = ahead.map((one) => [one[0], one[low]]).reverse();
    return line([from, ...up, ...down, from]) + 'Z';
  }

  /* The words of limits, none over another. */
  function spread(levels) {
    const sorted = [...levels].sort((a, b) => a.y - b.y);
    let below = -1;
    return sorted.map((one) => Object.assign({}, one, { at: (below = Math.max(one.y, below + APART)) }));
  }

  const ink = (kind) => 'var(--' + ({ target: 'text-3', warn: 'warn', bad: 'bad' }[kind] || kind) + ')';

  function Lines({ one, from }) {
    const stroke = (d, more) => h('path', Object.assign({ d, fill: 'none', vectorEffect: 'non-scaling-stroke' }, more));
    return h('svg', { viewBox: '0 0 100 100', preserveAspectRatio: 'none', 'aria-hidden': true },
      one.across.map((mark) => h('path', { key: mark.y, className: 'yw-co-grid', d: 'M0 ' + place(mark.y) + 'H100', vectorEffect: 'non-scaling-stroke' })),
      from && h('path', { d: band(one.ahead, from, 4, 5), fill: 'var(--data)', opacity: 0.16 }),
      from && h('path', { d: band(one.ahead, from, 2, 3), fill: 'var(--data)', opacity: 0.18 }),
      one.levels.map((level, n) => h('path', { key: 'l' + n, d: 'M0 ' + place(level.y) + 'H100', stroke: ink(level.kind), strokeWidth: 1.2, strokeDasharray: '5 4', vectorEffect: 'non-scaling-stroke' })),
      stroke(line(one.points), { className: 'yw-co-line' }),
      from && stroke(line([from, ...one.ahead.map((each) => [each[0], each[1]])]), { className: 'yw-co-line', strokeDasharray: '4 4' }),
      one.now !== null && stroke('M' + one.now * 100 + ' 0V100', { stroke: 'var(--text-3)', strokeWidth: 1 }));
  }

  function Course({ one }) {
    const last = [...one.points].reverse().find(([, y]) => y !== null);
    const from = one.ahead.length && last ? last : null;
    const at = (x, y) => ({ left: x * 100 + '%', bottom: y * 100 + '%' });
    return h('div', { className: 'yw-co', 'data-course': one.indicator },
      h('h3', null, h('b', tonglan.explained(one.indicator, one.region), one.title + (one.unit ? '(' + one.unit + ')' : '')), h('small', null, [one.subtitle, one.late].filter(Boolean).join(' · '))),
      h('div', { className: 'yw-co-plot', role: 'img', 'aria-label': [one.title, one.last, from && TEXTS.ahead].filter(Boolean).join(',') },
        h(Lines, { one, from }),
        one.across.map((mark) => h('span', { key: 'a' + mark.y, className: 'yw-co-y', style: { bottom: mark.y * 100 + '%' } }, mark.text)),
        one.below.map((mark) => h('span', { key: 'b' + mark.x, className: 'yw-co-x', style: { left: mark.x * 100 + '%' } }, mark.text)),
        spread(one.levels).map((level, n) => h('span', { key: 'l' + n, className: 'yw-co-level', style: { bottom: Math.min(level.at, 1) * 100 + '%' } }, level.text)),
        one.now !== null && h('span', { className: 'yw-co-now', style: { left: one.now * 100 + '%' } }, TEXTS.ahead),
        last && h('i', { className: 'yw-co-dot', style: at(last[0], last[1]) }),
        last && h('b', { className: 'yw-co-last', style: at(last[0], last[1]) }, one.last)));
  }

  /* The counties by value; a click chooses one for the whole screen. */
  function Bars({ bars }) {
    const said = [bars.period, bars.target ? TEXTS.target(bars.target.text) : '', bars.ordered === 'statutory' ? TEXTS.plain : ''].filter(Boolean);
    return h('div', { className: 'yw-ob', 'data-bars': bars.indicator },
      h('h3', null, h('b', null, TEXTS.counties(bars.title) + (bars.unit ? ' ' + bars.unit : '')), h('small', null, said.join(' · '))),
      h('div', { className: 'yw-ob-list', role: 'list' }, bars.rows.map((row) =>
        h('div', { key: row.region, role: 'listitem', className: classes('yw-ob-row', 'yw-ob-' + row.lamp, row.chosen && 'yw-ob-chosen') },
          h('button', { type: 'button', className: 'yw-plain', onClick: () => acts.region(row.region) }, row.name),
          h('span', { className: 'yw-ob-bar', 'aria-hidden': true }, h('i', { style: { width: row.share * 100 + '%' } }), bars.target && h('u', { style: { left: bars.target.share * 100 + '%' } })),
          h('b', null, row.text)))));
  }

  /* Under the rows of a topic's card, on a wall. */
  function CardMore({ topic }) {
    const room = useRoom();
    const found = store.use(of(topic));
    if (room !== 'wall' || !found) return null;
    return h(React.Fragment, null, found.trend && h(Course, { one: found.trend }), found.bars && h(Bars, { bars: found.bars }));
  }

  /* Under the map of a large screen: what moves by the hour first, and what is forecast. */
  function CourseStrip({ id }) {
    const room = useRoom();
    useCourses(room);
    const items = store.use((state) => state.items);
    if (room !== 'large') return null;
    const weight = (one) => (one.live ? 0 : 2) + (one.ahead.length ? 0 : 1);
    const shown = items.map((one) => one.trend).filter(Boolean).sort((a, b) => weight(a) - weight(b)).slice(0, STRIP);
    return h('section', { id, className: 'yw-costrip', 'aria-label': TEXTS.strip }, shown.map((one) => h('div', { key: one.indicator, className: 'yw-card' }, h(Course, { one }))));
  }
  Object.assign(tonglan, { CardMore, CourseStrip });
})();
