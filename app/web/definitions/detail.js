/* One indicator: definition, who may see it, targets, versions, relations, changes under way. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, api, definitionTexts: texts } = tonglan;

  const when = (iso) => (iso ? iso.slice(0, 10) + ' ' + iso.slice(11, 16) : '');
  const named = (person) => (person ? person.name : '—');

  function Readers({ readers }) {
    return h('table', { className: 'yw-grid yw-def-readers' }, h('thead', null, h('tr', null, texts.readersHead.map((name) => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, readers.map((one) => h('tr', { key: one.role }, h('td', null, one.title),
        h('td', null, h('span', { className: 'yw-def-lamp' }, h(tonglan.Lamp, { lamp: one.sees ? 'ok' : 'none' }), one.sees ? texts.sees : texts.hidden)),
        h('td', null, one.early ? texts.early : one.sees ? texts.released : '—')))));
  }

  function About({ told }) {
    return h('div', { className: 'yw-def-two' },
      h('div', null, h('h3', null, texts.definition), h('p', { className: 'yw-def-text' }, told.definition),
        told.missing.length > 0 && h('p', { className: 'yw-cat-missing' }, h(tonglan.Lamp, { lamp: 'warn' }), texts.missing(told.missing)),
        h('h3', null, texts.readers), h(Readers, { readers: told.readers })),
      h('dl', { className: 'yw-facts yw-def-facts' }, told.facts.map((one) => [h('dt', { key: one.field }, one.title), h('dd', { key: one.field + '=' }, one.text)])));
  }

  function Targets({ told }) {
    const limits = told.facts.find((one) => one.field === 'thresholds');
    const today = new Date(tonglan.clock.now()).toISOString().slice(0, 10);
    return h(React.Fragment, null,
      h('dl', { className: 'yw-facts' }, h('dt', null, texts.targetNow), h('dd', null, told.target_now || '—'), h('dt', null, limits.title), h('dd', null, limits.text)),
      told.targets.length ? h('table', { className: 'yw-grid yw-def-gap' }, h('thead', null, h('tr', null, texts.targetsHead.map((name) => h('th', { key: name, scope: 'col' }, name)), h('th', null))),
        h('tbody', null, told.targets.map((one) => h('tr', { key: one.year + one.effective }, h('td', null, one.year), h('td', null, h('b', null, one.value.toLocaleString('zh-CN')), ' ', told.unit), h('td', null, one.kind), h('td', { title: one.document }, one.document), h('td', null, one.effective),
          h('td', null, one.in_force ? h('span', { className: 'yw-tag yw-tag-on' }, texts.inForce) : one.effective > today && h('span', { className: 'yw-tag' }, texts.notYet))))))
        : h('p', { className: 'yw-empty' }, texts.noTargets));
  }

  function Differences({ items }) {
    return h('ul', { className: 'yw-def-diff' }, items.map((one, n) => h('li', { key: n }, h('span', null, one.title), h('del', null, one.old), h('i', { 'aria-hidden': true }, '→'), h('ins', null, one.new))));
  }

  function Versions({ told }) {
    return h(React.Fragment, null, h('ol', { className: 'yw-lineage yw-def-gap' }, told.versions.map((one) => h('li', { key: one.number },
      h('b', null, texts.version(one.number), one.breaks && one.valid_from ? h('span', { className: 'yw-tag yw-tag-warn' }, texts.breaks(one.valid_from)) : one.valid_from && h('span', { className: 'yw-tag' }, texts.validFrom(one.valid_from))),
      one.differences.length ? h(Differences, { items: one.differences }) : h('span', null, texts.first),
      one.reason && h('span', null, one.reason),
      h('small', null, texts.by(named(one.author), when(one.recorded_at)))))),
    h('a', { className: 'yw-link', href: '/changes?object=' + encodeURIComponent(told.id) }, texts.history));
  }

  function Change({ one, reload, review }) {
    const [asking, setAsking] = React.useState(null);
    const [note, setNote] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const go = (to) => api.post('/api/v1/definition-changes/' + one.id + '/transitions', { to, note }).then(() => (setAsking(null), reload()), setFailure);
    const start = (to) => (texts.noteFor[to] ? (setAsking(to), setNote('')) : !texts.asked[to] || window.confirm(texts.asked[to])) && !texts.noteFor[to] && go(to);
    const title = (step) => (step.to === 'publish' && !review ? texts.publishDirect : step.title);
    return h('li', { className: 'yw-def-change' },
      h('p', null, h('span', { className: classes('yw-tag', one.state === 'submitted' && 'yw-tag-on', one.state === 'returned' && 'yw-tag-warn') }, one.state_title), one.urgent && h('span', { className: 'yw-tag yw-tag-warn' }, texts.urgent),
        one.version && h('span', { className: 'yw-tag' }, texts.version(one.version)), one.breaks && one.valid_from && h('span', { className: 'yw-tag yw-tag-warn' }, texts.breaks(one.valid_from))),
      h(Differences, { items: one.differences }),
      h('small', null, one.reason + ' · ' + texts.by(named(one.author), when(one.created_at)) + (one.decided_by ? ' → ' + texts.by(named(one.decided_by), when(one.decided_at)) : '')),
      one.note && h('small', { className: 'yw-def-note' }, one.note),
      asking && h('label', { className: 'yw-def-edit' }, h('span', null, texts.noteFor[asking]), h('input', { className: 'yw-field', autoFocus: true, value: note, onChange: (event) => setNote(event.target.value), onKeyDown: (event) => event.key === 'Enter' && go(asking) })),
      failure && h(tonglan.Failure, { failure }),
      one.steps.length > 0 && h('div', { className: 'yw-cat-buttons' }, asking
        ? [h('button', { key: 'no', type: 'button', className: 'yw-button', onClick: () => setAsking(null) }, texts.cancel), h('button', { key: 'yes', type: 'button', className: 'yw-button yw-primary', disabled: !note.trim(), onClick: () => go(asking) }, one.steps.find((step) => step.to === asking).title)]
        : one.steps.map((step) => h('button', { key: step.to, type: 'button', className: classes('yw-button', step.to === 'publish' && 'yw-primary'), onClick: () => start(step.to) }, title(step)))));
  }

  function Changes({ told, reload }) {
    if (!told.changes.length) return h('p', { className: 'yw-empty' }, texts.noChanges);
    return h('ul', { className: 'yw-def-changes' }, told.changes.map((one) => h(Change, { key: one.id, one, reload, review: told.review })));
  }

  function DefinitionDetail({ told, failure, again, choose, owners, changed }) {
    const [tab, setTab] = React.useState('about');
    const [editing, setEditing] = React.useState(false);
    React.useEffect(() => setEditing(false), [told && told.id]);
    if (failure) return h('section', { className: 'yw-card yw-def-detail' }, h(tonglan.Failure, { failure, again }));
    if (!told) return h('section', { className: 'yw-card yw-def-detail' }, h('p', { className: 'yw-empty' }, texts.choose));
    const waiting = told.changes.filter((one) => one.open).length;
    const bodies = {
      about: () => h(About, { told }),
      targets: () => h(Targets, { told }),
      versions: () => h(Versions, { told }),
      graph: () => h(tonglan.DefinitionGraph, { graph: told.graph, chosen: told.id, choose }),
      changes: () => h(Changes, { told, reload: changed }),
    };
    const finished = () => (setEditing(false), setTab('changes'), changed());
    return h('section', { className: 'yw-card yw-def-detail', 'aria-label': told.title },
      h('h2', null, told.title, h('small', null, [told.id, told.unit, texts.version(told.version)].filter(Boolean).join(' · ')), h('span', { className: 'yw-grow' }),
        h('a', { className: 'yw-link', href: '/indicator/' + told.id }, texts.page),
        told.may_write && !editing && h('button', { type: 'button', className: 'yw-button', onClick: () => setEditing(true) }, texts.edit)),
      editing ? h('div', { className: 'yw-cat-body' }, h(tonglan.DefinitionForm, { told, owners, done: finished, cancel: () => setEditing(false) }))
        : [h('div', { key: 'tabs', className: 'yw-cat-tabs', role: 'tablist' }, Object.keys(texts.tabs).map((one) => h('button', { key: one, type: 'button', role: 'tab', 'aria-selected': tab === one, onClick: () => setTab(one) }, texts.tabs[one] + (one === 'changes' && waiting ? ' ' + waiting : '')))),
          h('div', { key: 'body', className: 'yw-cat-body', role: 'tabpanel' }, bodies[tab]())]);
  }
  tonglan.DefinitionDetail = DefinitionDetail;
})();
