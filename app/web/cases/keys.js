/* The desk by keyboard: a step is one letter, a letter that may not be done now says why. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, caseDesk: desk, caseParts } = tonglan;
  const T = tonglan.caseTexts;

  /* The steps of a letter, e.g. E: 申请延期 or 延期, whichever is allowed. */
  const stepsOf = (letter) => Object.keys(T.acts).filter((to) => T.acts[to] === letter);

  function act(letter) {
    const { detail, view } = desk.get();
    if (!view.case || view.as_of) return;
    if (!detail || detail.id !== view.case) {
      // typed faster than the case came: the letter is for the one that is chosen, not for the one still shown
      desk.acts.opened().then((came) => came && came.id === desk.get().view.case && act(letter));
      return;
    }
    const named = stepsOf(letter);
    const all = (detail.allowed || []).filter((one) => named.includes(one.to));
    const open = all.find(caseParts.can);
    if (open) {
      desk.acts.fill(open);
      return;
    }
    const shut = all.find((one) => one.why);
    desk.set({ said: shut ? (shut.label || shut.to) + ':' + shut.why : T.noActs });
  }

  const focus = (id) => {
    const found = document.getElementById(id);
    if (found) found.focus();
  };

  const KEYS = {
    ArrowDown: () => desk.acts.step(1), ArrowUp: () => desk.acts.step(-1),
    j: () => desk.acts.step(1), k: () => desk.acts.step(-1),
    Enter: () => desk.get().view.case && window.location.assign(caseParts.caseLink(desk.get().view.case)),
    Escape: () => desk.acts.up(),
    f: () => desk.set({ filters: !desk.get().filters }),
    '/': () => focus('yw-cs-search'),
    m: () => desk.set({ go: tonglan.caseMapNear(desk.get().detail || {}), front: 'map' }),
    '?': () => desk.set({ open: desk.get().open === 'keys' ? null : 'keys' }),
  };

  tonglan.useCaseKeys = function () {
    React.useEffect(() => {
      const press = (event) => {
        const { tagName } = event.target;
        if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(tagName)) return;
        if ((event.key === 'Enter' || event.key === ' ') && /^(BUTTON|A|SUMMARY)$/.test(tagName)) return;
        const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (KEYS[name]) {
          event.preventDefault();
          KEYS[name]();
        } else if (/^[a-z]$/.test(name) && stepsOf(name.toUpperCase()).length) {
          event.preventDefault(); // else the letter lands in the field that now has the focus
          act(name.toUpperCase());
        }
      };
      window.addEventListener('keydown', press);
      return () => window.removeEventListener('keydown', press);
    }, []);
  };

  tonglan.CaseKeyList = function CaseKeyList() {
    const open = desk.use((state) => state.open === 'keys');
    const button = React.useRef(null);
    React.useEffect(() => {
      if (button.current) button.current.focus();
    }, [open]);
    if (!open) return null;
    const close = () => desk.set({ open: null });
    return h('div', { className: 'yw-veil', onClick: close },
      h('div', { className: 'yw-pop yw-keys', role: 'dialog', 'aria-modal': true, 'aria-label': T.keys, onClick: (event) => event.stopPropagation() }, h('h2', null, T.keys),
        h('dl', null, T.keyList.map(([key, does]) => [h('dt', { key }, h('kbd', null, key)), h('dd', { key: key + '=' }, does)])),
        h('div', { className: 'yw-keys-foot' }, h('button', { type: 'button', className: 'yw-button', ref: button, onClick: close }, T.close))));
  };
})();
