/* The page of one indicator: everything follows from its address and one answer of the server. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, indicatorView, indicatorTexts: texts } = tonglan;

  function useView() {
    const [view, setView] = React.useState(() => indicatorView.read(window.location.search));
    React.useEffect(() => {
      const back = () => setView(indicatorView.read(window.location.search));
      window.addEventListener('popstate', back);
      return () => window.removeEventListener('popstate', back);
    }, []);
    const go = React.useCallback((change) => setView((old) => {
      const next = Object.assign({}, old, change);
      if (JSON.stringify(next) !== JSON.stringify(old)) window.history.pushState(null, '', indicatorView.address(next));
      return next;
    }), []);
    return [view, go];
  }

  /* Reload when new values come; not while a moment of the past is replayed. */
  function useFollowing(page, view, reload) {
    const [open, setOpen] = React.useState(true);
    const topic = page && page.indicator.topic.id;
    const following = page && [page.indicator.id].concat(page.indicator.follows).join();
    const latest = React.useRef(reload);
    latest.current = reload;
    React.useEffect(() => {
      if (!topic || view.as_of) return undefined;
      return tonglan.followIndicator(topic, following.split(','), () => latest.current(), setOpen);
    }, [topic, following, view.as_of]);
    return open;
  }

  function Replayed({ page, go }) {
    if (!page.as_of) return null;
    const at = page.as_of.slice(0, 16).replace('T', ' ');
    return h('p', { className: 'yw-chip yw-chip-line yw-ind-replay' }, h('i', { className: 'yw-ind-clock', 'aria-hidden': true }), texts.replay(at),
      h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => go({ as_of: '', period: '' }) }, texts.leaveReplay));
  }

  function Bones() {
    return h('div', { className: 'yw-ind' }, ['head', 'chart', 'ranking', 'map', 'table'].map((name) => h('section', { key: name, className: 'yw-card yw-bone yw-ind-' + name }, h('i'), h('i'), h('i'))));
  }

  function Content({ page, view, go, theme, settled }) {
    const [hovered, setHovered] = React.useState(null);
    const drawn = React.useRef(null);
    const [chart, setChart] = React.useState(!page.points.length);
    const [map, setMap] = React.useState(!page.places.rows.length);
    React.useEffect(() => {
      if (chart && map) settled();
    }, [chart, map]);
    const shared = { page, view, go, hovered, hover: setHovered };
    const picture = () => drawn.current && tonglan.saveChart(page, drawn.current);
    return h('div', { className: 'yw-ind' },
      h(tonglan.IndicatorHead, { page, go, replay: h(Replayed, { page, go }) }),
      h(tonglan.IndicatorControls, { page, view, go, picture }),
      h(tonglan.ChartCard, Object.assign({ drawn: (element) => ((drawn.current = element), setChart(true)) }, shared)),
      h(tonglan.RankingCard, shared),
      page.places.rows.length > 0 && h(tonglan.IndicatorMapCard, Object.assign({ theme, ready: () => setMap(true) }, shared)),
      h(tonglan.IndicatorTable, { page, go }),
      h(tonglan.IndicatorRecords, { page }));
  }

  function Indicator({ named }) {
    const theme = tonglan.useTheme();
    const [view, go] = useView();
    const { data: page, failure, slow, reload } = tonglan.useData(indicatorView.path(named.indicator, view, { theme }));
    const open = useFollowing(page, view, reload);
    const [settled, setSettled] = React.useState(false);
    const shown = React.useRef(page);
    shown.current = page; // a key counts from the moment its page stands
    React.useEffect(() => {
      const up = (event) => {
        const path = shown.current ? shown.current.region.path : [];
        if (event.key !== 'Escape' || path.length < 2 || document.querySelector('[role=dialog]')) return;
        go({ region: path[path.length - 2].code });
      };
      document.addEventListener('keydown', up);
      return () => document.removeEventListener('keydown', up);
    }, []);
    React.useEffect(() => {
      if (page) document.title = page.indicator.title + ' · ' + page.region.name;
    }, [page]);
    const head = page && !view.as_of && h('span', { className: 'yw-chip yw-chip-line', role: 'status' }, h(tonglan.FreshDot, { state: open ? 'fresh' : 'dead' }), open ? texts.live : texts.lost);
    return h(tonglan.WorkPage, { page: 'indicator', title: page ? page.indicator.title : texts.page, head, ready: settled || Boolean(failure && !page) },
      failure && h('div', { className: page ? 'yw-ind-trouble' : '' }, h(tonglan.Failure, { failure, again: reload })),
      page ? h(Content, { page, view, go, theme, settled: () => setSettled(true) }) : !failure && slow && h(Bones));
  }
  tonglan.pages.indicator = Indicator;
})();
