/* The closed loop of cases: 上报 立案 派遣 处置 核查 结案, how many reached each and the median time. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, board, alerts, Lamp } = tonglan;
  const EVERY = 30000; // ms between readings while the stream says nothing of cases
  const TEXTS = { title: '事件闭环', from: (text) => text + '累计', median: (text) => '中位 ' + text, overdue: '超期', returned: '退回', satisfaction: '12345 满意率', missing: '—', none: '还没有案件' };

  /* The funnel of the region and moment; the stream's own one wins for the whole city now. */
  function useFunnel() {
    const region = board.use((state) => state.view.region);
    const asOf = board.use((state) => state.view.as_of);
    const city = board.use((state) => state.boot.city.code);
    const heard = alerts.use((state) => state.known || Boolean(state.funnel));
    const told = alerts.use((state) => state.funnel);
    const [found, setFound] = React.useState(null);
    React.useEffect(() => {
      if (!heard && !asOf) return undefined;
      const query = new URLSearchParams(region === city ? {} : { region });
      if (asOf) query.set('as_of', asOf);
      let here = true;
      const read = () => document.hidden || tonglan.api.get('/api/v1/case-funnel?' + query).then((answer) => here && setFound(answer), () => undefined);
      read();
      const timer = asOf ? 0 : setInterval(read, EVERY);
      return () => {
        here = false;
        clearInterval(timer);
      };
    }, [region, asOf, heard]);
    React.useEffect(() => {
      if (told && region === city && !asOf) setFound(told);
    }, [told]);
    return found;
  }

  function Foot({ funnel }) {
    const percent = (value) => (value === null || value === undefined ? TEXTS.missing : value + '%');
    return h('footer', { className: 'yw-fu-foot' }, h(Lamp, { lamp: funnel.overdue ? 'warn' : 'ok' }),
      h('span', null, TEXTS.overdue + ' ', h('b', null, funnel.overdue)), h('span', null, TEXTS.returned + ' ', h('b', null, percent(funnel.returned_rate))),
      funnel.satisfaction !== null && funnel.satisfaction !== undefined && h('span', null, TEXTS.satisfaction + ' ', h('b', null, percent(funnel.satisfaction))));
  }

  function CaseFunnel({ id }) {
    const funnel = useFunnel();
    const stages = (funnel && funnel.stages) || [];
    const most = Math.max(1, ...stages.map((one) => one.count));
    return h('section', { id, className: 'yw-card yw-fu', 'aria-label': TEXTS.title },
      h('h2', null, h('a', { className: 'yw-card-link', href: '/cases/board' }, TEXTS.title), funnel && h('small', null, TEXTS.from(funnel.period_text))),
      funnel && !stages.length ? h('p', { className: 'yw-empty' }, TEXTS.none)
        : h('div', { className: 'yw-fu-rows', role: 'list' }, stages.map((one, n) => h('div', { key: one.stage, className: 'yw-fu-row', role: 'listitem' },
          h('span', null, one.stage), h('span', { className: 'yw-fu-bar', 'aria-hidden': true }, h('i', { style: { width: (one.count / most) * 100 + '%', opacity: 1 - n * 0.09 } })),
          h('b', null, one.count.toLocaleString('zh-CN')), h('small', null, one.median_text ? TEXTS.median(one.median_text) : '')))),
      funnel && h(Foot, { funnel }));
  }
  tonglan.CaseFunnel = CaseFunnel;
})();
