/* The page 数据接入: refreshers at the left, the chosen one with its runs at the right. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, sourceTexts: texts, SourceButton: Button } = tonglan;
  const EVERY = 15000, BUSY = 1500; // ms after which the page asks anew; sooner while a job runs
  const OPEN = ['queued', 'running'];

  function Held({ one, decide }) {
    const waiting = one.batches.filter((batch) => batch.state === 'held');
    const others = one.batches.filter((batch) => batch.state !== 'held').slice(0, 3);
    if (!one.batches.length) return null;
    return h('div', { className: 'yw-s-held' }, h('h3', null, texts.heldTitle),
      waiting.map((batch) => h('div', { key: batch.id, className: 'yw-s-batch yw-s-waits' }, h('p', null, batch.reason),
        h('small', null, texts.moment(batch.at) + ' · ' + texts.heldCount(batch)), one.may.decide && h(Button, { primary: true, onClick: () => decide(batch) }, texts.look))),
      others.map((batch) => h('div', { key: batch.id, className: 'yw-s-batch' }, h('small', null, texts.moment(batch.at) + ' · ' + batch.count + ' · ' + batch.state_title), h('small', null, texts.decided(batch)))));
  }

  function Jobs({ one, base, done }) {
    const job = one.jobs[0];
    if (!job) return null;
    const open = OPEN.includes(job.state);
    const cancel = () => tonglan.api.remove(base + '/jobs/' + job.id).then(done, done);
    return h('p', { className: job.state === 'failed' ? 'yw-s-job yw-s-error' : 'yw-s-job', role: 'status' }, open ? texts.progress(job) : texts.jobEnded(job),
      open && job.progress && h('progress', { max: job.progress.of, value: job.progress.done }),
      open && one.may.refresh && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: cancel }, texts.cancel));
  }

  function Facts({ one }) {
    const rows = [[texts.owner, one.owner], [texts.source, one.source_title || one.source], [texts.schedule, texts.every(one.schedule)], ...one.setup.map((part) => [part.name, part.text])];
    return h('dl', { className: 'yw-facts yw-s-facts' }, rows.filter(([, text]) => text).map(([name, text]) => h(React.Fragment, { key: name }, h('dt', null, name), h('dd', null, text))),
      h('dt', null, texts.brings), h('dd', null, one.indicators.map((each) => h('a', { key: each.id, href: '/indicator/' + each.id, className: 'yw-s-link' }, each.title))));
  }

  function Detail({ id, changed }) {
    const base = '/api/v1/sources/' + encodeURIComponent(id);
    const data = tonglan.useData(base);
    const [asking, setAsking] = React.useState(null);
    const [turn, setTurn] = React.useState(0);
    const one = data.data;
    const busy = Boolean(one && one.jobs[0] && OPEN.includes(one.jobs[0].state));
    function again() {
      data.reload();
      setTurn((now) => now + 1);
      changed();
    }
    React.useEffect(() => {
      const timer = setInterval(again, busy ? BUSY : EVERY);
      return () => clearInterval(timer);
    }, [id, busy]);
    const act = tonglan.useSourceAct(again);
    const close = () => setAsking(null);
    if (data.failure && !one) return h('section', { className: 'yw-card yw-s-detail' }, h(tonglan.Failure, { failure: data.failure, again: data.reload }));
    if (!one || one.id !== id) return h('section', { className: 'yw-card yw-s-detail' });
    const Asked = asking && tonglan.sourceDialogs[asking.what];
    const pulls = one.kind !== 'push', off = Boolean(one.pause);
    return h('section', { className: 'yw-card yw-s-detail', 'aria-label': one.id },
      h('h2', null, h('span', { className: 'yw-s-title' }, one.indicators.map((each) => each.title).join('、') || one.id), h('small', null, one.id), h('span', { className: 'yw-grow' }), h(tonglan.SourceState, { one })),
      h('div', { className: 'yw-s-acts' },
        one.may.refresh && pulls && h(Button, { primary: true, disabled: act.busy || off || busy, onClick: () => act.run(() => tonglan.api.post(base + '/runs')) }, texts.runNow),
        one.may.refresh && pulls && h(Button, { disabled: off || busy || !one.by_time, title: one.by_time ? undefined : texts.notByTime, onClick: () => setAsking({ what: 'fill' }) }, texts.fill),
        one.may.refresh && pulls && h(Button, { onClick: () => setAsking({ what: 'test' }) }, texts.test),
        one.may.decide && pulls && h(Button, { disabled: act.busy, onClick: () => (off ? act.run(() => tonglan.api.post(base + '/state', { enabled: true })) : setAsking({ what: 'off' })) }, off ? texts.on : texts.off)),
      h('div', { className: 'yw-s-body' },
        act.failure && h('p', { className: 'yw-s-error', role: 'alert' }, act.failure.detail || act.failure.title),
        off && h('p', { className: 'yw-s-pause' }, texts.pausedBy(one.pause)),
        one.failures > 0 && one.last && h('div', { className: 'yw-s-trouble' }, h('p', { className: 'yw-s-error' }, one.last.error),
          h('small', null, texts.failedRow(one.failures) + ' · ' + (one.last_ok ? texts.lastOk(texts.moment(one.last_ok)) : texts.neverOk) + (one.state === 'open' ? ' · ' + texts.openUntil(texts.moment(one.next)) : ''))),
        h(Held, { one, decide: (batch) => setAsking({ what: 'batch', batch }) }),
        h(Jobs, { one, base, done: again }),
        pulls && h(React.Fragment, null, h('h3', null, texts.runs), h(tonglan.SourceRuns, { id, turn })),
        h('h3', null, texts.setup), h(Facts, { one })),
      Asked && h(Asked, { base, batch: asking.batch, close, done: again }));
  }

  function SourcesPage() {
    const asked = new URLSearchParams(window.location.search).get('id');
    const [chosen, setChosen] = React.useState(asked);
    const list = tonglan.useData('/api/v1/sources');
    const items = list.data && list.data.items;
    const id = chosen || (items && items.length ? items[0].id : null);
    React.useEffect(() => {
      const timer = setInterval(list.reload, EVERY);
      return () => clearInterval(timer);
    }, []);
    function choose(next) {
      setChosen(next);
      const query = new URLSearchParams(window.location.search);
      query.set('id', next);
      window.history.replaceState(null, '', '?' + query);
    }
    return h(tonglan.WorkPage, { page: 'sources', title: texts.title, ready: Boolean(items || list.failure) },
      h('div', { className: 'yw-sources' }, h(tonglan.SourceList, { list, chosen: id, choose }),
        id ? h(Detail, { id, changed: list.reload }) : h('section', { className: 'yw-card yw-s-detail' }, h('p', { className: 'yw-s-empty' }, items ? texts.choose : ''))));
  }
  tonglan.pages.sources = SourcesPage;
})();
