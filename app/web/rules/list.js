/* The rules by topic: state, levels with their limits, when they hold, the last change. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, ruleTexts: texts } = tonglan;
  const SHAPES = { 红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue' };
  const LAMPS = { 告警中: 'bad', 等待持续: 'warn', 算不出: 'warn', 正常: 'ok' };

  function RuleLevel({ level }) {
    return h('i', { className: 'yw-rule-level yw-rule-' + SHAPES[level], role: 'img', 'aria-label': level + '色' }, level);
  }

  function RuleLimits({ levels }) {
    return h('span', { className: 'yw-rule-limits' }, Object.entries(levels).map(([level, text]) => h('span', { key: level }, h(RuleLevel, { level }), text)));
  }

  function Row({ one, chosen, choose }) {
    return h('li', { className: classes('yw-rule-row', chosen && 'yw-on', !one.enabled && 'yw-rule-off') },
      h('button', { type: 'button', 'aria-current': chosen || undefined, onClick: () => choose(one.id) },
        h(tonglan.Lamp, { lamp: LAMPS[one.state] || 'none' }),
        h('span', { className: 'yw-rule-name' }, h('b', null, one.title), h('small', null, [one.kind_text, texts.series(one.series)].join(' · '))),
        h('span', { className: 'yw-rule-now' }, one.worst && h(RuleLevel, { level: one.worst }), one.open > 1 ? one.state + ' ' + one.open : one.state,
          one.open_changes > 0 && h('small', { className: 'yw-rule-waiting' }, texts.waiting(one.open_changes)),
          one.changed && h('small', null, texts.changed(one.changed))),
        h(RuleLimits, { levels: one.levels })));
  }

  function RuleList({ items, chosen, choose }) {
    const topics = [...new Set(items.map((one) => one.topic))];
    if (!items.length) return h('p', { className: 'yw-empty' }, texts.nothing);
    return h('div', { className: 'yw-rule-rows' }, topics.map((topic) => {
      const mine = items.filter((one) => one.topic === topic);
      return h('section', { key: topic, 'aria-label': mine[0].topic_title }, h('h3', null, mine[0].topic_title, h('small', null, mine.length)),
        h('ul', null, mine.map((one) => h(Row, { key: one.id, one, chosen: one.id === chosen, choose }))));
    }));
  }

  Object.assign(tonglan, { RuleList, RuleLevel, RuleLimits });
})();
