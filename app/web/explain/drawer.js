/* The drawer 解释这个数: header, value and curve, sections, actions. One on every page. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, explain, explainTexts: texts, clock, Lamp } = tonglan;
  const { ExplainCurve, ExplainHow, ExplainFrom, ExplainShares, ExplainRevisions, ExplainVersions, ExplainResponsible } = tonglan;

  const AGAIN = 30000; // ms after which an open explanation is asked for again

  function Skeleton() {
    const lines = [30, 46, 90, 60, 100, 100, 72, 84];
    return h('div', { className: 'yw-x-bones', 'aria-label': texts.loading }, lines.map((width, n) => h('i', { key: n, style: { width: width + '%' } })));
  }

  function Head({ trail, heading }) {
    const here = trail[trail.length - 1];
    return h('header', { className: 'yw-x-head' },
      trail.length > 1 && h('button', { type: 'button', className: 'yw-x-back', title: texts.back, 'aria-label': texts.back, onClick: explain.back }, '←'),
      h('h2', { ref: heading, tabIndex: -1, id: 'yw-x-title' }, texts.title),
      h('code', null, here.indicator),
      h('span', { className: 'yw-grow' }),
      h('button', { type: 'button', className: 'yw-chip yw-x-close', 'aria-label': texts.closeHint, onClick: explain.close }, texts.close));
  }

  /* Against the target, compared, and what is doubtful, right of the value. */
  function Verdict({ data }) {
    const { target, comparison, status, freshness } = data;
    const marks = [data.class, (status === 'not_monitored' && data.idle) || texts.statuses[status], data.latest && freshness.text].filter(Boolean);
    return h('div', { className: 'yw-x-verdict' },
      target && target.text && h('p', null, h('b', null, target.of + target.text), '(' + target.limit + ')'),
      comparison && h('p', { className: comparison.tone === 'bad' ? 'yw-x-bad' : 'yw-x-t2' }, comparison.label + ' ' + comparison.arrow + comparison.text,
        comparison.before && h('span', { className: 'yw-t3' }, ' · ' + texts.beforeValue(comparison.before.label, comparison.before.text))),
      marks.length > 0 && h('p', { className: 'yw-x-t2' }, marks.join(' · ')));
  }

  function Value({ data }) {
    const bad = data.lamp === 'bad' ? 'yw-x-bad' : '';
    const stale = data.latest && (data.freshness.state === 'late' || data.freshness.state === 'dead');
    return h('section', { className: 'yw-x-top' },
      h('div', { className: 'yw-x-name' }, h(Lamp, { lamp: data.lamp }), h('span', null, data.title + ' · ' + data.region.name), h('small', null, data.period_text)),
      h('div', { className: 'yw-x-row' },
        h('div', null,
          h('div', { className: classes('yw-x-value', bad, stale && 'yw-x-stale') }, data.written.text, h('u', null, data.written.unit)),
          data.written.exact && h('small', { className: 'yw-t3' }, texts.exact + ' ' + data.written.exact)),
        h(Verdict, { data })),
      h('p', { className: 'yw-x-sentence' }, data.sentence),
      h(ExplainCurve, { history: data.history, tone: data.lamp }));
  }

  const absolute = (path) => window.location.origin + path;

  /* Without the clipboard API (plain http) a selected text area still copies. */
  async function toClipboard(text) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch (refused) {
        // asked for and refused: the old way below
      }
    }
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'yw-unseen';
    const drawer = document.querySelector('.yw-x-drawer') || document.body;
    drawer.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }

  function Actions({ data }) {
    const [said, setSaid] = React.useState('');
    const text = data.citation.replace(data.links.explain, absolute(data.links.explain));
    const copy = async () => setSaid((await toClipboard(text)) ? texts.copied : texts.copyFailed);
    React.useEffect(() => setSaid(''), [data]);
    return h('footer', { className: 'yw-x-foot' },
      said === texts.copyFailed && h('textarea', { className: 'yw-field', readOnly: true, value: text, rows: 3, 'aria-label': texts.copy }),
      h('div', { className: 'yw-x-buttons' },
        data.links.map && h('a', { className: 'yw-button yw-primary', href: data.links.map }, texts.map),
        h('a', { className: 'yw-button', href: data.links.indicator }, texts.history),
        h('span', { className: 'yw-grow' }),
        h('span', { className: 'yw-t3', role: 'status' }, said),
        h('button', { type: 'button', className: 'yw-button', onClick: copy }, texts.copy)));
  }

  /* Nothing to show: what is wrong, and the way out. */
  function Trouble({ failure }) {
    const work = tonglan.workTexts;
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    return h('div', { className: 'yw-x-trouble', role: 'alert' },
      h('p', { className: 'yw-x-name' }, h(Lamp, { lamp: 'none' }), h('b', null, failure.status === 403 ? texts.forbidden : failure.title)),
      h('p', { className: 'yw-x-value yw-x-stale' }, '—'),
      failure.detail && h('p', { className: 'yw-x-t2' }, failure.detail),
      failure.status === 401 ? h('a', { className: 'yw-button', href: '/login?next=' + here }, work.signIn)
        : failure.status !== 403 && failure.status !== 404 && h('button', { type: 'button', className: 'yw-button', onClick: explain.retry }, work.retry));
  }

  function Told({ data }) {
    return h(React.Fragment, null,
      data.as_of && h('p', { className: 'yw-x-replay' }, texts.replay(clock.minute(data.as_of))),
      h(Value, { data }), h(tonglan.ExplainDirectives, { data }), h(ExplainHow, { data }), data.cases && h(tonglan.ExplainCases, { data, asOf: data.as_of || '' }), h(ExplainFrom, { data }), h(ExplainShares, { data }),
      h(ExplainRevisions, { revisions: data.revisions }), h(ExplainVersions, { versions: data.definitions }), h(ExplainResponsible, { data }));
  }

  const FOCUSABLE = 'a[href],button:not([disabled]),textarea,input,select,[tabindex="0"]';

  /* Keys belong to the drawer while it is open: what is in it has them first; then Esc closes, Tab stays inside,
     and nothing reaches the page, whose keys are heard further out. */
  function useKeys(drawer, open) {
    React.useEffect(() => {
      if (!open) return undefined;
      const press = (event) => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          event.preventDefault();
          explain.close();
        } else if (event.key === 'Tab' && drawer.current) {
          const stops = [...drawer.current.querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent !== null);
          const at = stops.indexOf(document.activeElement);
          const out = event.shiftKey ? at <= 0 : at === stops.length - 1 || at === -1;
          if (!stops.length || !out) return;
          event.preventDefault();
          stops[event.shiftKey ? stops.length - 1 : 0].focus();
        }
      };
      document.body.addEventListener('keydown', press);
      return () => document.body.removeEventListener('keydown', press);
    }, [open]);
  }

  /* The newest value is asked for again while it is looked at; one of the past does not change. */
  function useNews(open, data) {
    const live = open && Boolean(data) && data.latest && !data.as_of;
    React.useEffect(() => {
      if (!live) return undefined;
      const again = setInterval(() => document.hidden || explain.refresh(), AGAIN);
      return () => clearInterval(again);
    }, [live]);
  }

  function ExplainDrawer() {
    const { trail, data, failure, slow } = explain.store.use((state) => state);
    const drawer = React.useRef(null);
    const heading = React.useRef(null);
    const body = React.useRef(null);
    const here = trail[trail.length - 1];
    const open = Boolean(here);
    useKeys(drawer, open);
    useNews(open, data);
    React.useEffect(() => {
      explain.fromAddress();
      return tonglan.watchExplained();
    }, []);
    React.useEffect(() => {
      if (open && heading.current) heading.current.focus({ preventScroll: true });
      if (body.current) body.current.scrollTop = 0;
    }, [here && explain.spelled(here)]);
    if (!open) return null;
    return h('div', { className: 'yw-x-veil', onClick: explain.close },
      h('aside', { ref: drawer, className: 'yw-x-drawer', role: 'dialog', 'aria-modal': true, 'aria-labelledby': 'yw-x-title', onClick: (event) => event.stopPropagation() },
        h(Head, { trail, heading }),
        h('div', { ref: body, className: 'yw-x-body', 'aria-busy': !data && !failure },
          failure ? h(Trouble, { failure }) : data ? h(Told, { data }) : slow && h(Skeleton)),
        data && !failure && h(Actions, { data })));
  }
  tonglan.ExplainDrawer = ExplainDrawer;
})();
