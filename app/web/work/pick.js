/* One thing chosen from a long list by typing a part of its name; ↑↓ and Enter choose, Esc closes the list. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes } = tonglan;
  const MOST = 40; // offered at once; whoever needs more types more
  const T = { none: (text) => '没有“' + text + '”;换个写法', more: (n) => '还有 ' + n + ' 个,输入名称再找', hint: '输入名称查找' };
  let made = 0;

  const fits = (option, words) => words.every((word) => [option.title, option.more, option.value].some((text) => text && text.toLowerCase().includes(word)));

  /* `options` are {value, title, more?, note?}; those that matter come first. `onChange` is told a value. */
  function Pick({ value, onChange, options, label, placeholder, required, className }) {
    const [id] = React.useState(() => 'yw-pick-' + ++made);
    const [typed, setTyped] = React.useState(null); // null: nothing is being typed, the chosen name stands
    const [at, setAt] = React.useState(0);
    const list = React.useRef(null);
    const chosen = options.find((one) => one.value === value);
    const open = typed !== null;
    const found = open ? options.filter((one) => fits(one, typed.toLowerCase().split(/\s+/).filter(Boolean))) : [];
    const shown = found.slice(0, MOST);
    React.useEffect(() => {
      const one = list.current && list.current.children[at];
      if (one) one.scrollIntoView({ block: 'nearest' });
    }, [at, open]);
    const take = (option) => {
      setTyped(null);
      if (option) onChange(option.value);
    };
    const begin = () => {
      setTyped('');
      setAt(Math.max(0, options.slice(0, MOST).findIndex((one) => one.value === value)));
    };
    const keys = (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by) {
        event.preventDefault();
        if (!open) begin();
        else setAt(Math.max(0, Math.min(shown.length - 1, at + by)));
      } else if (event.key === 'Enter' && open && !event.ctrlKey && !event.metaKey) {
        event.preventDefault(); // the form is sent by a second Enter
        if (shown[at]) take(shown[at]); // with nothing to take the words stay, and the list says so
      } else if (event.key === 'Escape' && open) {
        event.preventDefault();
        event.stopPropagation();
        setTyped(null);
      }
    };
    return h('span', { className: classes('yw-pick', className) },
      h('input', { className: 'yw-input', role: 'combobox', 'aria-label': label, 'aria-expanded': open, 'aria-controls': id, 'aria-autocomplete': 'list', 'aria-activedescendant': open && shown[at] ? id + '-' + at : undefined, autoComplete: 'off', required,
        placeholder: (open && chosen && chosen.title) || placeholder || T.hint, value: open ? typed : chosen ? chosen.title : '', onClick: () => open || begin(), onKeyDown: keys,
        onChange: (event) => (setTyped(event.target.value), setAt(0)), onBlur: () => take(typed && found.length === 1 ? found[0] : null) }),
      open && h('ul', { ref: list, id, className: 'yw-pick-list', role: 'listbox', 'aria-label': label }, shown.map((one, n) =>
        h('li', { key: one.value, id: id + '-' + n, role: 'option', 'aria-selected': one.value === value, className: n === at ? 'yw-on' : '', 'data-value': one.value, onMouseDown: (event) => (event.preventDefault(), take(one)) }, h('span', null, one.title), one.note && h('small', null, one.note))),
      !shown.length && h('li', { className: 'yw-pick-none', role: 'presentation' }, T.none(typed)),
      found.length > MOST && h('li', { className: 'yw-pick-none', role: 'presentation' }, T.more(found.length - MOST))));
  }

  /* Units as a list to pick from; `first` are {unit, name, note} that come before all others. */
  function unitOptions(units, first) {
    const made = new Map();
    (first || []).filter((one) => one && one.unit).forEach((one) => {
      const known = made.get(one.unit) || units.find((each) => each.id === one.unit) || {};
      const title = one.name || known.title || known.short_name || known.name || one.unit;
      made.set(one.unit, { value: one.unit, title, more: known.more || known.name, note: (made.get(one.unit) || one).note });
    });
    units.filter((one) => !made.has(one.id)).forEach((one) => made.set(one.id, { value: one.id, title: one.short_name || one.name, more: one.name }));
    return [...made.values()];
  }

  Object.assign(tonglan, { Pick, unitOptions });
})();
