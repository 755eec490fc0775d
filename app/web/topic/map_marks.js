/* Sites on the map as buttons over it: a circle with the class numeral or a square with the number. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, topicParts } = tonglan;
  const { paint, inkOn, ClassChip, Value } = topicParts;
  const MANY = 60; // marks above which names stand at the chosen ones only
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  /* What is known of the site beside its mark: name, class, the worst value, when, and what lies around it. */
  function Popup({ mark }) {
    const trace = board.use((state) => (state.page && state.page.site && state.page.site.code === mark.site && state.page.site.trace) || '');
    const said = mark.sub || [mark.text, mark.unit].filter(Boolean).join(' ');
    const when = [mark.status_text, mark.period].filter(Boolean).join(' · ');
    return h('span', { className: 'yw-tp-popup', role: 'note' }, h('span', { className: 'yw-tp-popup-head' }, h('b', null, mark.name), mark.text && !mark.unit && h(ClassChip, { label: mark.text, colour: mark.colour })),
      h('span', null, mark.explain ? h(Value, { cell: { text: said, explain: mark.explain } }) : said, when && h('small', null, ' · ' + when)), trace && h('small', { className: 'yw-tp-trace' }, trace));
  }

  const Mark = React.memo(function Mark({ mark }) {
    const theme = board.use((state) => state.view.theme);
    const hovered = board.use((state) => Boolean(state.hovered) && (state.hovered === mark.site || state.hovered.split(',').includes(mark.site)));
    const chosen = board.use((state) => state.view.site === mark.site);
    const dim = board.use((state) => Boolean(state.view.site) && state.view.site !== mark.site);
    const short = (mark.text || '').split('·')[0]; // of 绿·正常 the map says 绿
    const look = classes('yw-tp-mark', 'yw-tp-' + ([...short].length > 2 ? 'square' : mark.shape || 'circle'), hovered && 'yw-tp-hovered', chosen && 'yw-tp-chosen', mark.lamp === 'bad' && 'yw-tp-worst', dim && 'yw-tp-dim', [...short].length > 1 && 'yw-tp-wide');
    const style = { background: paint(mark.colour || mark.lamp), color: inkOn(mark.colour || mark.lamp, theme) };
    const told = [mark.name, mark.text, mark.sub].filter(Boolean).join(' ');
    return h('div', { className: look, 'data-site': mark.site },
      h('button', { type: 'button', 'aria-label': told, 'aria-pressed': chosen, style, onClick: () => acts.site(mark.site), onMouseEnter: () => acts.hover(mark.site), onMouseLeave: () => acts.hover(null),
        onFocus: () => acts.hover(mark.site), onBlur: () => acts.hover(null) }, short),
      h('span', { className: 'yw-tp-markname', 'aria-hidden': true }, mark.name), (chosen || hovered) && h(Popup, { mark }));
  });

  /* Where each name fits: right of its mark, left of it, or nowhere; chosen and bad ones first. */
  function settle(element, spots, few) {
    const rem = rootSize();
    const taken = spots.map(({ x, y }) => [x - 0.7 * rem, y - 0.7 * rem, x + 0.7 * rem, y + 0.7 * rem]);
    const free = (box, self) => taken.every((one, n) => n === self || box[2] < one[0] || box[0] > one[2] || box[3] < one[1] || box[1] > one[3]);
    const rank = (mark) => (mark.site === board.get().view.site ? 0 : mark.lamp === 'bad' ? 1 : mark.lamp === 'warn' ? 2 : 3);
    const order = spots.map((spot, n) => n).sort((a, b) => rank(spots[a].mark) - rank(spots[b].mark));
    order.forEach((n) => {
      const { x, y, mark } = spots[n];
      const wide = [...mark.name].length * 0.82 * rem;
      const [top, bottom] = [y - 0.6 * rem, y + 0.6 * rem];
      const places = { right: [x + 0.85 * rem, top, x + 0.95 * rem + wide, bottom], left: [x - 0.95 * rem - wide, top, x - 0.85 * rem, bottom] };
      const side = (few || rank(mark) < 2) && Object.keys(places).find((name) => free(places[name], n));
      if (side) taken.push(places[side]);
      if (element.children[n]) element.children[n].dataset.name = side || 'none';
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
      const place = () => {
        const { clientWidth: wide, clientHeight: high } = element;
        spots().forEach(({ x, y }, n) => {
          const one = element.children[n];
          if (!one) return;
          one.style.transform = 'translate(' + x.toFixed(1) + 'px,' + y.toFixed(1) + 'px)';
          one.style.visibility = x < -20 || y < -20 || x > wide + 20 || y > high + 20 ? 'hidden' : '';
          one.dataset.side = (x > wide * 0.62 ? 'w' : 'e') + (y > high * 0.7 ? 'n' : 's');
        });
      };
      const rest = () => (place(), settle(element, spots(), marks.length <= MANY));
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
