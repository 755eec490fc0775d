/* Step 4 and 5: what the reviewer sees and decides, and what the uploader waits for. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, clock, format, desk, deskActs, deskState, work } = tonglan;
  const { Card, Button, Segments, Field, Input, Notice } = work;
  const T = tonglan.uploadTexts;
  const by = (one) => (one && (one.name || one.title || one)) || '';

  /* Passing or returning; a return needs its reason. */
  function Decision() {
    const submission = desk.use((state) => state.submission);
    const sending = desk.use((state) => state.sending);
    const [note, setNote] = React.useState('');
    const [when, setWhen] = React.useState('now');
    const [at, setAt] = React.useState('');
    const can = (action) => deskState.can(submission, action);
    const waits = deskState.busy(submission) || sending !== '';
    const approve = () => desk.set({ asking: {
      title: T.review.ask, text: when === 'at' ? T.review.askAt(at.replace('T', ' ')) : T.review.askText(submission.title || submission.layer), yes: T.review.approve,
      act: () => deskActs.transition('approve', Object.assign({ note: note.trim() }, when === 'at' && { publish_at: at + ':00+08:00' })),
    } });
    return h(
      Card,
      { title: T.review.title, note: submission.state_title, className: 'yw-decision' },
      h('div', { className: 'yw-publish-body' },
        h('dl', { className: 'yw-work-facts' }, [[T.review.from, by(submission.created_by)], [T.review.at, clock.minute(submission.updated_at)], [T.about.note, submission.about && submission.about.note], [T.about.classification, (submission.described || submission.about || {}).classification]]
          .filter(([, fact]) => fact).map(([name, fact]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, fact)])),
        h('textarea', { className: 'yw-input yw-input-long', rows: 3, value: note, maxLength: 500, 'aria-label': T.review.note, placeholder: T.review.note, onChange: (event) => setNote(event.target.value) }),
        can('approve') && h(Segments, { label: T.review.when, value: when, options: T.review.whens, onChange: setWhen }),
        can('approve') && when === 'at' && h(Field, { label: T.release.at }, h(Input, { type: 'datetime-local', value: at, onChange: (event) => setAt(event.target.value) })),
        !can('approve') && submission.state === 'submitted' && h('p', { className: 'yw-t3', role: 'status' }, T.review.building),
        h('div', { className: 'yw-decision-foot' },
          can('return') && h(Button, { disabled: waits || !note.trim(), title: note.trim() ? undefined : T.review.needNote, onClick: () => deskActs.transition('return', { note: note.trim() }) }, T.review.back),
          can('publish') && submission.state === 'approved' && h(Button, { kind: 'line', disabled: waits, onClick: () => deskActs.transition('publish', { note: note.trim() }) }, T.review.now),
          can('approve') && h(Button, { kind: 'main', disabled: waits || (when === 'at' && !at), onClick: approve }, when === 'at' ? T.review.approveAt : T.review.approve)))
    );
  }

  function Waiting() {
    const submission = desk.use((state) => state.submission);
    const { state } = submission;
    const said = { submitted: T.waiting.submitted, approved: T.waiting.approved(submission.publish_at ? clock.minute(submission.publish_at) : ''), withdrawn: T.waiting.withdrawn }[state];
    if (state === 'published') {
      const number = submission.version ? submission.version.number : submission.live && submission.live.number;
      return h(Notice, { text: T.waiting.published(number, submission.live && submission.live.number), tone: 'ok', tools: [
        h('a', { key: 'map', className: 'yw-button yw-act yw-act-line', href: '/?layers=' + encodeURIComponent(submission.layer) }, T.waiting.onMap),
        h('a', { key: 'layer', className: 'yw-button yw-act', href: '/layers/' + encodeURIComponent(submission.layer) }, T.waiting.layer)] });
    }
    return said ? h(Notice, { text: said }) : null;
  }

  function History({ items }) {
    if (!items.length) return null;
    return h(Card, { title: T.history.title, className: 'yw-history' }, h('ol', null, [...items].reverse().map((one, n) => h('li', { key: n },
      h('time', null, clock.minute(one.at)), h('div', null, h('b', null, T.history.actions[one.action] || one.action), h('span', { className: 'yw-t3' }, ' ' + by(one.by)), one.note && h('p', null, one.note))))));
  }

  function Evidence() {
    const submission = desk.use((state) => state.submission);
    const { report } = submission;
    if (!report) return null;
    const { crs, encoding, checks } = report;
    const rows = [
      [T.found.format, report.format, encoding && report.format_evidence === (encoding.evidence || []).join(';') ? submission.file.name : report.format_evidence],
      encoding && [T.found.encoding, encoding.shown, (encoding.evidence || []).join(';')],
      crs && [T.found.crs, tonglan.crsTitle(((crs.candidates || []).find((one) => one.chosen) || {}).title || crs.decided), (crs.evidence || []).join(';')],
      checks && [T.checks.title, T.review.passed(format.count(checks.passed), format.count(checks.total)), checks.issues.map((one) => one.item + ':' + one.problem + (one.fixed ? T.review.fixed : '')).join(';') || T.checks.clean],
    ].filter(Boolean);
    return h('dl', { className: 'yw-ev yw-ev-short' }, rows.map(([name, value, why]) => [h('dt', { key: name }, name), h('dd', { key: name + '1' }, h('b', null, value)), h('dd', { key: name + '2', className: 'yw-ev-why' }, h('span', { title: why }, why))]));
  }

  function ReviewStep() {
    const submission = desk.use((state) => state.submission);
    const judge = ['approve', 'return'].some((action) => deskState.can(submission, action)) || (submission.state === 'submitted' && desk.get().boot.work.review && (submission.created_by || {}).id !== (desk.get().boot.user || {}).id);
    const editable = ['checked', 'returned'].includes(submission.state);
    return h(
      'div',
      { className: 'yw-up-grid yw-up-review' },
      h('div', { className: 'yw-up-main' },
        h(tonglan.FileCard, { fixed: !editable }),
        !judge && h(Waiting), h(tonglan.Standing),
        !editable && h(Card, { title: T.review.evidence, note: T.review.evidenceNote, className: 'yw-found', tools: submission.report && h('a', { className: 'yw-button yw-act', href: '/api/v1/submissions/' + submission.id + '/report.xlsx', download: '' }, T.checks.report) }, h('div', { className: 'yw-found-body' }, h(Evidence))),
        h(tonglan.Changes)),
      h('div', { className: 'yw-up-side' },
        judge && h(Decision),
        editable && h(tonglan.StylePanel, { large: true }),
        h(tonglan.Publish),
        h(History, { items: submission.history || [] }))
    );
  }

  tonglan.ReviewStep = ReviewStep;
})();
