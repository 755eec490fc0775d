/* /upload and /upload/{id}: the wizard's five steps on one page. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, desk, deskActs, deskState, work, workFrame } = tonglan;
  const { Button, Bones, Card } = work;
  const { Page, Steps, LostBar, NoticeBar, Foot, Asking } = workFrame;
  const T = tonglan.uploadTexts;

  function CheckStep() {
    const submission = desk.use((state) => state.submission);
    const locked = !['received', 'asking', 'checked', 'returned'].includes(submission.state) || !deskState.mine(submission);
    return h(
      'div',
      { className: 'yw-up-grid' },
      h('div', { className: 'yw-up-main' }, h(tonglan.FileCard, { fixed: locked }), h(tonglan.Standing), h(tonglan.Question), submission.state !== 'refused' && h(tonglan.Findings, { locked }), submission.state !== 'refused' && h(tonglan.Checks, { locked })),
      h('div', { className: 'yw-up-side' }, submission.state !== 'refused' && h(tonglan.StylePanel, { locked }), h(tonglan.Publish, { locked }))
    );
  }

  /* The sentence at the foot, and how grave it is. */
  function hint(state, step) {
    const { submission } = state;
    if (!submission) return [tonglan.chooseReady(state) || T.foot.ready, null];
    if (deskState.busy(submission)) return [T.foot.busy, null];
    if (submission.question) return [T.foot.asking, 'warn'];
    const checks = submission.report && submission.report.checks;
    if (step <= 2 && checks && checks.manual) return [T.foot.manual(checks.manual), 'warn'];
    if (step <= 2 && checks && checks.fixable) return [T.foot.fixable(checks.fixable), 'warn'];
    if (submission.report && submission.report.schema && submission.report.schema.compatible === false && !submission.answers.accept_schema) return [T.foot.schema, 'warn'];
    return [T.foot.states[submission.state] || '', null];
  }

  function Feet() {
    const state = desk.use((all) => all);
    const { submission, sending } = state;
    const step = deskState.stepOf(state);
    const [said, tone] = hint(state, step);
    const can = (action) => deskState.can(submission, action);
    const busy = deskState.busy(submission) || sending !== '';
    const go = (n) => () => deskActs.step(n);
    const withdraw = () => desk.set({ asking: { title: T.withdraw.title, text: T.withdraw.text, yes: T.withdraw.yes, act: () => deskActs.transition('withdraw') } });
    const buttons = [];
    if (!submission) {
      const lacks = tonglan.chooseReady(state);
      buttons.push(h(Button, { key: 'next', kind: 'main', className: 'yw-big', disabled: Boolean(lacks) || sending !== '', onClick: deskActs.begin }, T.foot.next[0]));
      return h(Foot, { hint: said, tone }, buttons);
    }
    if (can('withdraw') && step <= 3) buttons.push(h(Button, { key: 'withdraw', className: 'yw-big', disabled: sending !== '', onClick: withdraw }, T.withdraw.button));
    if (step === 3 && ['checked', 'returned'].includes(submission.state)) buttons.push(h(Button, { key: 'back', className: 'yw-big', onClick: go(2) }, T.foot.back));
    if (step === 2) buttons.push(h(Button, { key: 'back', className: 'yw-big', onClick: go(1) }, T.foot.back));
    if (step === 1 && submission.state !== 'refused') buttons.push(h('a', { key: 'back', className: 'yw-button yw-act yw-big', href: '/upload?layer=' + encodeURIComponent(submission.layer) }, T.foot.back));
    if (['received', 'asking', 'checked', 'returned'].includes(submission.state)) buttons.push(h(Button, { key: 'save', className: 'yw-big', onClick: deskActs.flush }, T.foot.save));
    if (submission.state === 'refused') buttons.push(h('a', { key: 'other', className: 'yw-button yw-act yw-act-main yw-big', href: '/upload?layer=' + encodeURIComponent(submission.layer) }, T.file.other));
    else if (step === 1) buttons.push(h(Button, { key: 'next', kind: 'main', className: 'yw-big', disabled: deskState.reached(submission) < 2, onClick: go(2) }, T.foot.next[1]));
    if (step === 2) buttons.push(h(Button, { key: 'next', kind: 'main', className: 'yw-big', disabled: deskState.reached(submission) < 2 || busy, onClick: go(3) }, T.foot.next[2]));
    if (step === 3 && can('submit')) buttons.push(h(Button, { key: 'submit', kind: 'main', className: 'yw-big', disabled: busy, onClick: submit }, T.foot.next[3]));
    if (step === 3 && can('publish') && !can('approve') && submission.state !== 'approved') buttons.push(h(Button, { key: 'publish', kind: can('submit') ? 'line' : 'main', className: 'yw-big', disabled: busy, onClick: () => deskActs.transition('publish', tonglan.publishAt(state.release) ? { publish_at: tonglan.publishAt(state.release) } : {}) }, T.foot.publish));
    if (step === 4) buttons.push(h('a', { key: 'list', className: 'yw-button yw-act yw-big', href: '/submissions' }, T.foot.list), h('a', { key: 'again', className: 'yw-button yw-act yw-act-main yw-big', href: '/upload' }, T.foot.again));
    return h(Foot, { hint: said, tone }, buttons);
  }

  /* The wish for a time goes to the reviewer as words: the decision is his. */
  function submit() {
    const { release } = desk.get();
    const note = release.mode === 'at' && release.at ? T.release.wishAt(release.at.replace('T', ' ')) : release.mode === 'now' ? T.release.wishNow : '';
    return deskActs.transition('submit', note ? { note } : {});
  }

  function Missing({ failure }) {
    return h('div', { className: 'yw-up-grid yw-up-alone' }, h('div', { className: 'yw-up-main' }, h(Card, { title: T.missing }, h(tonglan.Failure, { failure: Object.assign({ title: failure.text, detail: '' }, failure), again: deskActs.look }),
      h('p', { className: 'yw-missing-links' }, T.links.map(([href, title]) => h('a', { key: href, className: 'yw-button yw-act', href }, title))))));
  }

  function Loading() {
    return h('div', { className: 'yw-up-grid' }, h('div', { className: 'yw-up-main' }, h(Card, null, h(Bones, { rows: 2 })), h(Card, { title: T.found.title }, h(Bones, { rows: 4 })), h(Card, { title: T.checks.title }, h(Bones, { rows: 5 }))),
      h('div', { className: 'yw-up-side' }, h(Card, { title: T.style.title }, h(Bones, { rows: 5 })), h(Card, { title: T.release.title }, h(Bones, { rows: 4 }))));
  }

  function UploadPage({ named }) {
    const id = desk.use((state) => state.id);
    const submission = desk.use((state) => state.submission);
    const failure = desk.use((state) => state.failure);
    const slow = desk.use((state) => state.slow);
    const layers = desk.use((state) => state.layers);
    const lost = desk.use((state) => state.lost);
    const step = desk.use(deskState.stepOf);
    React.useEffect(tonglan.startDesk, []);
    const fresh = !id && !(named && named.submission);
    const ready = fresh ? layers !== null || Boolean(lost) : Boolean(submission || failure || lost);
    const body = failure && !submission ? h(Missing, { failure })
      : submission ? h(step >= 3 ? tonglan.ReviewStep : CheckStep)
        : fresh ? h(tonglan.Choose) : slow && h(Loading);
    return h(
      Page,
      { page: 'upload', title: T.screen, topic: submission && (submission.topic || (submission.about || {}).topic), ready, stale: Boolean(lost) },
      h(Steps), h(LostBar), h(NoticeBar),
      h('div', { id: 'yw-work', className: 'yw-up-body', tabIndex: -1 }, body),
      !(failure && !submission) && h(Feet),
      submission && h(tonglan.RowEditor), h(Asking)
    );
  }

  tonglan.pages.upload = UploadPage;
  tonglan.pages.submission = UploadPage;
})();
