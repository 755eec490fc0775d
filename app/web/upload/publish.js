/* When to publish, the versions of the layer, what changes against the live one, and the way back. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, clock, format, desk, deskActs, deskState, work } = tonglan;
  const { Card, Segments, Button, Input } = work;
  const T = tonglan.uploadTexts;
  const SHOWN = 6; // versions listed

  const label = (version) => version.note || (version.created_at ? clock.minute(version.created_at) : '');

  function Release() {
    const release = desk.use((state) => state.release);
    const submission = desk.use((state) => state.submission);
    const set = (more) => desk.set({ release: Object.assign({}, release, more) });
    const direct = deskState.can(submission, 'publish');
    return [
      h(Segments, { key: 'mode', label: T.release.label, value: release.mode, options: T.release.modes, onChange: (mode) => set({ mode }) }),
      release.mode === 'at' && h(work.Field, { key: 'at', label: T.release.at }, h(Input, { type: 'datetime-local', value: release.at, min: clock.day(clock.now()).slice(0, 10) + 'T00:00', onChange: (event) => set({ at: event.target.value }) })),
      h('small', { key: 'hint', className: 'yw-t3' }, direct && release.mode === 'now' ? T.release.direct : T.release.hints[release.mode]),
    ];
  }

  function Versions({ submission, versions }) {
    const liveId = submission.live && submission.live.id;
    const mine = submission.version && submission.version.id;
    const ask = (version) => desk.set({ asking: { title: T.versions.ask(version.number), text: T.versions.askText(version.number, submission.live ? submission.live.number : ''), yes: T.versions.back, act: () => deskActs.rollback(version) } });
    const pending = !['published', 'withdrawn', 'refused'].includes(submission.state);
    const listed = versions.filter((one) => one.id !== mine || !pending);
    const number = (submission.version && submission.version.number) || Math.max(0, ...versions.map((one) => one.number)) + 1;
    const features = submission.version ? submission.version.features : submission.report && submission.report.checks ? submission.report.features : null;
    const may = desk.get().boot.work && desk.get().boot.work.review;
    return h(
      'table',
      { className: 'yw-versions' },
      h('thead', null, h('tr', null, T.versions.columns.map((name, n) => h('th', { key: name, scope: 'col', className: n === 2 ? 'yw-right' : undefined }, name)), h('th', null, h('span', { className: 'yw-unseen' }, T.versions.back)))),
      h('tbody', null,
        pending && h('tr', null, h('td', null, h('b', null, 'v' + number), h('span', { className: 'yw-tag yw-tag-go' }, submission.state === 'approved' ? T.versions.timed : T.versions.pending)),
          h('td', null, (submission.about && submission.about.note) || ''), h('td', { className: 'yw-right' }, format.count(features)), h('td')),
        listed.slice(0, SHOWN).map((one) => h('tr', { key: one.id },
          h('td', null, h(one.id === liveId ? 'b' : 'span', null, 'v' + one.number), one.id === liveId && h('span', { className: 'yw-tag' }, T.versions.live), one.state === 'draft' && h('span', { className: 'yw-tag' }, T.versions.draft)),
          h('td', null, label(one)), h('td', { className: 'yw-right' }, format.count(one.features)),
          h('td', { className: 'yw-right' }, may && one.state === 'superseded' && h('button', { type: 'button', className: 'yw-plain yw-linkish', 'aria-label': T.versions.backTo(one.number), onClick: () => ask(one) }, T.versions.back)))))
    );
  }

  function Counts({ submission, versions }) {
    const { diff, live } = submission;
    const first = !live || (submission.version && submission.version.id === live.id);
    if (!diff) return h('p', { className: 'yw-t3' }, first ? T.diff.first : T.diff.later);
    return h('p', { className: 'yw-counts-line' }, T.diff.against(deskState.baseOf(submission, versions)), h('b', null, '+' + format.count(diff.added)), T.diff.words[0], ' · ', h('b', null, format.minus(diff.removed)), T.diff.words[1], ' · ',
      h('b', null, format.count(diff.changed)), T.diff.words[2]);
  }

  function Publish({ locked }) {
    const submission = desk.use((state) => state.submission);
    const versions = desk.use((state) => state.versions);
    const open = !locked && ['checked', 'returned'].includes(submission.state);
    const bypass = deskState.can(submission, 'bypass');
    const ask = () => desk.set({ asking: { title: T.bypass.title, text: T.bypass.text, yes: T.bypass.yes, note: 'must', noteLabel: T.bypass.note, act: (note) => deskActs.transition('bypass', { note }) } });
    return h(
      Card,
      { title: T.release.title, className: 'yw-publish' },
      h('div', { className: 'yw-publish-body' },
        open && h(Release),
        submission.publish_at && submission.state === 'approved' && h('p', null, T.release.due(clock.minute(submission.publish_at))),
        h(Versions, { submission, versions: versions || [] }),
        submission.state !== 'refused' && h(Counts, { submission, versions }),
        bypass && h('div', null, h(Button, { onClick: ask }, T.bypass.button)))
    );
  }

  /* What `submit` and `approve` are told about the time of publication. */
  const publishAt = (release) => (release.mode === 'at' && release.at ? release.at + ':00+08:00' : null);

  Object.assign(tonglan, { Publish, publishAt });
})();
