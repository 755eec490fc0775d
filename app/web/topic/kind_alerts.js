/* 处置: the open alerts of the topic hereabouts, the gravest with its state and what can be done. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, topicTexts } = tonglan;
  const FEW = 2; // alerts in the card; the alert centre has them all
  const AGAIN = 30000; // ms between readings

  const centre = (more) => '/alerts?' + new URLSearchParams(Object.assign({ theme: board.get().view.theme }, more));

  /* Alerts as the server lists them: gravest first; null until the first answer. */
  function useAlerts({ topic, region }, asOf) {
    const [found, setFound] = React.useState(null);
    const [turn, setTurn] = React.useState(0);
    React.useEffect(() => {
      const stop = new AbortController();
      const query = new URLSearchParams(Object.assign({ topic, region, open: 1, limit: FEW }, asOf ? { as_of: asOf } : {}));
      const read = () => document.hidden || tonglan.api.get('/api/v1/alerts?' + query, { signal: stop.signal }).then(
        (answer) => setFound({ region, answer }), (wrong) => stop.signal.aborted || setFound({ region, wrong }));
      tonglan.painted().then(() => stop.signal.aborted || read()); // numbers and curves first
      const timer = asOf ? 0 : setInterval(read, AGAIN);
      return () => {
        stop.abort();
        clearInterval(timer);
      };
    }, [topic, region, asOf, turn]);
    return [found && found.region === region ? found : null, () => setTurn((n) => n + 1)];
  }

  function Acknowledge({ alert, done }) {
    const [trouble, setTrouble] = React.useState('');
    const work = board.use((state) => state.boot.work);
    if (alert.state !== '未确认' || board.get().view.as_of || !work || !work.signed) return null;
    const act = () => tonglan.api.post('/api/v1/alerts/' + encodeURIComponent(alert.id) + '/ack').then(done, (wrong) => setTrouble(wrong.message));
    return h(React.Fragment, null, h('button', { type: 'button', className: 'yw-button', onClick: act }, topicTexts.acknowledge), trouble && h('small', { role: 'alert', className: 'yw-tp-alerttrouble' }, trouble));
  }

  function Alert({ alert, first, done }) {
    const at = alert.site ? { onMouseEnter: () => tonglan.acts.hover(alert.site), onMouseLeave: () => tonglan.acts.hover(null) } : {};
    const said = [alert.place, alert.state, alert.elapsed_text, alert.case && topicTexts.caseIs(alert.case.state)].filter(Boolean).join(' · ');
    return h('li', Object.assign({ className: classes('yw-tp-alert', alert.state === '未确认' && 'yw-tp-unseen') }, at),
      tonglan.AlertShape ? h(tonglan.AlertShape, { level: alert.level }) : h('b', { className: 'yw-tp-class' }, alert.level),
      h('a', { href: centre({ alert: alert.id }) }, alert.drill && '演练 ', alert.title), h('small', null, said), first && h(Acknowledge, { alert, done }));
  }

  tonglan.topicKinds.alerts = function Alerts({ panel }) {
    const asOf = board.use((state) => state.view.as_of);
    const [found, again] = useAlerts(panel.data, asOf);
    if (!found) return h('p', { className: 'yw-tp-noalert' }, '');
    if (found.wrong) return h('p', { className: 'yw-tp-noalert', role: 'status' }, topicTexts.failed + ' ' + found.wrong.message);
    const { items, total } = found.answer;
    if (!items.length) return h('p', { className: 'yw-tp-noalert' }, topicTexts.noAlert(panel.data.place));
    return h('ul', { className: 'yw-tp-alerts', 'aria-label': panel.title }, items.map((alert, n) => h(Alert, { key: alert.id, alert, first: n === 0, done: again })),
      total > items.length && h('li', null, h('a', { className: 'yw-link', href: centre({ topic: panel.data.topic }) }, topicTexts.allAlerts(total))));
  };
})();
