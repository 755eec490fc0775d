/* How many alerts are open, by level, in every header; they lead to the alert centre. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, alerts, alertWords: words, AlertShape } = tonglan;

  /* The alert centre on this screen's theme and size; `more` are further parts of its address. */
  tonglan.alertsLink = function (more) {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams();
    if (document.documentElement.dataset.theme === 'light') query.set('theme', 'light');
    if (here.get('k')) query.set('k', here.get('k'));
    Object.keys(more || {}).forEach((name) => more[name] && query.set(name, more[name]));
    const text = query.toString().replace(/%2C/g, ',');
    return '/alerts' + (text ? '?' + text : '');
  };

  /* `own` opens a stream: for pages that have none. */
  function AlertCounts({ own, className }) {
    const state = alerts.use((all) => all);
    React.useEffect(() => (own ? tonglan.alertFeed.own() : undefined), [own]);
    if (!state.known) return null;
    const told = words.LEVELS.map((level) => words.counted(level, state.counts[level] || 0)).join(',');
    return h('span', { className: classes('yw-acounts', className) },
      state.wartime && h('b', { className: 'yw-chip yw-drill' }, words.wartime),
      h('a', { href: tonglan.alertsLink(), 'aria-label': words.centre + ':' + told }, words.LEVELS.map((level) => {
        const count = state.counts[level] || 0;
        return h('span', { key: level, className: classes('yw-acount', !count && 'yw-acount-none') }, h(AlertShape, { level, quiet: true }), h('b', null, count));
      })));
  }
  tonglan.AlertCounts = AlertCounts;
})();
