/* Rows that belong to a region or a site: hover and selection are shared with the map, arrows move. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { classes, board, acts } = tonglan;

  function move(element, step) {
    const rows = [...element.parentNode.children].filter((one) => one.dataset.code !== undefined || one.dataset.row !== undefined);
    const next = rows[rows.indexOf(element) + step];
    if (!next) return;
    rows.forEach((row) => (row.tabIndex = row === next ? 0 : -1));
    next.focus();
  }

  /* The up and down keys of a list whose rows have nothing to select. */
  function arrows(event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    move(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
  }

  /* Properties of the row of `one` {code, kind, name}; `first` is the one the Tab key reaches. */
  function useRow(one, first, act) {
    const hovered = board.use((state) => state.hovered === one.code);
    const chosen = board.use((state) => Boolean(one.code) && (state.view.site === one.code || state.view.region === one.code));
    const dim = board.use((state) => Boolean(state.view.site) && one.kind && one.kind !== 'region' && state.view.site !== one.code);
    const pick = () => (act || acts.row)(one);
    const keys = (event) => {
      if (event.target !== event.currentTarget) return;
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        pick();
      } else arrows(event);
    };
    return {
      className: classes('yw-tp-row', hovered && 'yw-tp-hovered', chosen && 'yw-tp-chosen', dim && 'yw-tp-dim'),
      tabIndex: first ? 0 : -1,
      'aria-selected': chosen,
      'data-code': one.code,
      onClick: pick,
      onKeyDown: keys,
      onMouseEnter: () => acts.hover(one.code),
      onMouseLeave: () => acts.hover(null),
      onFocus: () => acts.hover(one.code),
      onBlur: () => acts.hover(null),
    };
  }

  /* Keeps a selected row in sight when the selection came from the map. */
  function useInSight(code) {
    const box = React.useRef(null);
    React.useEffect(() => {
      const row = box.current && code && box.current.querySelector('[data-code="' + window.CSS.escape(code) + '"]');
      if (row && !row.contains(document.activeElement)) row.scrollIntoView({ block: 'nearest' });
    }, [code]);
    return box;
  }

  Object.assign(tonglan, { topicRows: { useRow, useInSight, arrows } });
})();
