/* On a phone: chips of what is pressing and of the topics, and the rows of the chosen one as tiles (mock 07). */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, Spark, Delta } = tonglan;
  const NARROW = 48; // rem, as in the style sheet
  const FEWEST = 4; // tiles of 要紧: filled up with the first rows of the topics
  const MOST = 8;
  const T = { pressing: '要紧', chips: '要紧与各专题', none: '本级没有这一专题的指标' };
  const WEIGHT = { bad: 0, warn: 1 };

  const narrow = () => window.innerWidth / parseFloat(getComputedStyle(document.documentElement).fontSize) < NARROW;

  tonglan.usePhone = function () {
    const [phone, setPhone] = React.useState(narrow);
    React.useEffect(() => {
      const look = () => setPhone(narrow());
      window.addEventListener('resize', look);
      return () => window.removeEventListener('resize', look);
    }, []);
    return phone;
  };

  /* What is beyond a limit first, then what wants attention; a calm day shows the first rows of all topics. */
  function pressing(cards) {
    const rows = cards.flatMap((card) => card.rows);
    const bad = rows.filter((row) => row.edge in WEIGHT).sort((a, b) => WEIGHT[a.edge] - WEIGHT[b.edge]);
    const calm = cards.map((card) => card.rows[0]).filter((row) => row && !bad.includes(row));
    return bad.concat(calm.slice(0, Math.max(0, FEWEST - bad.length))).slice(0, MOST);
  }

  function Tile({ row }) {
    const { Name, Value, Trouble } = tonglan.kpiParts;
    return h('div', { className: classes('yw-ph-tile', row.edge && 'yw-edge-' + row.edge, row.stale && 'yw-stale'), role: 'listitem', 'data-tile': row.indicator },
      h(Name, { row }), h('div', { className: 'yw-ph-value' }, h(Value, { row }), row.state === 'ok' && h(Spark, { spark: row.spark, tone: row.edge, hollow: Boolean(row.doubt) })),
      row.state === 'ok' ? h('p', { className: 'yw-ph-said' }, h(Delta, { delta: row.delta }), ' ', row.target && h('small', null, row.target), h('small', { className: 'yw-ph-period' }, [row.period, row.fresh.text].filter(Boolean).join(' · '))) : h(Trouble, { row }));
  }

  function PhoneTopics() {
    const phone = tonglan.usePhone();
    const cards = board.use((state) => state.model && state.model.cards) || [];
    const topics = board.use((state) => state.boot.topics);
    const [chosen, setChosen] = React.useState('');
    if (!phone) return null;
    const card = cards.find((one) => one.topic === chosen);
    const rows = card ? card.rows : pressing(cards);
    const chip = (id, title) => h('button', { key: id, type: 'button', role: 'tab', 'aria-selected': id === chosen, onClick: () => setChosen(id) }, title);
    return h('section', { className: 'yw-ph', 'aria-label': T.chips },
      h('div', { className: 'yw-ph-chips', role: 'tablist', 'aria-label': T.chips }, chip('', T.pressing), cards.map((one) => chip(one.topic, (topics.find((topic) => topic.id === one.topic) || one).title))),
      rows.length ? h('div', { className: 'yw-ph-tiles', role: 'list' }, rows.map((row) => h(Tile, { key: row.indicator, row }))) : h('p', { className: 'yw-empty' }, T.none));
  }
  tonglan.PhoneTopics = PhoneTopics;
})();
