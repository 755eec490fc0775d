/* Which page this is: each registers itself in `tonglan.pages`; the boot data names the one. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const pages = (tonglan.pages = {});

  tonglan.PageSwitch = function PageSwitch() {
    const { page } = tonglan.boot();
    return tonglan.h(pages[page.name], { named: page.named });
  };
})();
