/* The last 24 hours: alerts by the hour, and a playhead; where it is let go, all panels stand at that moment.
   Right of now the coming hours: what falls due, and a card of what is known of the moment that is chosen there. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alerts, clock, alertWords: words } = tonglan;
  const HOUR = 3600000;
  const SPAN = 24 * HOUR;
  const AHEAD = 16 * HOUR; // from an evening into the next morning's work
  const ALL = SPAN + AHEAD;
  const NOW = SPAN / ALL; // where now is
  const STEP = 15 * 60000; // of the arrow keys
  const TICK = 3000; // ms between two moments while playing: each is a reading of all panels
  const EVERY = 60000; // ms between readings of the histogram
  const NEAR = 4 * 60000; // of now: is now
  const SPEEDS = [1, 8, 60];
  const INKS = { 红: 'red', 橙: 'orange' };
  const TEXTS = { play: '播放', pause: '停', bar: '时间轴:拖动看过去的时刻', live: '回到实时', from: '近 24 小时', speed: (n) => n + '×', ahead: '今后', dues: '到期事件', coming: (clock, tomorrow) => '到' + (tomorrow ? '明日 ' : ' ') + clock, card: '今后已知的事',
    count: (n) => (n ? n.toLocaleString('zh-CN') + ' 件' : '无'), forecast: '预测', range: (text, unit, made) => '80% 区间 ' + text + (unit && ' ' + unit) + ' · ' + made + ' 作出', none: '没有预测', foot: '到期的是现在未结的;只有标“预测”的是预测' };
  const SHOWN = 4; // events in the card

  function useHours(asOf) {
    const known = alerts.use((state) => state.known);
    const [items, setItems] = React.useState([]);
    React.useEffect(() => {
      if (!known && !asOf) return undefined;
      const read = () => {
        const to = clock.now();
        const query = new URLSearchParams({ from: new Date(to - SPAN).toISOString(), to: new Date(to).toISOString() });
        return document.hidden || tonglan.api.get('/api/v1/alert-hours?' + query).then((answer) => setItems(answer.items || []), () => undefined);
      };
      read();
      const timer = setInterval(read, EVERY);
      return () => clearInterval(timer);
    }, [known || Boolean(asOf)]);
    return items;
  }

  /* What is known of the coming hours; read when somebody is signed in, anew each minute. */
  function useAhead() {
    const region = board.use((state) => state.view.region);
    const [known, setKnown] = React.useState(null);
    React.useEffect(() => {
      let here = true;
      const read = () => document.hidden || tonglan.api.get('/api/v1/overview-ahead?' + new URLSearchParams({ region, hours: AHEAD / HOUR })).then((answer) => here && setKnown(answer), () => undefined);
      read();
      const timer = setInterval(read, EVERY);
      return () => {
        here = false;
        clearInterval(timer);
      };
    }, [region]);
    return known;
  }

  const share = (at, end) => (at - end + SPAN) / ALL;
  const sum = (counts) => words.LEVELS.reduce((all, level) => all + (counts[level] || 0), 0);

  const WIDE = (10 * ALL) / HOUR; // units of the drawing: ten an hour

  function bar(key, at, end, high, look) {
    const coming = look.fill === 'none';
    const x = Math.max(share(at, end) * WIDE + 1, coming ? NOW * WIDE + 1 : 0);
    const width = Math.min(share(at, end) * WIDE + 9, coming ? WIDE : NOW * WIDE) - x;
    return high > 0 && width > 0 && h('rect', Object.assign({ key, x, y: 20 - high, width, height: high }, look));
  }

  /* Alerts of the past hours, filled; cases that fall due in the coming ones, outlined: each by its own scale. */
  function Bars({ items, dues, end }) {
    const most = Math.max(1, ...items.map((one) => sum(one.counts)));
    const crowd = Math.max(1, ...dues.map((one) => one.count));
    return h('svg', { className: 'yw-tb-bars', viewBox: '0 0 ' + WIDE + ' 20', preserveAspectRatio: 'none', 'aria-hidden': true },
      items.map((one) => {
        const worst = words.LEVELS.find((level) => one.counts[level]);
        return bar(one.at, Date.parse(one.at), end, (sum(one.counts) / most) * 19, { fill: INKS[worst] ? 'var(--' + INKS[worst] + ')' : 'var(--data-2)' });
      }),
      dues.map((one) => bar('due' + one.at, Date.parse(one.at), end, (one.count / crowd) * 18, { fill: 'none', className: 'yw-tb-due' })));
  }

  function Ticks({ end }) {
    const first = Math.ceil((end - SPAN) / (4 * HOUR)) * 4 * HOUR;
    const marks = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => first + n * 4 * HOUR).filter((at) => Math.abs(at - end) > HOUR && at > end - SPAN + HOUR / 2 && at < end + AHEAD - HOUR / 2);
    return h('div', { className: 'yw-tb-ticks', 'aria-hidden': true }, marks.map((at) => h('small', { key: at, style: { left: share(at, end) * 100 + '%' } }, clock.time(at).slice(0, 2).replace(/^0/, '') + '时')));
  }

  /* What is known of the hours up to a chosen moment. */
  function Coming({ known, at, end }) {
    const hour = Math.floor(at / HOUR) * HOUR;
    const count = known.due.filter((one) => Date.parse(one.at) <= hour).reduce((all, one) => all + one.count, 0);
    const events = known.events.filter((one) => Date.parse(one.at) <= at).slice(0, SHOWN);
    const foreseen = known.forecasts.map((one) => [one, one.points.find((point) => Date.parse(point.at) === hour)]).filter(([, point]) => point);
    return h('div', { className: 'yw-pop yw-tb-coming', role: 'status', 'aria-label': TEXTS.card },
      h('h3', null, TEXTS.coming(clock.time(at).slice(0, 5), clock.day(at) !== clock.day(end)), h('button', { type: 'button', className: 'yw-plain', onClick: () => board.set({ ahead: 0 }) }, words.live)),
      h('dl', null,
        h('dt', null, TEXTS.dues), h('dd', null, h('a', { href: '/cases' }, TEXTS.count(count))),
        events.map((one) => [h('dt', { key: one.at + one.kind }, one.when), h('dd', { key: one.at + one.kind + '=' }, h('a', { href: one.link }, one.kind), ' ', one.text)]),
        foreseen.map(([one, point]) => [h('dt', { key: one.indicator }, TEXTS.forecast), h('dd', { key: one.indicator + '=' }, one.title, ' ', h('b', null, point.text), ' ', one.unit, h('small', null, TEXTS.range(point.range, one.unit, one.made_text)))]),
        !foreseen.length && [h('dt', { key: 'f' }, TEXTS.forecast), h('dd', { key: 'f=' }, TEXTS.none)]),
      h('small', null, TEXTS.foot));
  }

  /* Dragged with the pointer, or moved by the arrow keys; told when it is let go. */
  function Track({ items, dues, end, at, told }) {
    const box = React.useRef(null);
    const [drag, setDrag] = React.useState(null);
    const last = end + (dues ? AHEAD : 0);
    const moment = (event) => {
      const { left, width } = box.current.getBoundingClientRect();
      return Math.min(last, Math.max(end - SPAN, end - SPAN + ((event.clientX - left) / width) * ALL));
    };
    const shown = drag || at;
    const part = Math.min(1, Math.max(0, share(shown, end)));
    const down = (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag(moment(event));
    };
    const up = () => {
      if (drag) told(Math.abs(drag - end) < NEAR ? 0 : drag);
      setDrag(null);
    };
    const keys = (event) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -4 * STEP, PageDown: 4 * STEP }[event.key];
      if (event.key === 'End') told(0);
      else if (event.key === 'Escape' && at > end) told(0);
      else if (by) told(Math.abs(at + by - end) < STEP / 2 ? 0 : Math.min(last, Math.max(end - SPAN, at + by)));
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    return h('div', { ref: box, className: 'yw-tb-track', role: 'slider', tabIndex: 0, id: 'yw-timetrack', 'aria-label': TEXTS.bar, 'aria-valuemin': end - SPAN, 'aria-valuemax': last, 'aria-valuenow': Math.round(shown), 'aria-valuetext': clock.time(shown).slice(0, 5),
      onPointerDown: down, onPointerMove: (event) => drag && setDrag(moment(event)), onPointerUp: up, onPointerCancel: () => setDrag(null), onKeyDown: keys },
    h('i', { className: 'yw-tb-zone', style: { left: NOW * 100 + '%' } }, h('small', null, TEXTS.ahead)),
    h(Bars, { items, dues: dues || [], end }), h('i', { className: 'yw-tb-line' }, h('i', { style: { width: Math.min(NOW, part) * 100 + '%' } })), h(Ticks, { end }),
    h('i', { className: 'yw-tb-head', style: { left: part * 100 + '%' } }), drag && h('b', { className: 'yw-tb-at', style: { left: part * 100 + '%' } }, clock.time(drag).slice(0, 5)));
  }

  function usePlay(asOf, end) {
    const [speed, setSpeed] = React.useState(8);
    const [playing, setPlaying] = React.useState(false);
    React.useEffect(() => {
      if (!playing) return undefined;
      const timer = setInterval(() => {
        const { as_of: now } = board.get().view;
        const next = (now ? Date.parse(now) : clock.now() - HOUR) + TICK * speed;
        if (next >= clock.now()) {
          setPlaying(false);
          acts.at(0);
        } else acts.at(next);
      }, TICK);
      return () => clearInterval(timer);
    }, [playing, speed]);
    const toggle = () => {
      if (!playing && !asOf) acts.at(end - 6 * HOUR);
      setPlaying(!playing);
    };
    return { speed, setSpeed, playing, setPlaying, toggle };
  }

  function TimeBar({ id }) {
    const now = tonglan.useTick();
    const end = Math.floor(now / 60000) * 60000;
    const asOf = board.use((state) => state.view.as_of);
    const chosen = board.use((state) => state.ahead);
    const items = useHours(asOf);
    const known = useAhead();
    const play = usePlay(asOf, end);
    const coming = !asOf && known && chosen > end ? chosen : 0;
    const at = asOf ? Date.parse(asOf) : coming || end;
    const told = (moment) => {
      play.setPlaying(false);
      const later = moment > end;
      board.set({ ahead: later ? moment : 0 });
      if (asOf || !later) acts.at(later ? 0 : moment);
    };
    React.useEffect(() => {
      tonglan.playTime = play.toggle;
    });
    return h('section', { id, className: 'yw-tb', 'aria-label': TEXTS.from },
      h('button', { type: 'button', className: 'yw-plain yw-tb-play', 'aria-label': play.playing ? TEXTS.pause : TEXTS.play, title: play.playing ? TEXTS.pause : TEXTS.play, onClick: play.toggle }, h('svg', { viewBox: '0 0 20 20', 'aria-hidden': true }, h('path', { d: play.playing ? 'M5 4h3.5v12H5zM11.5 4H15v12h-3.5z' : 'M6 3.5v13l10-6.5z' }))),
      h('div', { className: 'yw-tb-now' }, h('b', null, clock.time(asOf ? at : end).slice(0, 5)), asOf ? h('button', { type: 'button', className: 'yw-chip yw-tb-chip', title: TEXTS.live, onClick: () => told(0) }, words.live) : h('span', { className: 'yw-chip yw-on' }, words.live), h('small', null, asOf ? words.replay(clock.minute(asOf)) : TEXTS.from)),
      h(Track, { items, dues: known && known.due, end, at, told }), coming > 0 && h(Coming, { known, at: coming, end }),
      h('div', { className: 'yw-tb-speeds', role: 'group' }, SPEEDS.map((one) => h('button', { key: one, type: 'button', 'aria-pressed': one === play.speed, className: classes(one === play.speed && 'yw-on'), onClick: () => play.setSpeed(one) }, TEXTS.speed(one)))));
  }
  tonglan.TimeBar = TimeBar;
})();
