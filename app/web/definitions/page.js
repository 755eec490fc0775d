/* The page 指标管理: the list at the left, everything about the chosen indicator at the right. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, definitionTexts: texts } = tonglan;

  function Indicators({ named }) {
    const [chosen, setChosen] = React.useState(named.indicator || null);
    const [filing, setFiling] = React.useState(false);
    const search = tonglan.useDefinitionSearch();
    const list = tonglan.useData(search.path);
    const detail = tonglan.useData(chosen && '/api/v1/definitions/' + encodeURIComponent(chosen));
    const told = detail.data && detail.data.id === chosen ? detail.data : null;
    const first = list.data && list.data.items[0];
    React.useEffect(() => {
      if (!chosen && first && window.matchMedia('(min-width: 72rem)').matches) setChosen(first.id);
    }, [first]);
    function choose(id) {
      setChosen(id);
      setFiling(false);
      window.history.replaceState(null, '', '/indicators/' + encodeURIComponent(id) + window.location.search);
    }
    const changed = () => (detail.reload(), list.reload());
    const narrow = chosen && !window.matchMedia('(min-width: 48rem)').matches;
    React.useEffect(() => {
      if (narrow && told) document.querySelector('.yw-def-detail').scrollIntoView({ block: 'start' });
    }, [told && told.id]);
    return h(tonglan.WorkPage, { page: 'indicators', title: texts.title, ready: Boolean(list.data || list.failure) && (!chosen || Boolean(told || detail.failure)) },
      h('div', { className: 'yw-definitions' },
        h(tonglan.DefinitionList, { found: list.data, search, chosen, choose, failure: list.failure, again: list.reload, openFiles: () => setFiling(true) }),
        filing ? h(tonglan.DefinitionFiles, { close: () => setFiling(false), changed })
          : h(tonglan.DefinitionDetail, { told, failure: detail.failure, again: detail.reload, choose, owners: list.data ? list.data.owners : [], changed })));
  }
  tonglan.pages.indicators = Indicators;
})();
