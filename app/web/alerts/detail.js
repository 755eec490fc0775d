/* One alert: actions first, then where, how it came, what happened, who is to do what. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alertTexts: texts, alertWords: words, alertParts, AlertShape } = tonglan;
  const { Value, Latest, Notes, StateTag, when, moment, able } = alertParts;
  const MAIN = ['ack', 'note', 'dispatch', 'directive', 'pause', 'resume'];
  const MORE = ['assign', 'false', 'comment'];
  const FORMS = ['pause', 'dispatch', 'directive', 'false', 'comment', 'assign'];
  const KEY = { ack: 'A', pause: 'S', dispatch: 'D' };

  const run = (detail, what) => (FORMS.includes(what) ? board.set({ dialog: what }) : acts.act(detail.id, what, {}));

  function Action({ detail, action, first }) {
    tonglan.useSeconds();
    const waited = action.do === 'ack' && detail.state === '未确认' && texts.ackFor(words.span(moment() - Date.parse(detail.at)));
    return h('button', { type: 'button', className: classes('yw-button yw-al-action', first && 'yw-primary'), disabled: !action.allowed, title: action.why || KEY[action.do], 'data-do': action.do, onClick: () => run(detail, action.do) },
      h('span', null, action.label || texts.labels[action.do]), waited && h('span', null, waited), ['pause', 'dispatch'].includes(action.do) && h('i', { className: 'yw-menu-mark', 'aria-hidden': true }));
  }

  /* The three that matter now: what is allowed comes first, what is not says why. */
  function Actions({ detail }) {
    const asOf = board.use((state) => state.view.as_of);
    if (!detail.whole) return h('div', { className: 'yw-al-actions' });
    const actions = (asOf ? detail.actions.map((one) => Object.assign({}, one, { allowed: false, why: texts.replayOff })) : detail.actions).filter((one) => one.do !== 'undo');
    const main = MAIN.map((name) => actions.find((one) => one.do === name)).filter(Boolean);
    const shown = main.filter((one) => one.allowed).concat(main.filter((one) => !one.allowed)).slice(0, 3).sort((a, b) => MAIN.indexOf(a.do) - MAIN.indexOf(b.do));
    const rest = main.filter((one) => !shown.includes(one) && one.allowed).concat(MORE.map((name) => actions.find((one) => one.do === name)).filter((one) => one && one.allowed));
    const why = [...new Set(shown.filter((one) => !one.allowed && one.why).map((one) => one.why))];
    const first = shown.find((one) => one.allowed);
    return h('div', { className: 'yw-al-do' }, h('div', { className: 'yw-al-actions' }, shown.map((action) => h(Action, { key: action.do, detail, action, first: action === first }))),
      h(Escalation, { detail }),
      why.map((text) => h('p', { key: text, className: 'yw-al-why' }, text)),
      rest.length > 0 && h('p', { className: 'yw-al-more' }, rest.map((one) => h('button', { key: one.do, type: 'button', className: 'yw-plain yw-link', 'data-do': one.do, onClick: () => run(detail, one.do) }, one.label || texts.labels[one.do]))));
  }

  /* How long until somebody higher is told. */
  function Escalation({ detail }) {
    tonglan.useSeconds();
    if (!detail.escalates_at || !detail.open || detail.state !== '未确认') return null;
    const left = Date.parse(detail.escalates_at) - moment();
    const whole = Math.round((Date.parse(detail.escalates_at) - Date.parse(detail.at)) / 60000);
    return h('p', { className: 'yw-al-escalates' }, left > 0 ? texts.escalates(whole, words.span(left), detail.escalates_to) : texts.escalating(detail.escalates_to));
  }

  function Standing({ detail }) {
    const lines = [
      detail.acknowledged && texts.ackedLine(detail.acknowledged.by, when(detail.acknowledged.at)),
      detail.paused_until && detail.open && texts.pausedLine(when(detail.paused_until)),
    ].filter(Boolean);
    const unsent = detail.unsent || [];
    if (!lines.length && !detail.case && !detail.directive && !unsent.length) return null;
    return h('ul', { className: 'yw-al-standing' }, lines.map((line) => h('li', { key: line }, line)),
      unsent.map((one) => h('li', { key: one.to, className: 'yw-al-unsent' }, h('b', null, texts.unsent(one.to)), one.said)),
      detail.case && h('li', null, h('a', { className: 'yw-link', href: '/cases/' + encodeURIComponent(detail.case.id) }, texts.caseLink(detail.case))),
      detail.directive && h('li', null, h('a', { className: 'yw-link', href: '/directives?id=' + encodeURIComponent(detail.directive.id) }, texts.directiveLine(detail.directive))));
  }

  function Where({ detail }) {
    const rows = React.useMemo(() => [detail], [detail.id, detail.lon, detail.state]);
    const wall = tonglan.useWall();
    if (wall) return detail.effect ? h('p', { className: 'yw-al-effectline' }, detail.effect) : null;
    if (typeof detail.lon !== 'number') return h('p', { className: 'yw-al-nothing' }, texts.noPlace, detail.effect && ' · ' + detail.effect);
    return h('div', { className: 'yw-al-where' }, h(tonglan.AlertMap, { rows, chosen: detail.id, close: true, region: detail.region, id: 'yw-alertplace' },
      detail.effect && h('p', { className: 'yw-over yw-al-effect' }, detail.effect)));
  }

  function Course({ detail }) {
    const theme = board.use((state) => state.view.theme);
    const figure = detail.chart && (detail.chart[theme] || detail.chart.dark);
    if (!detail.whole) return null;
    if (!figure) return null;
    const limit = detail.limit && detail.limit.text;
    return h('section', { className: 'yw-al-part yw-al-course' }, h('h3', null, detail.chart_title || texts.chart, h('span', { className: 'yw-grow' }), limit && h('small', null, '界限 ' + limit)),
      h('div', { className: 'yw-al-chart' }, h(tonglan.Chart, { figure, label: detail.title + texts.chart })));
  }

  const INKS = { 红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue' };

  function History({ detail }) {
    if (!detail.events || !detail.events.length) return null;
    return h('section', { className: 'yw-al-part' }, h('h3', null, texts.history), h('ol', { className: 'yw-al-events' }, detail.events.map((event, n) =>
      h('li', { key: n, style: event.level ? { '--ink': 'var(--' + INKS[event.level] + ')' } : null }, h('time', null, when(event.at)), h('span', null, h('b', null, event.text), event.sub && h('span', null, ' ' + event.sub), event.actor && event.actor !== 'system' && h('small', null, ' ' + event.actor))))));
  }

  function Members({ detail }) {
    if (!detail.members || detail.members.length < 2) return null;
    return h('section', { className: 'yw-al-part' }, h('h3', null, texts.members(detail.members.length)), h('ul', { className: 'yw-al-members' }, detail.members.map((row) =>
      h('li', { key: row.id }, h('button', { type: 'button', className: classes('yw-plain', row.id === detail.id && 'yw-on'), onClick: () => acts.choose(row.id) }, h(AlertShape, { level: row.level }), h('span', null, row.title), h(StateTag, { state: row.state }))))));
  }

  function Plan({ detail }) {
    const { plan } = detail;
    if (!detail.whole) return null;
    const named = (one) => one.name + (one.due_text ? texts.due(one.due_text) : '');
    const rows = plan ? [['lead', plan.lead && named(plan.lead)], ['support', (plan.support || []).map(named).join('、')], ['demand', plan.demand]].filter(([, text]) => text) : [];
    return h('section', { className: 'yw-al-part yw-al-plan' }, h('h3', null, texts.plan, plan && h('small', null, '预案 ' + plan.title)),
      plan ? h('dl', null, rows.map(([key, text]) => h(React.Fragment, { key }, h('dt', null, texts.planRows[key]), h('dd', null, text)))) : h('p', { className: 'yw-al-nothing' }, texts.planNone));
  }

  function AlertDetail() {
    const detail = board.use((state) => state.detail);
    const trouble = board.use((state) => state.trouble);
    const chosen = board.use((state) => state.view.alert);
    const again = () => acts.reload(chosen);
    if (!chosen || !detail) return h('section', { className: 'yw-card yw-al-detail yw-al-nobody', 'aria-label': texts.keys }, h('p', { className: 'yw-al-nothing' }, texts.emptyPick));
    return h('section', { className: 'yw-card yw-al-detail yw-al-somebody', 'aria-label': detail.title || texts.loading, 'data-alert': detail.id },
      h('header', { className: 'yw-al-head' }, h('button', { type: 'button', className: 'yw-plain yw-al-back', onClick: () => acts.choose('') }, '‹ ' + texts.back),
        detail.level && h(AlertShape, { level: detail.level }),
        h('div', null, h('h2', null, detail.title || ''), detail.at && h('p', null, [detail.place, texts.levelled(detail.level) + (detail.kind || ''), texts.happened(when(detail.at))].filter(Boolean).join(' · '), ' ', h(StateTag, { state: detail.state }), ' ', h(Notes, { row: detail })))),
      trouble && h('div', { className: 'yw-al-part', role: 'alert' }, h('b', null, trouble.title), h('p', null, trouble.detail), h('button', { type: 'button', className: 'yw-button', onClick: again }, tonglan.texts.retry)),
      h(Actions, { detail }), h(Standing, { detail }),
      h('div', { className: 'yw-al-body' },
        detail.value && h('p', { className: 'yw-al-fact' }, h('span', null, h('i', null, texts.firedNamed), h(Value, { row: detail })), h('span', null, [detail.topic_title, detail.rule_title].filter(Boolean).join(' '))),
        detail.sentence && h('p', { className: 'yw-al-sentence' }, detail.sentence),
        detail.latest && h('p', { className: 'yw-al-now' }, h(Latest, { row: detail, named: true })),
        h(Where, { detail }), h(Course, { detail }), h(History, { detail }), h(Members, { detail }), h(Plan, { detail })));
  }
  Object.assign(tonglan, { AlertDetail, alertAble: able });
})();
