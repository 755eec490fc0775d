/* Which page this is: each registers itself in `tonglan.pages`; the boot data names the one.
   The explanation of a number lies over whichever it is. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const pages = (tonglan.pages = {});

  tonglan.PageSwitch = function PageSwitch() {
    const { page } = tonglan.boot();
    return tonglan.h(window.React.Fragment, null, tonglan.h(pages[page.name], { named: page.named }), tonglan.h(tonglan.ExplainDrawer));
  };
})();
