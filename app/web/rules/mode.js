/* 平战: which mode the city is in, since when, by whom and why; who may switches it, with a reason. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, classes, ruleTexts } = tonglan;

  function RuleMode({ changed }) {
    const texts = ruleTexts.mode;
    const found = tonglan.useData('/api/v1/modes');
    const [asking, setAsking] = React.useState(false);
    const [reason, setReason] = React.useState('');
    const [failure, setFailure] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const mode = found.data;
    if (found.failure && !mode) return h(tonglan.Failure, { failure: found.failure, again: found.reload });
    if (!mode) return null;
    const close = () => { setAsking(false); setReason(''); setFailure(null); };
    async function send(event) {
      event.preventDefault();
      setBusy(true);
      try {
        await api.post('/api/v1/modes', { wartime: !mode.wartime, reason: reason.trim() });
        close();
        found.reload();
        tonglan.lookAtMode();
        changed();
      } catch (wrong) {
        setFailure(wrong);
      }
      setBusy(false);
    }
    const since = mode.switched;
    return h('div', { className: classes('yw-rule-mode', mode.wartime && 'yw-rule-war'), role: 'group', 'aria-label': texts.label },
      h('p', { role: 'status' }, h('b', null, mode.wartime ? texts.war : texts.peace), h('span', null, since ? texts.since(since) : texts.never),
        mode.may_switch && !asking && h('button', { type: 'button', className: 'yw-button', onClick: () => setAsking(true) }, mode.wartime ? texts.toPeace : texts.toWar)),
      asking && h('form', { onSubmit: send }, h('small', null, mode.wartime ? texts.peaceMeans : texts.warMeans),
        h('label', null, h('small', null, texts.reason), h('input', { className: 'yw-field', autoFocus: true, value: reason, maxLength: 500, placeholder: texts.reasonHint, onChange: (event) => setReason(event.target.value) })),
        failure && h(tonglan.Failure, { failure }),
        h('div', { className: 'yw-rule-acts' }, h('button', { type: 'button', className: 'yw-button', onClick: close }, ruleTexts.cancel),
          h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: busy || reason.trim().length < 2 }, mode.wartime ? texts.toPeace : texts.toWar))));
  }
  tonglan.RuleMode = RuleMode;
})();
