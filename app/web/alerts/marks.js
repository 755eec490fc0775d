/* Alerts on a map as buttons over it: 橙 and 红 always stand alone, 黄 and 蓝 that would lie on each other are counted. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, AlertShape, alertWords: words } = tonglan;
  const NEAR = 1.5; // rem between two marks that would lie on each other
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const rank = (item) => words.LEVELS.indexOf(item.level);
  const alone = (item) => rank(item) < 2;
  const placed = (item) => typeof item.lon === 'number' && typeof item.lat === 'number';

  const Mark = React.memo(function Mark({ item, chosen, pick }) {
    const rings = item.level === '红' || (item.level === '橙' && item.state === '未确认');
    return h('div', { className: classes('yw-amark', chosen && 'yw-amark-chosen'), 'data-alert': item.id },
      rings && h('svg', { className: classes('yw-amark-rings', item.level === '红' ? 'yw-amark-red' : 'yw-amark-orange'), viewBox: '0 0 48 48', 'aria-hidden': true }, h('circle', { cx: 24, cy: 24, r: 17 }), h('circle', { cx: 24, cy: 24, r: 22.5 })),
      h('button', { type: 'button', title: item.title, 'aria-label': item.level + '色 ' + item.title, 'aria-pressed': chosen, onClick: (event) => (event.stopPropagation(), pick(item)) }, h(AlertShape, { level: item.level, quiet: true })),
      h('b', { className: 'yw-amark-more', 'aria-hidden': true, hidden: true }));
  });

  /* Of 黄 and 蓝 that touch, the first stands for all of them and says how many more there are. */
  function gather(element, spots) {
    const near = NEAR * rootSize();
    const leaders = [];
    spots.forEach(({ x, y, item }, n) => {
      const one = element.children[n];
      if (!one) return;
      const over = alone(item) ? null : leaders.find((other) => Math.hypot(other.x - x, other.y - y) < near && !alone(other.item));
      one.dataset.under = over ? '1' : '';
      if (over) over.more += 1;
      else leaders.push({ x, y, item, n, more: 0 });
    });
    leaders.forEach(({ n, more }) => {
      const badge = element.children[n].querySelector('.yw-amark-more');
      badge.textContent = more ? '+' + more : '';
      badge.hidden = !more;
    });
  }

  /* `items` {id, level, lon, lat, title, state}; moved by hand while the map moves, without drawing anything anew. */
  function AlertMarks({ map, items, chosen, pick }) {
    const box = React.useRef(null);
    const shown = React.useMemo(() => items.filter(placed).sort((a, b) => rank(b) - rank(a)), [items]); // 红 last: on top
    React.useEffect(() => {
      if (!map || !box.current) return undefined;
      const element = box.current;
      const spots = () => shown.map((item) => Object.assign({ item }, map.project([item.lon, item.lat])));
      const place = () => spots().forEach(({ x, y }, n) => {
        const one = element.children[n];
        if (!one) return;
        one.style.transform = 'translate(' + x.toFixed(1) + 'px,' + y.toFixed(1) + 'px)';
        one.style.visibility = x < -20 || y < -20 || x > element.clientWidth + 20 || y > element.clientHeight + 20 ? 'hidden' : '';
      });
      const rest = () => (place(), gather(element, spots()));
      map.on('move', place);
      map.on('moveend', rest);
      map.on('resize', rest);
      rest();
      return () => {
        map.off('move', place);
        map.off('moveend', rest);
        map.off('resize', rest);
      };
    }, [map, shown]);
    return h('div', { ref: box, className: 'yw-amarks', role: 'group', 'aria-label': words.markers }, shown.map((item) => h(Mark, { key: item.id, item, pick, chosen: item.id === chosen })));
  }
  tonglan.AlertMarks = AlertMarks;
})();
