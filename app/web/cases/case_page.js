/* One case on a page of its own: every step with who, how long each stage took, tasks, conditions; and on paper. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, caseParts, caseAddress, caseStory, caseDetail } = tonglan;
  const T = tonglan.caseTexts;
  const EVERY = 30000; // ms after which the page asks anew

  /* Paper is light whatever the screen is. */
  function usePaper() {
    React.useEffect(() => {
      const root = document.documentElement;
      let before = null;
      const print = () => {
        before = root.dataset.theme;
        root.dataset.theme = 'light';
      };
      const after = () => before && (root.dataset.theme = before);
      window.addEventListener('beforeprint', print);
      window.addEventListener('afterprint', after);
      return () => {
        window.removeEventListener('beforeprint', print);
        window.removeEventListener('afterprint', after);
      };
    }, []);
  }

  const Section = ({ title, note, className, children }) => h('section', { className: classes('yw-card', 'yw-cs-section', className), 'aria-label': title }, h('h2', null, title, note && h('small', null, note)), h('div', { className: 'yw-cs-body' }, children));

  function Acts({ detail, changed }) {
    const [action, setAction] = React.useState(null);
    const [said, setSaid] = React.useState('');
    const done = (after, step) => {
      setAction(null);
      setSaid(T.done(step.label || step.to));
      changed(Object.assign({}, detail, after));
    };
    return h(Section, { title: T.act, className: 'yw-cs-noprint' }, h(tonglan.CaseActions, { detail, picked: action, onPick: setAction }), h('p', { role: 'status', className: 'yw-cs-done' }, said),
      action && h(tonglan.CaseForm, { key: action.to, detail, action, onDone: done, onChanged: changed, onCancel: () => setAction(null) }),
      h(caseDetail.Duplicates, { detail, onDone: done, onChanged: changed }));
  }

  function Whole({ detail, replay, changed }) {
    const now = replay ? new Date(replay).getTime() : clock.now();
    const boot = tonglan.boot();
    const placed = typeof detail.lon === 'number';
    const rows = React.useMemo(() => [detail], [detail]);
    const home = placed ? { bounds: [[detail.lon - 0.02, detail.lat - 0.014], [detail.lon + 0.02, detail.lat + 0.014]], padding: 0 } : undefined;
    return h('div', { className: 'yw-cs-page' },
      h('div', { className: 'yw-card yw-cs-title' }, h(caseDetail.Head, { detail, now }), h(caseDetail.Doubts, { detail, now }), h('p', { className: 'yw-cs-text' }, detail.text), h('p', { className: 'yw-cs-paper' }, T.printed(boot.user && boot.user.name, clock.day(now).slice(0, 10) + ' ' + clock.time(now).slice(0, 5)))),
      h('div', { className: 'yw-cs-col' }, replay ? h(Section, { title: T.act }, h('p', { className: 'yw-t3' }, T.replayHint)) : h(Acts, { detail, changed }),
        h(Section, { title: T.facts }, h(caseDetail.Facts, { detail }), h(caseDetail.Links, { detail })),
        h(Section, { title: T.tasks }, h(caseStory.Tasks, { tasks: detail.tasks, now }))),
      h('div', { className: 'yw-cs-col' }, h(Section, { title: T.clocks }, h(caseStory.Clocks, { detail, now })),
        h(Section, { title: T.timeline, note: (detail.timeline || []).length }, h(caseStory.Timeline, { entries: detail.timeline || [], now }))),
      h('div', { className: 'yw-cs-col yw-cs-noprint' }, h('section', { className: 'yw-card yw-cs-section yw-cs-where', 'aria-label': T.position }, h('h2', null, T.position, h('small', null, detail.place)),
        placed ? h(tonglan.CaseMap, { rows, chosen: detail.id, hovered: null, now, home, clustered: false }) : h('p', { className: 'yw-cs-none' }, T.noPosition)),
        h(Photographs, { detail })));
  }

  function Photographs({ detail }) {
    const urls = [...new Set((detail.photo_urls || []).concat((detail.timeline || []).flatMap((one) => one.photos || [])).map((one) => one.url || one))];
    return h(Section, { title: T.photos, note: urls.length || '' }, urls.length ? h(caseParts.Photos, { urls, className: 'yw-cs-large' }) : h('p', { className: 'yw-t3' }, T.nothingYet));
  }

  function CasePage({ named }) {
    const asOf = new URLSearchParams(window.location.search).get('as_of') || '';
    const found = tonglan.useData(caseAddress.one(named.case, asOf));
    const [changed, setChanged] = React.useState(null);
    const detail = changed && (!found.data || changed.version >= found.data.version) ? changed : found.data;
    usePaper();
    React.useEffect(() => {
      if (asOf) return undefined;
      const timer = setInterval(() => document.hidden || found.reload(), EVERY);
      return () => clearInterval(timer);
    }, []);
    React.useEffect(() => {
      if (detail) document.title = detail.number + ' · ' + caseParts.nameOf(detail.category);
    }, [detail && detail.number]);
    const print = h('button', { type: 'button', className: 'yw-button', onClick: () => window.print() }, T.print);
    return h(tonglan.WorkPage, { page: 'case', title: T.page, head: detail && print, ready: Boolean(detail || found.failure) },
      asOf && h('div', { className: 'yw-bar-line', role: 'status' }, h('b', null, T.replay(asOf.replace('T', ' ').slice(0, 16)))),
      found.failure && !detail && h(tonglan.Failure, { failure: found.failure, again: found.reload }),
      detail && h(Whole, { detail, replay: asOf, changed: setChanged }));
  }
  tonglan.pages.case = CasePage;
})();
