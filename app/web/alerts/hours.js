/* How many alerts began in each of the last 24 hours; an hour narrows the list to it. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alertTexts: texts, alertWords: words, alertParts } = tonglan;
  const HOUR = 3600000;
  const NONE = [];
  const INKS = { 红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue' };
  const sum = (counts) => words.LEVELS.reduce((all, level) => all + (counts[level] || 0), 0);
  const iso = (at) => new Date(at).toISOString();

  function AlertHours() {
    const hours = board.use((state) => (state.answer && state.answer.hours) || NONE);
    const from = board.use((state) => state.view.from);
    const most = Math.max(1, ...hours.map((one) => sum(one.counts)));
    const told = (one) => words.LEVELS.filter((level) => one.counts[level]).map((level) => level + ' ' + one.counts[level]).join(' ');
    return h('div', { className: 'yw-al-hours' }, h('h3', null, texts.hourTitle), h('div', { className: 'yw-al-bars', role: 'list', 'aria-label': texts.hourTable }, hours.map((one) => {
      const start = Date.parse(one.from);
      const count = sum(one.counts);
      const name = alertParts.when(one.from);
      return h('button', { key: one.from, type: 'button', role: 'listitem', className: classes('yw-plain yw-al-hour', from && Date.parse(from) === start && 'yw-on'), title: name + ' ' + (told(one) || '0'), 'aria-label': name + ' ' + (told(one) || '0'), onClick: () => acts.hour(iso(start), iso(start + HOUR)) },
        h('b', null, count || ''), h('span', { className: 'yw-al-stack', style: { height: (count / most) * 70 + '%' } }, words.LEVELS.map((level) => one.counts[level] > 0 && h('i', { key: level, style: { flexGrow: one.counts[level], background: 'var(--' + INKS[level] + ')' } }))),
        h('small', null, name.replace(/:00$/, '时')));
    })));
  }
  tonglan.AlertHours = AlertHours;
})();
