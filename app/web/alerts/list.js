/* The alerts as rows; of very many only those in sight are drawn. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alertTexts: texts, alertParts, AlertShape } = tonglan;
  const { StateTag, Value, Latest, Notes, when, lasted, shortTopic } = alertParts;
  const MANY = 200; // rows above which only those in sight are drawn
  const AROUND = 8; // rows drawn beyond each edge

  function useSeconds() {
    const [, tick] = React.useState(0);
    React.useEffect(() => {
      const timer = setInterval(() => tick((n) => n + 1), 1000);
      return () => clearInterval(timer);
    }, []);
  }

  /* Only this cell counts the seconds. */
  function Elapsed({ row }) {
    useSeconds();
    return h('span', { className: classes('yw-al-elapsed', row.open && row.state === '未确认' && 'yw-al-urgent') }, lasted(row));
  }

  const Row = React.memo(function Row({ row, at }) {
    const chosen = board.use((state) => state.view.alert === row.id);
    const picked = board.use((state) => state.picked.includes(row.id));
    board.use((state) => state.view.as_of);
    const pick = (event) => {
      event.stopPropagation();
      acts.pick(row.id);
    };
    return h('div', { className: classes('yw-al-row', chosen && 'yw-al-chosen', !row.open && 'yw-al-past', row.open && row.state === '未确认' && 'yw-al-new'), role: 'row', 'aria-rowindex': at + 2, 'aria-selected': chosen, 'data-alert': row.id, 'data-level': row.level, onClick: () => acts.choose(row.id) },
      h('span', { role: 'cell', className: 'yw-al-c-box' }, h('button', { type: 'button', role: 'checkbox', 'aria-checked': picked, 'aria-label': texts.select(row.title), className: classes('yw-plain yw-al-check', picked && 'yw-on'), onClick: pick }, h('i', { className: 'yw-box', 'aria-hidden': true }))),
      h('span', { role: 'cell', className: 'yw-al-c-level' }, h(AlertShape, { level: row.level })),
      h('span', { role: 'cell', className: 'yw-al-c-title' }, h('b', null, row.title), h('small', null, h('span', null, row.place), h(Notes, { row })), h('small', { className: 'yw-al-both' }, row.value && tonglan.alertWords.fired(row.value), row.value && row.latest && ' · ', h(Latest, { row }))),
      h('span', { role: 'cell', className: 'yw-al-c-rule', title: row.topic_title + ' ' + row.rule_title }, shortTopic(row), ' ', row.rule_title),
      h('span', { role: 'cell', className: 'yw-al-c-value' }, h(Value, { row }), h(Latest, { row })),
      h('span', { role: 'cell', className: 'yw-al-c-at' }, when(row.at)),
      h('span', { role: 'cell', className: 'yw-al-c-elapsed' }, h(Elapsed, { row })),
      h('span', { role: 'cell', className: 'yw-al-c-state' }, h(StateTag, { state: row.state })));
  });

  /* [first, last) of the rows to draw, and the height of one. */
  function useWindow(box, count) {
    const [view, setView] = React.useState({ first: 0, last: MANY, high: 56 });
    React.useEffect(() => {
      const element = box.current;
      if (!element) return undefined;
      const look = () => {
        const one = element.querySelector('.yw-al-row');
        const high = (one && one.getBoundingClientRect().height) || 56;
        const first = Math.max(0, Math.floor(element.scrollTop / high) - AROUND);
        const last = Math.ceil((element.scrollTop + element.clientHeight) / high) + AROUND;
        setView((old) => (old.first === first && old.last === last && old.high === high ? old : { first, last, high }));
        if (element.scrollTop + element.clientHeight * 2 > element.scrollHeight) acts.more();
      };
      element.addEventListener('scroll', look, { passive: true });
      const watch = new ResizeObserver(look);
      watch.observe(element);
      look();
      return () => {
        element.removeEventListener('scroll', look);
        watch.disconnect();
      };
    }, [count]);
    return view;
  }

  /* The chosen row comes into sight, also when it was not drawn. */
  function useInSight(box, rows, high) {
    const chosen = board.use((state) => state.view.alert);
    React.useEffect(() => {
      const element = box.current;
      const at = rows.findIndex((row) => row.id === chosen);
      if (!element || at < 0) return;
      const top = at * high;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + high > element.scrollTop + element.clientHeight) element.scrollTop = top + high - element.clientHeight;
    }, [chosen]);
  }

  function Head() {
    const rows = board.use((state) => state.rows);
    const picked = board.use((state) => state.picked);
    const open = rows.filter((row) => row.open);
    const all = open.length > 0 && open.every((row) => picked.includes(row.id));
    const cell = (key, more) => h('span', Object.assign({ key, role: 'columnheader', className: 'yw-al-c-' + key }, more), texts.columns[key]);
    return h('div', { className: 'yw-al-row yw-al-headrow', role: 'row', 'aria-rowindex': 1 },
      h('span', { role: 'columnheader', className: 'yw-al-c-box' }, h('button', { type: 'button', role: 'checkbox', 'aria-checked': all, 'aria-label': texts.selectAll, title: texts.selectAll, className: classes('yw-plain yw-al-check', all && 'yw-on'), onClick: acts.pickAll }, h('i', { className: 'yw-box', 'aria-hidden': true }))),
      ['level', 'title', 'rule', 'value', 'at', 'elapsed', 'state'].map((key) => cell(key)));
  }

  function Empty() {
    const filtered = board.use((state) => tonglan.alertAddress.LISTS.some((name) => state.view[name].length) || Boolean(state.view.rule || state.view.from));
    return h('div', { className: 'yw-al-empty' }, h('p', null, filtered ? texts.empty : texts.emptyAll), filtered && h('button', { type: 'button', className: 'yw-button', onClick: acts.reset }, texts.reset));
  }

  const Bones = () => h('div', { 'aria-label': texts.loading }, Array.from({ length: 8 }, (_, n) => h('div', { key: n, className: 'yw-al-row yw-bone', 'aria-hidden': true }, h('i'), h('i'))));

  function AlertList() {
    const rows = board.use((state) => state.rows);
    const answer = board.use((state) => state.answer);
    const slow = board.use((state) => state.slow);
    const box = React.useRef(null);
    const view = useWindow(box, rows.length);
    useInSight(box, rows, view.high);
    const few = rows.length <= MANY;
    const [first, last] = few ? [0, rows.length] : [view.first, Math.min(rows.length, view.last)];
    const total = answer ? Math.max(answer.total || 0, rows.length) : 0;
    const [from, to] = [Math.min(rows.length, Math.round(view.first ? view.first + AROUND : 0) + 1), Math.min(rows.length, Math.max(1, view.last - AROUND))];
    return h(React.Fragment, null,
      h('div', { className: 'yw-al-table', role: 'table', 'aria-label': tonglan.alertWords.centre, 'aria-rowcount': total + 1 }, h(Head),
        h('div', { ref: box, className: 'yw-al-rows', role: 'rowgroup', tabIndex: -1, id: 'yw-alertlist' },
          !answer && slow && h(Bones),
          answer && !rows.length && h(Empty),
          first > 0 && h('div', { style: { height: first * view.high + 'px' }, 'aria-hidden': true }),
          rows.slice(first, last).map((row, n) => h(Row, { key: row.id, row, at: first + n })),
          last < rows.length && h('div', { style: { height: (rows.length - last) * view.high + 'px' }, 'aria-hidden': true }))),
      h(tonglan.AlertPending),
      h('footer', { className: 'yw-al-keysline' }, h('span', { className: 'yw-al-hints' }, texts.keysLine.map(([key, does]) => h('span', { key }, h('kbd', null, key), ' ', does))), h('span', { className: 'yw-grow' }), h('span', null, texts.range(rows.length ? from : 0, to, total))));
  }
  Object.assign(tonglan, { AlertList, useSeconds });
})();
