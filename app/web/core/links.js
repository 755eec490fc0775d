/* Where the pages of things lie, on this screen's theme. */
(function () {
  'use strict';
  const tonglan = window.tonglan;

  /* The page of an indicator; the city itself and the newest period need not be named. */
  tonglan.indicatorLink = function (indicator, region, period) {
    const query = new URLSearchParams();
    if (region && region !== tonglan.boot().city.code) query.set('region', region);
    if (period) query.set('period', period);
    if (document.documentElement.dataset.theme === 'dark') query.set('theme', 'dark');
    const text = query.toString();
    return '/indicator/' + encodeURIComponent(indicator) + (text ? '?' + text : '');
  };

  /* The overview, on this screen's theme and size. */
  tonglan.overviewLink = function () {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams();
    if (document.documentElement.dataset.theme === 'light') query.set('theme', 'light');
    if (here.get('k')) query.set('k', here.get('k'));
    const text = query.toString();
    return '/' + (text ? '?' + text : '');
  };

  /* The page of a topic, in this screen's region, theme and size; `more` are further parts of its address. */
  tonglan.topicLink = function (topic, more) {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams();
    if (here.get('theme') === 'light' || document.documentElement.dataset.theme === 'light') query.set('theme', 'light');
    if (here.get('k')) query.set('k', here.get('k'));
    Object.keys(more || {}).forEach((name) => more[name] && query.set(name, more[name]));
    const text = query.toString();
    return '/topic/' + encodeURIComponent(topic) + (text ? '?' + text : '');
  };
})();
