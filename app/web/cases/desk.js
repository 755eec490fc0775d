/* The dispatch desk: list, map and the chosen case, linked with each other; keyboard first. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseDesk: desk } = tonglan;
  const T = tonglan.caseTexts;

  function Replay() {
    const asOf = desk.use((state) => state.view.as_of);
    return asOf ? h('div', { className: 'yw-bar-line', role: 'status' }, h('b', null, T.replay(asOf.replace('T', ' ').slice(0, 16))), h('span', { className: 'yw-t3' }, T.replayHint), h('span', { className: 'yw-grow' }),
      h('button', { type: 'button', className: 'yw-button', onClick: desk.acts.live }, T.leaveReplay)) : null;
  }

  function MapCard() {
    const { rows, total, places, view, hovered, detail, go } = desk.use((state) => state);
    const shown = React.useMemo(() => {
      const known = places ? places.points : rows;
      const have = new Set(known.map((row) => row.id));
      // the chosen one and the one pointed at are seen by themselves, also where others are counted together
      const more = rows.concat(detail && detail.id === view.case ? detail : []).filter((row) => !have.has(row.id) && (row.id === view.case || row.id === hovered));
      return known.concat(more.filter((row, n) => more.findIndex((one) => one.id === row.id) === n));
    }, [places, rows, detail, view.case, hovered]);
    const note = places ? T.mapped(places.placed - places.cut, total === null ? null : places.placed + places.unplaced, places.unplaced) : T.loaded(rows.length, total);
    return h(tonglan.CaseMap, { rows: shown, cells: places ? places.cells : NONE, clustered: false, onLook: desk.acts.look, chosen: view.case, hovered, onChoose: desk.acts.choose, onHover: desk.acts.hover, now: desk.now(), go, legend: true, note });
  }

  const NONE = [];

  /* On a phone one of the three is in front. */
  function Tabs() {
    const front = desk.use((state) => state.front);
    return h('div', { className: 'yw-cs-tabs' }, h(work.Segments, { label: T.desk, value: front === 'detail' ? 'list' : front, options: [{ value: 'list', title: T.list }, { value: 'map', title: T.map }], onChange: (value) => desk.set({ front: value }) }));
  }

  const Foot = () => h('p', { className: 'yw-cs-foot', 'aria-hidden': true }, T.foot.map(([key, does]) => h('span', { key }, h('kbd', null, key), does)));

  /* What is said aloud and shown for a moment: a step taken, a letter that may not be done. */
  function Said() {
    const said = desk.use((state) => state.said);
    React.useEffect(() => {
      const timer = said && setTimeout(() => desk.set({ said: '' }), 6000);
      return () => clearTimeout(timer);
    }, [said]);
    return said ? h('p', { className: 'yw-cs-said' }, said) : null;
  }

  function Desk() {
    const loaded = desk.use((state) => state.loaded);
    const front = desk.use((state) => state.front);
    tonglan.useCaseKeys();
    React.useEffect(() => {
      desk.acts.load();
      return desk.follow();
    }, []);
    return h(tonglan.WorkPage, { page: 'cases', title: T.desk, ready: loaded }, h(Replay), h(tonglan.CaseKeyList), h(Said),
      h('div', { className: classes('yw-cs-desk', 'yw-cs-front-' + front) }, h(Tabs),
        h('section', { className: 'yw-card yw-cs-left', 'aria-label': T.list }, h(tonglan.CaseFilters), h(tonglan.CaseList), h(Foot)), h(MapCard), h(tonglan.CaseSide)));
  }
  tonglan.pages.cases = Desk;
})();
