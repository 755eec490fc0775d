/* The chosen case beside the map: what may be done first, then the facts. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseDesk: desk, caseParts, caseSend, caseStory } = tonglan;
  const T = tonglan.caseTexts;
  const NEWEST = 6; // entries of the timeline beside the map; the case page has all

  function Head({ detail, now }) {
    return h('div', { className: 'yw-cs-head' },
      h('h2', null, h(caseParts.Level, { level: caseParts.levelOf(detail) }), caseParts.nameOf(detail.category), h('small', null, detail.category && detail.category.major), h('span', { className: 'yw-grow' }), h(caseParts.Drill, { row: detail }), h(caseParts.StateTag, { row: detail })),
      h('p', { className: 'yw-cs-sub' }, h('a', { className: 'yw-linkish', href: caseParts.caseLink(detail.id), title: T.openPage }, detail.number), h('span', null, caseParts.sourceOf(detail)), h('span', null, caseParts.when(detail.at, now) + ' 上报'), h(caseParts.Due, { row: detail, now })));
  }

  /* Rows of name and value; an empty value says so. */
  function Facts({ detail }) {
    const doubtful = detail.limit_note === undefined ? detail.limit_verified === false && T.unverified : detail.limit_note;
    const said = h(React.Fragment, null, detail.limit_text || T.notSet, doubtful && h('span', { className: 'yw-cs-unverified' }, doubtful), detail.limit_source && h('small', { className: 'yw-cs-source' }, T.limitSource(detail.limit_source)));
    const rows = [
      [T.place, detail.place || T.noPosition], detail.holder && detail.holder !== detail.region && [T.holder, detail.holder_name],
      [T.lead, detail.unit_name || T.nobody], [T.limit, said],
      [T.opens, detail.opens || T.notSet], [T.closes, detail.closes || T.notSet], detail.contact && [T.contact, detail.contact],
    ].filter(Boolean);
    return h('dl', { className: 'yw-cs-facts' }, rows.map(([name, value]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, value)]));
  }

  function Links({ detail }) {
    const alert = caseParts.linkOf(detail.alert);
    const directive = caseParts.linkOf(detail.directive);
    if (!alert && !directive) return null;
    return h('p', { className: 'yw-cs-links' },
      alert && h('a', { className: 'yw-linkish', href: '/alerts?alert=' + encodeURIComponent(alert.id) }, h(caseParts.Level, { level: alert.level }), alert.title || T.alert),
      directive && h('a', { className: 'yw-linkish', href: '/directives?id=' + encodeURIComponent(directive.id) }, T.directive, [directive.unit_name || directive.unit, directive.state].filter(Boolean).map((one) => ' · ' + one)));
  }

  /* Candidates of the same matter; merging is a person's decision, asked once more. */
  function Duplicates({ detail, onDone, onChanged }) {
    const [asked, setAsked] = React.useState(null);
    const [wrong, setWrong] = React.useState(null);
    const all = detail.duplicates || [];
    if (!all.length) return null;
    const may = (detail.allowed || []).find((one) => one.to === T.merge && caseParts.can(one));
    async function merge(one) {
      try {
        onDone(await caseSend.send(detail, { to: T.merge, into: one.id }), { to: T.merge, label: T.merge });
      } catch (failure) {
        const told = await caseSend.refused(detail, failure);
        setWrong(told);
        if (told.detail) onChanged(told.detail);
      }
    }
    return h('section', { className: 'yw-cs-part' }, h('h3', null, T.duplicates, h('small', null, all.length)),
      all.map((one) => h('div', { key: one.id, className: 'yw-cs-dup' }, h('a', { href: caseParts.caseLink(one.id) }, h('b', null, one.number || one.id), ' ', one.text), h('small', null, T.duplicate(Math.round(one.distance_m), T.minutes(Math.round(one.minutes)))),
        may && (asked === one.id ? h('span', { className: 'yw-cs-ask' }, T.mergeAsk(one.number || one.id), h(work.Button, { kind: 'main', onClick: () => merge(one) }, T.mergeYes), h(work.Button, { onClick: () => setAsked(null) }, T.cancel))
          : h(work.Button, { onClick: () => setAsked(one.id) }, T.merge)))),
      wrong && h('div', { className: 'yw-cs-wrong', role: 'alert' }, h('b', null, wrong.title), wrong.lines.map((line, n) => h('p', { key: n }, line))));
  }

  /* What has to be known before a step: something odd in the report, an extension that waits, where it went. */
  function Doubts({ detail, now }) {
    const { doubt, asked, merged_into: into } = detail;
    return h(React.Fragment, null, doubt && h(work.Notice, { tone: 'warn', text: doubt }), asked && h(work.Notice, { tone: 'warn', text: T.asked(caseParts.when(asked.until, now), asked.note) }),
      into && h('p', { className: 'yw-cs-suggest' }, T.mergedInto + ' ', h('a', { className: 'yw-linkish', href: caseParts.caseLink(into) }, T.openPage)));
  }

  /* Every part of a case that the desk shows; `action` is the step being filled in. */
  function Detail({ detail, action, replay, now, onPick, onDone, onChanged, onCancel }) {
    const best = detail.suggestions;
    return h('div', { className: 'yw-cs-detail-in' }, h(Head, { detail, now }),
      replay ? h('p', { className: 'yw-cs-replayed' }, T.replayHint) : h(tonglan.CaseActions, { detail, picked: action, onPick }),
      !replay && action && h(tonglan.CaseForm, { key: detail.id + action.to, detail, action, onDone, onChanged, onCancel }),
      !replay && !action && best && best.why && (detail.allowed || []).some((one) => caseParts.can(one) && one.to === '派遣') && h('p', { className: 'yw-cs-suggest' }, h('b', null, T.suggestion), ' ', best.why),
      h(Doubts, { detail, now }), h('p', { className: 'yw-cs-text' }, detail.text),
      h(caseParts.Photos, { urls: detail.photo_urls || (detail.timeline || []).flatMap((one) => one.photos || []) }), h(Facts, { detail }), h(Links, { detail }), h(Duplicates, { key: detail.id, detail, onDone, onChanged }),
      (detail.tasks || []).length > 0 && h('section', { className: 'yw-cs-part' }, h('h3', null, T.tasks), h(caseStory.Tasks, { tasks: detail.tasks, now })),
      h('section', { className: 'yw-cs-part' }, h('h3', null, T.timeline), h(caseStory.Timeline, { entries: detail.timeline || [], newest: true, most: NEWEST, now })));
  }

  function Side() {
    const { detail, detailFailure, action, view, said, rows } = desk.use((state) => state);
    const done = (after, step) => desk.acts.stepped(Object.assign({}, detail, after), T.done(step.label || step.to));
    return h('section', { className: classes('yw-card', 'yw-cs-detail'), 'aria-label': T.page },
      h('button', { type: 'button', className: 'yw-button yw-cs-back', onClick: () => desk.set({ front: 'list' }) }, T.back),
      h('p', { className: 'yw-unseen', role: 'status' }, said),
      detailFailure && h(tonglan.Failure, { failure: detailFailure, again: () => desk.acts.choose(view.case) }),
      detail ? h(Detail, { detail, action, replay: Boolean(view.as_of), now: desk.now(), onPick: desk.acts.fill, onDone: done, onChanged: desk.acts.changed, onCancel: () => desk.set({ action: null }) })
        : !detailFailure && h('div', { className: 'yw-cs-none' }, view.case && rows.length ? h(work.Bones, { rows: 6 }) : [h('b', { key: 1 }, T.choose), h('p', { key: 2 }, T.chooseHint)]));
  }
  Object.assign(tonglan, { CaseSide: Side, caseDetail: { Head, Doubts, Facts, Links, Duplicates } });
})();
