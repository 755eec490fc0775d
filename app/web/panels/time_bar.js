/* The last 24 hours: alerts by the hour, and a playhead; where it is let go, all panels stand at that moment. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alerts, clock, alertWords: words } = tonglan;
  const HOUR = 3600000;
  const SPAN = 24 * HOUR;
  const STEP = 15 * 60000; // of the arrow keys
  const TICK = 3000; // ms between two moments while playing: each is a reading of all panels
  const EVERY = 60000; // ms between readings of the histogram
  const SPEEDS = [1, 8, 60];
  const INKS = { 红: 'red', 橙: 'orange' };
  const TEXTS = { play: '播放', pause: '停', bar: '时间轴:拖动看过去的时刻', live: '回到实时', from: '近 24 小时', speed: (n) => n + '×' };

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

  const sum = (counts) => words.LEVELS.reduce((all, level) => all + (counts[level] || 0), 0);

  function Bars({ items, end }) {
    const most = Math.max(1, ...items.map((one) => sum(one.counts)));
    return h('svg', { className: 'yw-tb-bars', viewBox: '0 0 240 20', preserveAspectRatio: 'none', 'aria-hidden': true }, items.map((one) => {
      const x = ((Date.parse(one.at) - (end - SPAN)) / SPAN) * 240;
      const high = (sum(one.counts) / most) * 19;
      const worst = words.LEVELS.find((level) => one.counts[level]);
      return high > 0 && x > -10 && h('rect', { key: one.at, x: x + 1, y: 20 - high, width: 8, height: high, fill: INKS[worst] ? 'var(--' + INKS[worst] + ')' : 'var(--data-2)' });
    }));
  }

  function Ticks({ end }) {
    const first = Math.ceil((end - SPAN) / (4 * HOUR)) * 4 * HOUR;
    const marks = [0, 1, 2, 3, 4, 5].map((n) => first + n * 4 * HOUR).filter((at) => at < end - HOUR && at > end - SPAN + HOUR / 2);
    return h('div', { className: 'yw-tb-ticks', 'aria-hidden': true }, marks.map((at) => h('small', { key: at, style: { left: ((at - end + SPAN) / SPAN) * 100 + '%' } }, clock.time(at).slice(0, 2).replace(/^0/, '') + '时')));
  }

  /* Dragged with the pointer, or moved by the arrow keys; told when it is let go. */
  function Track({ items, end, at, told }) {
    const box = React.useRef(null);
    const [drag, setDrag] = React.useState(null);
    const moment = (event) => {
      const { left, width } = box.current.getBoundingClientRect();
      return Math.min(end, Math.max(end - SPAN, end - SPAN + ((event.clientX - left) / width) * SPAN));
    };
    const shown = drag || at;
    const share = Math.min(1, Math.max(0, (shown - end + SPAN) / SPAN));
    const down = (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag(moment(event));
    };
    const up = () => {
      if (drag) told(drag >= end - 60000 ? 0 : drag);
      setDrag(null);
    };
    const keys = (event) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -4 * STEP, PageDown: 4 * STEP }[event.key];
      if (event.key === 'End') told(0);
      else if (by) told(at + by >= end ? 0 : Math.max(end - SPAN, at + by));
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    return h('div', { ref: box, className: 'yw-tb-track', role: 'slider', tabIndex: 0, id: 'yw-timetrack', 'aria-label': TEXTS.bar, 'aria-valuemin': end - SPAN, 'aria-valuemax': end, 'aria-valuenow': Math.round(shown), 'aria-valuetext': clock.time(shown).slice(0, 5),
      onPointerDown: down, onPointerMove: (event) => drag && setDrag(moment(event)), onPointerUp: up, onPointerCancel: () => setDrag(null), onKeyDown: keys },
    h(Bars, { items, end }), h('i', { className: 'yw-tb-line' }, h('i', { style: { width: share * 100 + '%' } })), h(Ticks, { end }),
    h('i', { className: 'yw-tb-head', style: { left: share * 100 + '%' } }), drag && h('b', { className: 'yw-tb-at', style: { left: share * 100 + '%' } }, clock.time(drag).slice(0, 5)));
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
    const items = useHours(asOf);
    const play = usePlay(asOf, end);
    const at = asOf ? Date.parse(asOf) : end;
    const told = (moment) => {
      play.setPlaying(false);
      acts.at(moment);
    };
    React.useEffect(() => {
      tonglan.playTime = play.toggle;
    });
    return h('section', { id, className: 'yw-tb', 'aria-label': TEXTS.from },
      h('button', { type: 'button', className: 'yw-plain yw-tb-play', 'aria-label': play.playing ? TEXTS.pause : TEXTS.play, title: play.playing ? TEXTS.pause : TEXTS.play, onClick: play.toggle }, h('svg', { viewBox: '0 0 20 20', 'aria-hidden': true }, h('path', { d: play.playing ? 'M5 4h3.5v12H5zM11.5 4H15v12h-3.5z' : 'M6 3.5v13l10-6.5z' }))),
      h('div', { className: 'yw-tb-now' }, h('b', null, clock.time(at).slice(0, 5)), asOf ? h('button', { type: 'button', className: 'yw-chip yw-tb-chip', title: TEXTS.live, onClick: () => told(0) }, words.live) : h('span', { className: 'yw-chip yw-on' }, words.live), h('small', null, asOf ? words.replay(clock.minute(asOf)) : TEXTS.from)),
      h(Track, { items, end, at, told }),
      h('div', { className: 'yw-tb-speeds', role: 'group' }, SPEEDS.map((one) => h('button', { key: one, type: 'button', 'aria-pressed': one === play.speed, className: classes(one === play.speed && 'yw-on'), onClick: () => play.setSpeed(one) }, TEXTS.speed(one)))));
  }
  tonglan.TimeBar = TimeBar;
})();
