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
})();
