/* What an indicator is made of and what is made of it: columns from source to result, as SVG. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, definitionTexts: texts } = tonglan;
  const WIDE = 168, HIGH = 40, GAP_X = 64, GAP_Y = 14;
  const LINE = 11; // signs that fit into a box

  function placed(graph) {
    const levels = [...new Set(graph.nodes.map((one) => one.level))].sort((a, b) => a - b);
    const tall = Math.max(...levels.map((level) => graph.nodes.filter((one) => one.level === level).length));
    const at = {};
    levels.forEach((level, column) => {
      const nodes = graph.nodes.filter((one) => one.level === level);
      const top = ((tall - nodes.length) * (HIGH + GAP_Y)) / 2;
      nodes.forEach((one, row) => (at[one.id] = { x: column * (WIDE + GAP_X), y: top + row * (HIGH + GAP_Y) }));
    });
    return { at, width: levels.length * (WIDE + GAP_X) - GAP_X, height: tall * (HIGH + GAP_Y) - GAP_Y };
  }

  const cut = (text) => (text.length > LINE ? text.slice(0, LINE - 1) + '…' : text);

  function Edge({ edge, at }) {
    const from = at[edge.from], to = at[edge.to];
    if (!from || !to) return null;
    const x1 = from.x + WIDE, y1 = from.y + HIGH / 2, x2 = to.x, y2 = to.y + HIGH / 2;
    const bend = Math.max(24, Math.abs(x2 - x1) / 2);
    return h('g', null, h('path', { className: 'yw-graph-line', d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, markerEnd: 'url(#yw-graph-end)' }),
      h('text', { fontSize: 12, className: 'yw-graph-how', x: x1 + 8, y: y1 - 5 }, edge.how));
  }

  function DefinitionGraph({ graph, chosen, choose }) {
    if (graph.nodes.length < 2) return h('p', { className: 'yw-empty' }, texts.noRelations);
    const { at, width, height } = placed(graph);
    const said = graph.edges.map((edge) => edge.from + ' → ' + edge.to).join(';');
    return h('div', { className: 'yw-graph' }, h('svg', { viewBox: `-4 -4 ${width + 8} ${height + 8}`, width: width + 8, height: height + 8, role: 'group', 'aria-label': said },
      h('defs', null, h('marker', { id: 'yw-graph-end', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' }, h('path', { d: 'M0 0L8 4L0 8z', className: 'yw-graph-tip' }))),
      graph.edges.map((edge, n) => h(Edge, { key: n, edge, at })),
      graph.nodes.map((one) => {
        const free = one.kind === 'indicator' && one.id !== chosen;
        const go = () => free && choose(one.id);
        return h('g', { key: one.id, transform: `translate(${at[one.id].x} ${at[one.id].y})`, className: classes('yw-graph-node', one.id === chosen && 'yw-on', one.kind === 'source' && 'yw-graph-source', free && 'yw-graph-free'),
          tabIndex: free ? 0 : undefined, role: free ? 'link' : undefined, onClick: go, onKeyDown: (event) => event.key === 'Enter' && go() },
        h('title', null, one.title + ' ' + one.id),
        h('rect', { width: WIDE, height: HIGH, rx: 4 }),
        h('text', { x: 10, y: 17, fontSize: 13 }, cut(one.title)),
        h('text', { x: 10, y: 32, fontSize: 12, className: 'yw-graph-id' }, one.id.length > 25 ? one.id.slice(0, 24) + '…' : one.id));
      })));
  }
  tonglan.DefinitionGraph = DefinitionGraph;
})();
