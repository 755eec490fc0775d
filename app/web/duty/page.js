/* /duty: the tabs of 值班. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, dutyTexts: T, duty } = tonglan;
  const NAMES = Object.keys(T.tabs);

  function DutyPage() {
    const asked = duty.query().get('tab');
    const [tab, setTab] = React.useState(NAMES.includes(asked) ? asked : 'today');
    const [ready, setReady] = React.useState(false);
    const choose = (next) => {
      setTab(next);
      window.history.replaceState(null, '', '?tab=' + next);
    };
    const arrows = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = NAMES[(NAMES.indexOf(tab) + step + NAMES.length) % NAMES.length];
      choose(next);
      document.getElementById('yw-dt-tab-' + next).focus();
    };
    return h(tonglan.WorkPage, { page: 'duty', title: T.title, ready },
      h('div', { className: 'yw-dt' },
        h('div', { className: 'yw-dt-tabs', role: 'tablist', 'aria-label': T.title, onKeyDown: arrows }, NAMES.map((one) =>
          h('button', { key: one, id: 'yw-dt-tab-' + one, type: 'button', role: 'tab', 'aria-selected': one === tab, 'aria-controls': 'yw-dt-panel', tabIndex: one === tab ? 0 : -1, className: classes('yw-plain', one === tab && 'yw-on'), onClick: () => choose(one) }, T.tabs[one]))),
        h('div', { id: 'yw-dt-panel', className: 'yw-dt-panel', role: 'tabpanel', 'aria-labelledby': 'yw-dt-tab-' + tab }, h(duty.tabs[tab], { key: tab, ready: () => setReady(true) }))));
  }
  tonglan.pages.duty = DutyPage;
})();
