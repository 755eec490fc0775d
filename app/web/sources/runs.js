/* The record of runs: each row opens to what was refused and why. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, sourceTexts: texts } = tonglan;

  function result(run) {
    if (run.ok === null) return texts.running;
    return run.ok ? texts.ok : texts.failed;
  }

  function Details({ run }) {
    return h('tr', { className: 'yw-s-more' }, h('td', { colSpan: 7 },
      run.error && h('p', { className: 'yw-s-error' }, run.error),
      run.notes.map((note) => h('p', { key: note, className: 'yw-s-note' }, note)),
      run.refusals.length > 0 && h('ul', null, run.refusals.map((one, at) => h('li', { key: at }, h('b', null, texts.refusedRow(one.row)), one.reason))),
      h('p', { className: 'yw-t3' }, [texts.onlyFirst(run.refusals.length, run.refused), texts.size(run.bytes), run.http_status ? 'HTTP ' + run.http_status : '', run.watermark, run.id].filter(Boolean).join(' · '))));
  }

  function Run({ run, now }) {
    const [open, setOpen] = React.useState(false);
    const more = Boolean(run.error || run.refused || run.notes.length || run.bytes || run.watermark);
    const what = run.span ? run.cause_title + ' ' + run.span.slice(5) : run.cause_title;
    return [
      h('tr', { key: 'row', className: classes('yw-s-run', run.ok === false && 'yw-s-bad') },
        h('td', null, h('button', { type: 'button', className: 'yw-plain', disabled: !more, 'aria-expanded': more ? open : undefined, onClick: () => setOpen(!open) }, h('i', { 'aria-hidden': true }, more ? (open ? '▾' : '▸') : ''), texts.moment(run.started, now))),
        h('td', null, what),
        h('td', null, h('span', { className: 'yw-s-result' }, result(run), run.notes.length > 0 && run.ok && h('span', { className: 'yw-tag yw-tag-warn' }, '!'))),
        h('td', { className: 'yw-num' }, run.read), h('td', { className: 'yw-num' }, run.kept),
        h('td', { className: classes('yw-num', run.refused > 0 && 'yw-s-refused') }, run.refused), h('td', { className: 'yw-num' }, texts.seconds(run.seconds))),
      open && h(Details, { key: 'more', run }),
    ];
  }

  function SourceRuns({ id, turn, now }) {
    const [more, setMore] = React.useState([]);
    const [next, setNext] = React.useState(null);
    const path = '/api/v1/sources/' + encodeURIComponent(id) + '/runs';
    const first = tonglan.useData(path);
    React.useEffect(() => {
      setMore([]);
      setNext(null);
      first.reload();
    }, [id, turn]);
    const page = first.data;
    if (first.failure) return h(tonglan.Failure, { failure: first.failure, again: first.reload });
    if (!page) return h('p', { className: 'yw-s-empty' }, first.slow ? texts.loading : '');
    const items = page.items.concat(more), mark = more.length ? next : page.next;
    if (!items.length) return h('p', { className: 'yw-s-empty' }, texts.noRuns);
    const older = () => tonglan.api.get(path + '?next=' + encodeURIComponent(mark)).then((answer) => (setMore(more.concat(answer.items)), setNext(answer.next)), () => undefined);
    return h(React.Fragment, null, h('table', { className: 'yw-grid yw-s-runs' },
      h('thead', null, h('tr', null, texts.runColumns.map((name, at) => h('th', { key: name, scope: 'col', className: at > 2 ? 'yw-num' : undefined }, name)))),
      h('tbody', null, items.map((run) => h(Run, { key: run.id, run, now })))),
      mark && h('button', { type: 'button', className: 'yw-button yw-s-older', onClick: older }, texts.more));
  }
  tonglan.SourceRuns = SourceRuns;
})();
