/* Sites on the map as buttons over it: a circle with the class numeral or a square with the number. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, topicParts } = tonglan;
  const { paint, inkOn, ClassChip, Value } = topicParts;
  const MANY = 60; // marks above which names stand at the chosen ones only
  const NEAR = 0.75; // of their size that marks keep from each other; nearer ones become dots
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  /* What is known of the site beside its mark: name, class, the worst value, when, and what lies around it. */
  function Popup({ mark }) {
    const trace = board.use((state) => (state.page && state.page.site && state.page.site.code === mark.site && state.page.site.trace) || '');
    const said = mark.sub || [mark.text, mark.unit].filter(Boolean).join(' ');
    const when = [mark.status_text, mark.period].filter(Boolean).join(' · ');
    return h('span', { className: 'yw-tp-popup', role: 'note' }, h('span', { className: 'yw-tp-popup-head' }, h('b', null, mark.name), mark.text && !mark.unit && h(ClassChip, { label: mark.text, colour: mark.colour })),
      h('span', null, mark.explain ? h(Value, { cell: { text: said, explain: mark.explain } }) : said, when && h('small', null, ' · ' + when)), trace && h('small', { className: 'yw-tp-trace' }, trace));
  }

  const shortOf = (mark) => (mark.text || '').split('·')[0]; // of 绿·正常 the map says 绿

  /* Words of more than one character stand in a box, numerals and one character in a circle. */
  const boxed = (mark) => [...shortOf(mark)].length > 2 || /[\u2e80-\uffff]{2}/.test(shortOf(mark)) || mark.shape === 'square';

  const Mark = React.memo(function Mark({ mark }) {
    const theme = board.use((state) => state.view.theme);
    const hovered = board.use((state) => Boolean(state.hovered) && (state.hovered === mark.site || state.hovered.split(',').includes(mark.site)));
    const chosen = board.use((state) => state.view.site === mark.site);
    const dim = board.use((state) => Boolean(state.view.site) && state.view.site !== mark.site);
    const short = shortOf(mark);
    const look = classes('yw-tp-mark', 'yw-tp-' + (boxed(mark) ? 'square' : mark.shape || 'circle'), hovered && 'yw-tp-hovered', chosen && 'yw-tp-chosen', mark.lamp === 'bad' && 'yw-tp-worst', dim && 'yw-tp-dim', [...short].length > 1 && 'yw-tp-wide');
    const style = { background: paint(mark.colour || mark.lamp), color: inkOn(mark.colour || mark.lamp, theme) };
    const told = [mark.name, mark.text, mark.sub].filter(Boolean).join(' ');
    return h('div', { className: look, 'data-site': mark.site },
      h('button', { type: 'button', 'aria-label': told, 'aria-pressed': chosen, style, onClick: () => acts.site(mark.site), onMouseEnter: () => acts.hover(mark.site), onMouseLeave: () => acts.hover(null),
        onFocus: () => acts.hover(mark.site), onBlur: () => acts.hover(null) }, short),
      h('span', { className: 'yw-tp-markname', 'aria-hidden': true }, mark.name), (chosen || hovered) && h(Popup, { mark }));
  });

  /* Half of a mark's width in rem: a chip is as wide as its word. */
  const wide = (word) => [...word].reduce((sum, letter) => sum + (letter > '\u2e80' ? 0.75 : 0.45), 0);
  const half = (mark) => (boxed(mark) ? Math.max(1.75, wide(shortOf(mark)) + 0.6) / 2 : [...shortOf(mark)].length > 1 ? 0.875 : 0.6875);

  /* Which marks are whole, which small dots, and where each name fits: right, left or nowhere; chosen and bad ones first. */
  function settle(element, spots, few) {
    const rem = rootSize();
    const hits = (box, one) => box[2] > one[0] && box[0] < one[2] && box[3] > one[1] && box[1] < one[3];
    const rank = (mark) => (mark.site === board.get().view.site ? 0 : mark.lamp === 'bad' ? 1 : mark.lamp === 'warn' ? 2 : 3);
    const order = spots.map((spot, n) => n).sort((a, b) => rank(spots[a].mark) - rank(spots[b].mark));
    const around = ({ x, y }, across, up) => [x - across * rem, y - up * rem, x + across * rem, y + up * rem];
    const whole = [];
    const small = new Set();
    order.forEach((n) => {
      const box = around(spots[n], half(spots[n].mark) * NEAR, 0.6875 * NEAR);
      if (rank(spots[n].mark) > 1 && whole.some((one) => hits(box, one))) small.add(n);
      else whole.push(box);
    });
    const taken = spots.map((spot, n) => (small.has(n) ? around(spot, 0.35, 0.35) : around(spot, half(spot.mark), 0.7)));
    order.forEach((n) => {
      const { x, y, mark } = spots[n];
      const across = small.has(n) ? 0.35 : half(mark);
      const long = [...mark.name].length * 0.82 * rem;
      const [top, bottom] = [y - 0.6 * rem, y + 0.6 * rem];
      const places = { right: [x + (across + 0.15) * rem, top, x + (across + 0.25) * rem + long, bottom], left: [x - (across + 0.25) * rem - long, top, x - (across + 0.15) * rem, bottom] };
      const free = (box) => taken.every((one, other) => other === n || !hits(box, one));
      const side = (few || rank(mark) < 2) && !small.has(n) && Object.keys(places).find((name) => free(places[name]));
      if (side) taken.push(places[side]);
      const one = element.children[n];
      if (!one) return;
      one.dataset.name = side || 'none';
      one.style.setProperty('--half', across + 'rem');
      one.classList.toggle('yw-tp-small', small.has(n));
    });
  }

  /* All marks; moved by hand while the map moves, without drawing anything anew. */
  function Marks({ map, marks }) {
    const box = React.useRef(null);
    const site = board.use((state) => state.view.site);
    React.useEffect(() => {
      if (!map || !box.current) return undefined;
      const element = box.current;
      const spots = () => marks.map((mark) => Object.assign({ mark }, map.project([mark.lon, mark.lat])));
      const size = { wide: 0, high: 0 };
      const measure = () => Object.assign(size, { wide: element.clientWidth, high: element.clientHeight });
      const set = (target, name, value) => target[name] === value || (target[name] = value);
      const place = () => {
        const { wide, high } = size; // asking the page for it in each frame would lay it out each time
        spots().forEach(({ x, y }, n) => {
          const one = element.children[n];
          if (!one) return;
          one.style.transform = 'translate(' + x.toFixed(1) + 'px,' + y.toFixed(1) + 'px)';
          set(one.style, 'visibility', x < -20 || y < -20 || x > wide + 20 || y > high + 20 ? 'hidden' : '');
          set(one.dataset, 'side', (x > wide * 0.62 ? 'w' : 'e') + (y > high * 0.7 ? 'n' : 's'));
        });
      };
      const rest = () => (measure(), place(), settle(element, spots(), marks.length <= MANY));
      map.on('move', place);
      map.on('moveend', rest);
      map.on('resize', rest);
      rest();
      return () => {
        map.off('move', place);
        map.off('moveend', rest);
        map.off('resize', rest);
      };
    }, [map, marks, site]);
    return h('div', { ref: box, className: classes('yw-tp-marks', site && 'yw-tp-onechosen') }, marks.map((mark) => h(Mark, { key: mark.site, mark })));
  }
  tonglan.TopicMarks = Marks;
})();
