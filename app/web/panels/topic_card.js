/* One topic: title, period and owner, how many are ■ and ▲, and its rows. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, texts, board, Lamp, KpiRow } = tonglan;

  const count = (rows, lamp) => rows.filter((row) => row.lamp === lamp).length;

  function Counts({ rows }) {
    const shown = ['bad', 'warn'].map((lamp) => [lamp, count(rows, lamp)]).filter(([, number]) => number);
    return h('span', { className: 'yw-counts' }, shown.map(([lamp, number]) => h('span', { key: lamp }, h(Lamp, { lamp }), number)));
  }

  /* The picture of waiting: static, and only after 400 ms. */
  function Skeleton({ rows }) {
    return h(
      'div',
      { className: 'yw-rows', 'aria-label': texts.loading },
      Array.from({ length: rows }, (_, n) => h('div', { key: n, className: 'yw-kpi yw-bone', 'aria-hidden': true }, h('i'), h('i'), h('i')))
    );
  }

  function Rows({ card, slow }) {
    if (slow) return h(Skeleton, { rows: Math.max(card.rows.length, 3) });
    if (!card.rows.length) return h('p', { className: 'yw-empty' }, texts.emptyCard);
    return h('div', { className: 'yw-rows', role: 'list' }, card.rows.map((row) => h(KpiRow, { key: row.indicator, row, owner: card.owner })));
  }

  function TopicCard({ card, slow }) {
    const region = board.use((state) => (state.view.region === state.boot.city.code ? '' : state.view.region));
    board.use((state) => state.view.theme); // the link names it
    return h(
      'section',
      { className: 'yw-card', style: { flexGrow: Math.max(card.rows.length, 1) }, id: 'topic-' + card.topic, tabIndex: -1, 'aria-label': card.title },
      h('h2', null, h('a', { className: 'yw-card-link', href: tonglan.topicLink(card.topic, { region }), title: texts.topicPage }, card.title), h('small', null, card.subtitle), h('span', { className: 'yw-grow' }), h(Counts, { rows: card.rows })),
      h(Rows, { card, slow }),
      h(tonglan.CardMore, { topic: card.topic })
    );
  }

  /* Cards `from` … `from + count` of the model, one under the other; from Dash. */
  function TopicColumn({ id, from, count: many, side }) {
    const cards = board.use((state) => state.model && state.model.cards);
    const slow = board.use((state) => state.slow);
    const front = board.use((state) => state.side === side);
    const mine = (cards || []).slice(from, from + many);
    return h('div', { id, className: tonglan.classes('yw-column', 'yw-column-' + side, front && 'yw-front') },
      mine.map((card) => h(TopicCard, { key: card.topic, card, slow })));
  }

  /* Which of the two columns stands in front where there is room for one only. */
  function TopicTabs({ id, count: left }) {
    const topics = board.use((state) => state.boot.topics);
    const side = board.use((state) => state.side);
    const of = (n) => (n < left ? 'left' : 'right');
    const tab = (topic, n) =>
      h('button', { key: topic.id, type: 'button', role: 'tab', 'aria-selected': side === of(n), onClick: () => tonglan.acts.topic(topic.id) }, topic.title);
    return h('div', { id, className: 'yw-tabs', role: 'tablist', 'aria-label': texts.topics }, (topics || []).map(tab));
  }
  Object.assign(tonglan, { TopicCard, TopicColumn, TopicTabs });
})();
