/* What the desk is narrowed to: stages with their counts, search, and the further filters behind F. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseDesk: desk, caseParts } = tonglan;
  const T = tonglan.caseTexts;
  const QUIET = 300; // ms without a key before the search is asked

  /* All stages and the two lanes beside them, each with how many stand in it. */
  function Stages() {
    const { view, counts } = desk.use((state) => state);
    const stage = (name) => h('button', { key: name, type: 'button', 'aria-pressed': view.stage === name, className: classes('yw-cs-stage', view.stage === name && 'yw-on'), onClick: () => desk.acts.filter({ stage: view.stage === name ? '' : name, state: '' }) },
      name, h('b', null, (counts.stage && counts.stage[name]) || 0));
    const whole = (title, all) => {
      const on = !view.stage && !view.state && view.all === all;
      return h('button', { type: 'button', 'aria-pressed': on, className: classes('yw-cs-stage', on && 'yw-on'), onClick: () => desk.acts.filter({ stage: '', state: '', all }) }, title);
    };
    const lane = (name) => h('button', { key: name, type: 'button', 'aria-pressed': view.state === name, className: classes('yw-cs-stage', view.state === name && 'yw-on'), onClick: () => desk.acts.filter({ state: view.state === name ? '' : name, stage: '' }) },
      name, h('b', null, (counts.state && counts.state[name]) || 0));
    return h('div', { className: 'yw-cs-stages', role: 'group', 'aria-label': T.desk },
      whole(T.openOnes, ''), whole(T.all, '1'),
      T.stages.map(stage), h('i', { className: 'yw-sep' }), T.lanes.map(lane),
      h('button', { type: 'button', 'aria-pressed': Boolean(view.overdue), className: classes('yw-cs-stage', 'yw-cs-latebox', view.overdue && 'yw-on'), onClick: () => desk.acts.filter({ overdue: view.overdue ? '' : '1' }) }, T.late, h('b', null, counts.overdue || 0)));
  }

  /* Typed words are asked for after a moment of quiet; Enter asks at once. */
  function Search() {
    const asked = desk.use((state) => state.view.q);
    const [text, setText] = React.useState(asked);
    const timer = React.useRef(0);
    React.useEffect(() => setText(asked), [asked]);
    const go = (value) => {
      clearTimeout(timer.current);
      if (value.trim() !== desk.get().view.q) desk.acts.filter({ q: value.trim() });
    };
    const type = (event) => {
      const { value } = event.target;
      setText(value);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => go(value), QUIET);
    };
    const press = (event) => {
      if (event.key === 'Enter') go(text);
      if (event.key === 'Escape') event.target.blur();
    };
    return h(work.Input, { id: 'yw-cs-search', type: 'search', className: 'yw-cs-search', value: text, maxLength: 80, placeholder: T.search, 'aria-label': T.searchLabel, onChange: type, onKeyDown: press });
  }

  function useUnits() {
    const { data } = tonglan.useData('/api/v1/organisations');
    const land = React.useMemo(() => tonglan.boot().places.map((one) => ({ id: 'region:' + one.code, name: T.territory(one.name) })), []);
    return ((data && data.items) || []).concat(land); // who holds a place answers for what nobody else does: 属地
  }

  function More() {
    const view = desk.use((state) => state.view);
    const boot = tonglan.boot();
    const units = useUnits();
    const categories = tonglan.useData('/api/v1/case-categories');
    const set = (name) => (event) => desk.acts.filter({ [name]: event.target.value });
    const any = { value: '', title: T.any };
    const field = (label, control) => h('label', { className: 'yw-cs-field' }, h('span', null, label), control);
    const majors = ((categories.data && categories.data.items) || []).map((one) => ({ value: one.key, title: [one.major, one.name].filter(Boolean).join(' · ') }));
    return h('div', { className: 'yw-cs-filters', role: 'group', 'aria-label': T.filter },
      field(T.region, h(work.Select, { 'data-first': true, value: view.region, onChange: set('region'), options: [{ value: '', title: T.wholeCity }].concat(boot.places.map((one) => ({ value: one.code, title: one.name }))) })),
      field(T.unit, h(work.Select, { value: view.unit, onChange: set('unit'), options: [any].concat(units.map((one) => ({ value: one.id, title: one.short_name || one.name }))) })),
      field(T.source, h(work.Select, { value: view.source, onChange: set('source'), options: [any].concat(Object.entries(T.sources).map(([value, title]) => ({ value, title }))) })),
      field(T.state, h(work.Select, { value: view.state, onChange: set('state'), options: [any].concat(T.states.map((one) => ({ value: one, title: one }))) })),
      field(T.category, h(work.Select, { value: view.category, onChange: set('category'), options: [any].concat(majors) })),
      field(T.from, h(work.Input, { type: 'date', value: view.from, onChange: set('from') })),
      field(T.to, h(work.Input, { type: 'date', value: view.to, onChange: set('to') })),
      field(T.order, h(work.Select, { value: view.order || 'due', onChange: set('order'), options: Object.entries(T.orders).map(([value, title]) => ({ value, title })) })),
      h('label', { className: 'yw-cs-check' }, h('input', { type: 'checkbox', checked: Boolean(view.mine), onChange: (event) => desk.acts.filter({ mine: event.target.checked ? '1' : '' }) }), T.mineOnly),
      h('button', { type: 'button', className: 'yw-button', onClick: desk.acts.reset }, T.reset));
  }

  const NARROWED = ['region', 'unit', 'source', 'category', 'from', 'to', 'mine', 'q'];

  function Filters() {
    const { view, total, filters, counts } = desk.use((state) => state);
    const n = NARROWED.filter((name) => view[name]).length;
    return h('div', { className: 'yw-cs-tools' },
      h('div', { className: 'yw-cs-line' }, h('h2', null, T.total(total)), counts.overdue > 0 && h('span', { className: 'yw-cs-overdue' }, T.overdue(counts.overdue)), h('span', { className: 'yw-grow' }), h(Search),
        h('button', { type: 'button', className: classes('yw-button', (filters || n > 0) && 'yw-cs-active'), 'aria-expanded': filters, title: T.filterHint, onClick: () => desk.set({ filters: !filters }) }, T.filter + (n ? ' ' + n : ''))),
      filters && h(More), h(Stages));
  }
  tonglan.CaseFilters = Filters;
  caseParts.useUnits = useUnits;
})();
