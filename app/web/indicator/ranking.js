/* All regions of the period: best first, or in statutory order without ranks. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, Lamp, indicatorTexts: texts } = tonglan;

  /* Bars start at zero unless a value is below it; then at the lowest. */
  function scale(rows) {
    const values = rows.map((row) => row.value).filter((value) => value !== null);
    const low = Math.min(0, ...values);
    const high = Math.max(0, ...values);
    return (value) => (value === null || high === low ? 0 : ((value - low) / (high - low)) * 100);
  }

  function Row({ row, wide, ranked, chosen, hovered, hover, choose }) {
    const look = classes('yw-ind-row', chosen && 'yw-chosen', hovered === row.region && 'yw-ind-hover', 'yw-ind-' + row.lamp);
    return h('button', { type: 'button', className: look, 'aria-pressed': chosen, onMouseEnter: () => hover(row.region), onMouseLeave: () => hover(null), onFocus: () => hover(row.region), onBlur: () => hover(null), onClick: choose },
      h('span', { className: 'yw-ind-rank' }, ranked ? row.rank || '—' : ''), h('span', { className: 'yw-ind-place' }, row.name),
      h('span', { className: 'yw-bar', 'aria-hidden': true }, h('i', { style: { width: wide(row.value) + '%' } })),
      h('b', null, row.text), row.lamp === 'warn' || row.lamp === 'bad' ? h(Lamp, { lamp: row.lamp }) : h('i'),
      h('small', null, row.status_text || (row.delta ? row.delta.arrow + row.delta.text : '')));
  }

  function RankingCard({ page, hovered, hover, go, view }) {
    const { rows, order_text: said, period } = page.places;
    const city = page.region.path[0].code;
    const wide = scale(rows);
    const ranked = page.places.order === 'rank';
    const title = h('h2', null, texts.ranking, h('small', null, rows.length > 0 ? period + ' · ' + said : ''), h('span', { className: 'yw-grow' }),
      rows.length > 0 && h(tonglan.Segments, { label: texts.order, choices: [['', texts.rank], ['statutory', texts.statutory]], value: view.order, choose: (order) => go({ order }) }));
    const empty = !rows.length ? texts.noRanking : rows.every((row) => row.status === 'absent') ? texts.noPlaces : '';
    return h('section', { className: 'yw-card yw-ind-ranking' }, title,
      empty && h('p', { className: 'yw-empty' }, empty),
      rows.length > 0 && h('div', { className: 'yw-ind-rows' }, rows.map((row) => h(Row, { key: row.region, row, wide, ranked, hovered, hover, chosen: row.region === page.region.code,
        choose: () => go({ region: row.region === page.region.code ? city : row.region }) }))));
  }
  tonglan.RankingCard = RankingCard;
})();
