/* Around the wizard: top line, stepper, bars of trouble, foot with the next step. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, desk, deskActs, deskState, Lamp, work } = tonglan;
  const T = tonglan.uploadTexts;

  /* "智慧水务 · 数据专员": the person's role where the work belongs. */
  function whose(boot, topic) {
    const held = (boot.user && boot.user.grants) || [];
    const fits = held.filter((one) => !one.topic || !topic || one.topic === topic);
    const best = ['reviewer', 'clerk', 'admin', 'duty', 'leader', 'auditor', 'viewer'].map((role) => fits.find((one) => one.role === role)).find(Boolean);
    const named = (boot.topics || []).find((one) => one.id === (topic || (best && best.topic)));
    return [named && named.title, best && T.roles[best.role]].filter(Boolean).join(' · ');
  }

  function Saved() {
    const saving = desk.use((state) => state.saving);
    const waits = desk.use((state) => Object.keys(state.pending).length > 0);
    const at = desk.use((state) => state.savedAt);
    const mine = desk.use((state) => ['checked', 'asking', 'received', 'returned'].includes(state.submission && state.submission.state) && deskState.mine(state.submission));
    if (!mine) return null;
    const text = saving || waits ? T.saving : at ? T.saved(clock.minute(at)) : null;
    return text && h('span', { className: 'yw-chip', role: 'status' }, text);
  }

  /* The page of the wizard: header with role and saving state, what stands between, foot. */
  function Page({ page, title, topic, ready, stale, children }) {
    const boot = desk.use((state) => state.boot);
    const head = [h('span', { key: 'whose', className: 'yw-whose' }, whose(boot, topic)), h(Saved, { key: 'saved' })];
    return h(tonglan.WorkPage, { page, title, head, ready }, h('div', { className: classes('yw-up', stale && 'yw-up-stale') }, children));
  }

  function Steps() {
    const submission = desk.use((state) => state.submission);
    const at = desk.use(deskState.stepOf);
    const reached = deskState.reached(submission);
    const open = (n) => submission && n > 0 && n <= Math.max(reached, reached === 2 ? 3 : 0) && n !== at;
    return h(
      'ol',
      { className: 'yw-steps', 'aria-label': T.steps.label },
      T.steps.names.map((name, n) => {
        const done = n < at || (n < reached && n !== at) || (n === 4 && reached === 4);
        const mark = h('i', { 'aria-hidden': true }, done ? '✓' : n + 1);
        const inside = [h(React.Fragment, { key: 'mark' }, mark), h('span', { key: 'name' }, name), done && h('span', { key: 'said', className: 'yw-unseen' }, T.steps.done)];
        return h('li', { key: name, className: classes('yw-step', done && n !== at && 'yw-step-done', n === at && 'yw-step-on', done && n === at && 'yw-step-over'), 'aria-current': n === at ? 'step' : undefined },
          open(n) ? h('button', { type: 'button', className: 'yw-plain', onClick: () => deskActs.step(n === reached ? null : n) }, inside) : h('span', null, inside));
      })
    );
  }

  function LostBar() {
    const lost = desk.use((state) => state.lost);
    const [, tick] = React.useState(0);
    React.useEffect(() => {
      if (!lost) return undefined;
      const timer = setInterval(() => tick((n) => n + 1), 1000);
      return () => clearInterval(timer);
    }, [lost]);
    return lost && h('div', { className: 'yw-bar-line yw-bar-work', role: 'status' }, T.lost(clock.elapsed(Date.now() - lost)),
      h(work.Button, { onClick: deskActs.look }, T.retry));
  }

  function NoticeBar() {
    const notice = desk.use((state) => state.notice);
    if (!notice) return null;
    const close = h(work.Button, { onClick: () => desk.set({ notice: null }), 'aria-label': T.closeNotice }, T.close);
    return h('div', { className: 'yw-notice-bar' }, h(work.Notice, { text: notice.text, tone: notice.tone, tools: close }));
  }

  function Foot({ hint, tone, children }) {
    return h('footer', { className: 'yw-foot' }, hint && h('p', { className: 'yw-foot-hint', role: 'status' }, tone && h(Lamp, { lamp: tone, quiet: true }), hint),
      h('span', { className: 'yw-grow' }), children);
  }

  /* A question before what cannot be taken back: {title, text, yes, act, note}. */
  function Asking() {
    const asking = desk.use((state) => state.asking);
    const [note, setNote] = React.useState('');
    React.useEffect(() => setNote(''), [asking]);
    if (!asking) return null;
    const close = () => desk.set({ asking: null });
    const short = asking.note === 'must' && !note.trim();
    return h(work.Dialog, { title: asking.title, onClose: close, className: 'yw-dialog-small', foot: [
      h(work.Button, { key: 'no', onClick: close }, T.cancel),
      h(work.Button, { key: 'yes', kind: 'main', disabled: short, onClick: () => asking.act(note.trim()) }, asking.yes),
    ] }, h('p', null, asking.text),
    asking.note && h('textarea', { className: 'yw-input yw-input-long', rows: 3, value: note, 'aria-label': asking.noteLabel, placeholder: asking.noteLabel, onChange: (event) => setNote(event.target.value) }));
  }

  tonglan.workFrame = { Page, Steps, LostBar, NoticeBar, Foot, Saved, Asking, whose };
})();
