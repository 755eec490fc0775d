/* The 督 mark beside a number: click, Enter or a touch opens who owes what until when, and the reply. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, directiveTexts: T } = tonglan;
  const GAP = 0.375, WIDE = 24, SHEET = 48; // rem: under the mark, of the box, below which it is a sheet

  const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  /* Where the box goes: under the mark, above it where there is more room; a sheet on a phone. */
  function placeOf(mark) {
    const unit = rem();
    if (window.innerWidth < SHEET * unit) return null;
    const at = mark.getBoundingClientRect();
    const wide = Math.min(WIDE * unit, window.innerWidth - unit);
    const left = Math.max(unit / 2, Math.min(at.left - unit, window.innerWidth - wide - unit / 2));
    const below = window.innerHeight - at.bottom, above = at.top;
    const up = below < 16 * unit && above > below;
    const room = (up ? above : below) - (GAP + 0.5) * unit;
    return Object.assign({ left, width: wide, maxHeight: room }, up ? { bottom: window.innerHeight - at.top + GAP * unit } : { top: at.bottom + GAP * unit });
  }

  function Popover({ items, mark, close }) {
    const box = React.useRef(null);
    const place = React.useMemo(() => placeOf(mark), [mark]);
    React.useEffect(() => {
      const { left, top } = mark.getBoundingClientRect();
      const stayed = () => {
        const now = mark.getBoundingClientRect();
        return Math.abs(now.left - left) < 1 && Math.abs(now.top - top) < 1;
      };
      box.current.focus({ preventScroll: true });
      const outside = (event) => box.current && !box.current.contains(event.target) && !mark.contains(event.target) && close(false);
      const resized = () => close(false);
      const moved = () => stayed() || close(false); // also told a moment after a scroll that was over before it opened
      document.addEventListener('pointerdown', outside, true);
      window.addEventListener('resize', resized);
      document.addEventListener('scroll', moved, true);
      return () => {
        document.removeEventListener('pointerdown', outside, true);
        window.removeEventListener('resize', resized);
        document.removeEventListener('scroll', moved, true);
      };
    }, []);
    const keys = (event) => {
      event.stopPropagation(); // the page behind has keys of its own
      if (event.key === 'Escape') close(true);
      if (event.key !== 'Tab') return;
      const stops = [box.current, ...box.current.querySelectorAll('a,button')];
      const here = stops.indexOf(document.activeElement);
      const next = stops[(here + (event.shiftKey ? stops.length - 1 : 1)) % stops.length];
      event.preventDefault();
      next.focus();
    };
    const still = (event) => event.stopPropagation(); // React tells the row below of what happens here
    return window.ReactDOM.createPortal(
      h('div', { className: classes('yw-dv-pop', !place && 'yw-dv-sheet'), style: place || {}, role: 'dialog', 'aria-label': T.beside, tabIndex: -1, ref: box, onKeyDown: keys, onClick: still, onDoubleClick: still },
        h('header', null, h('b', null, T.beside), items.length > 1 && h('span', { className: 'yw-t3' }, T.open(items.length)), h('span', { className: 'yw-grow' }),
          h('button', { type: 'button', className: 'yw-plain yw-dv-close', 'aria-label': T.close, onClick: () => close(true) }, '×')),
        items.map((one) => h(tonglan.DirectiveBrief, { key: one.id, one }))),
      document.body);
  }

  /* 督, where something open was asked about this number; filled once there is a reply to read. */
  function DirectiveMark({ indicator, region }) {
    const items = tonglan.useDirectives(indicator, region);
    const [open, setOpen] = React.useState(false);
    const mark = React.useRef(null);
    if (!items || !items.length) return null;
    const close = (back) => {
      setOpen(false);
      if (back && mark.current) mark.current.focus();
    };
    const told = items.map((one) => [T.markTitle(one), one.reply ? T.replied : T.noReply].join(' · ')).join(';');
    const look = classes('yw-dv-mark', items.some((one) => one.overdue) && 'yw-dv-late', items.some((one) => one.reply) && 'yw-dv-answered');
    return h(React.Fragment, null,
      h('button', { type: 'button', ref: mark, className: look, 'aria-haspopup': 'dialog', 'aria-expanded': open, 'aria-label': told,
        onKeyDown: (event) => (event.key === 'Enter' || event.key === ' ') && event.stopPropagation(),
        onClick: (event) => (event.stopPropagation(), event.preventDefault(), setOpen(!open)) }, T.mark),
      open && mark.current && h(Popover, { items, mark: mark.current, close }));
  }

  tonglan.DirectiveMark = DirectiveMark;
})();
