/* The list of the desk: only the rows in sight are drawn; the next page comes before its end is reached. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseDesk: desk, caseParts } = tonglan;
  const T = tonglan.caseTexts;
  const ROW = 3.25; // rem, as in the style sheet
  const HEAD = 1.875; // rem of the titles that stay on top
  const SPARE = 6; // rows drawn above and below what is in sight
  const NEAR = 30; // rows before the end from which the next page is asked for
  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  const Row = React.memo(function Row({ row, n, chosen, hovered, now }) {
    const enter = () => desk.acts.hover(row.id);
    const look = classes('yw-cs-row', chosen && 'yw-on', hovered && 'yw-cs-hovered', row.overdue && 'yw-cs-late');
    return h('div', { id: 'yw-cs-row-' + row.id, role: 'option', 'aria-selected': chosen, className: look, style: { transform: 'translateY(' + n * ROW + 'rem)' },
      onClick: () => desk.acts.choose(row.id), onDoubleClick: () => window.location.assign(caseParts.caseLink(row.id)), onMouseEnter: enter },
      h('span', { className: 'yw-cs-number' }, h('b', null, row.number), h('small', null, caseParts.sourceOf(row), ' · ', caseParts.when(row.at, now))),
      h('span', { className: 'yw-cs-what' }, h('b', null, h(caseParts.Level, { level: caseParts.levelOf(row) }), caseParts.nameOf(row.category), h(caseParts.Drill, { row }), row.directive && h('i', { className: 'yw-cs-mark' }, T.directive)), h('small', null, h('i', { className: 'yw-cs-phoneplace' }, row.place && row.place + ' · '), row.text)),
      h('span', { className: 'yw-cs-place' }, h('b', null, row.place || '—'), h('small', null, row.unit_name || T.nobody)),
      h('span', null, h(caseParts.StateTag, { row })),
      h('span', null, h(caseParts.Due, { row, now }), h(caseParts.LateBeside, { row })));
  });

  /* Which rows are in sight, from how far the list is scrolled and how high it is. */
  function useWindow(box, height, count) {
    const [top, setTop] = React.useState(0);
    const rem = rootSize();
    const first = Math.max(0, Math.floor(top / (ROW * rem)) - SPARE);
    const last = Math.min(count, Math.ceil((top + height) / (ROW * rem)) + SPARE);
    const scroll = () => {
      setTop(box.current.scrollTop);
      if (count - last < NEAR) desk.acts.more();
    };
    return { first, last, scroll };
  }

  /* The chosen row stays in sight when the keys move it. */
  function useInSight(box, at) {
    React.useEffect(() => {
      if (!box.current || at < 0) return;
      const high = ROW * rootSize();
      const head = HEAD * rootSize();
      const { scrollTop, clientHeight } = box.current;
      if (at * high < scrollTop) box.current.scrollTop = at * high;
      else if ((at + 1) * high > scrollTop + clientHeight - head) box.current.scrollTop = (at + 1) * high - clientHeight + head;
    }, [at]);
  }

  function Nothing({ failure, loaded }) {
    if (failure) return h(tonglan.Failure, { failure, again: desk.acts.load });
    if (!loaded) return h(work.Bones, { rows: 8 });
    return h('div', { className: 'yw-cs-none' }, h('b', null, T.none), h('p', null, T.noneHint), h('button', { type: 'button', className: 'yw-button', onClick: desk.acts.reset }, T.reset));
  }

  function List() {
    const { rows: listed, detail, failure, loaded, view, hovered, busy } = desk.use((state) => state);
    const aside = detail && detail.id === view.case && listed.length > 0 && !listed.some((row) => row.id === detail.id); // chosen on the map, further down
    const rows = aside ? [detail].concat(listed) : listed;
    const [box, [, height]] = work.useSize();
    const at = rows.findIndex((row) => row.id === view.case);
    const { first, last, scroll } = useWindow(box, height, rows.length);
    useInSight(box, at);
    const now = desk.now();
    const heads = [T.columns.number, T.columns.what, T.columns.place, T.columns.state, T.columns.due];
    return h('div', { className: classes('yw-cs-list', busy && 'yw-cs-busy') },
      h('div', { ref: box, className: 'yw-cs-scroll', role: 'listbox', 'aria-label': T.desk, tabIndex: 0, id: 'yw-cs-list', onScroll: scroll, onMouseLeave: () => desk.acts.hover(null),
        'aria-activedescendant': at >= 0 ? 'yw-cs-row-' + view.case : undefined },
        h('div', { className: 'yw-cs-heads', role: 'presentation' }, heads.map((title) => h('span', { key: title }, title))), rows.length ? h('div', { className: 'yw-cs-tall', role: 'presentation', style: { height: rows.length * ROW + 'rem' } },
          rows.slice(first, last).map((row, n) => h(Row, { key: row.id, row, n: first + n, chosen: row.id === view.case, hovered: row.id === hovered, now })))
          : h(Nothing, { failure, loaded })));
  }
  tonglan.CaseList = List;
})();
