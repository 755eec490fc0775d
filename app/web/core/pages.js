/* Which page this is: the overview (what Dash laid out) or a page that registered itself. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h } = tonglan;
  const pages = (tonglan.pages = {});

  function PageSwitch({ children }) {
    const { page } = tonglan.boot();
    const Page = page && pages[page.name];
    return page ? h(Page, { named: page.named }) : children;
  }
  tonglan.PageSwitch = PageSwitch;
})();
