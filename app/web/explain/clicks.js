/* Every number with data-explain="indicator|region|period" opens its explanation: click, Enter, Space. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { explain, explainTexts: texts } = tonglan;

  const marked = (target) => (target && target.closest ? target.closest('[data-explain]') : null);

  /* A value can be reached and says that it opens something; buttons and links do so by themselves. */
  function dress(element) {
    if (element.dataset.explained || /^(BUTTON|A)$/.test(element.tagName)) return;
    element.dataset.explained = '1';
    if (!element.hasAttribute('role')) element.setAttribute('role', 'button');
    if (!element.hasAttribute('tabindex')) element.tabIndex = 0;
    if (!element.title) element.title = texts.explain;
    element.setAttribute('aria-haspopup', 'dialog');
  }

  function dressAll(root) {
    if (root.nodeType !== 1) return;
    if (root.dataset && root.dataset.explain) dress(root);
    root.querySelectorAll('[data-explain]').forEach(dress);
  }

  function open(event, element) {
    const one = explain.parse(element.dataset.explain);
    if (!one) return;
    // In the capture phase: a row below would take the same click for choosing its county.
    event.preventDefault();
    event.stopPropagation();
    element.focus({ preventScroll: true });
    delete one.asOf;
    explain.open(one);
  }

  document.addEventListener('click', (event) => {
    const element = marked(event.target);
    if (element) open(event, element);
  }, true);

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    const element = marked(event.target);
    if (element && element === event.target && !event.ctrlKey && !event.metaKey && !event.altKey) open(event, element);
  }, true);

  /* Called once the page is there; what is drawn later is dressed as it comes. */
  tonglan.watchExplained = function () {
    dressAll(document.body);
    const seen = new MutationObserver((changes) => changes.forEach((change) => {
      if (change.type === 'attributes') dress(change.target);
      else change.addedNodes.forEach(dressAll);
    }));
    seen.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-explain'] });
    return () => seen.disconnect();
  };

  /* Properties that make an element a number with an explanation. */
  tonglan.explained = (indicator, region, period) => (indicator ? { 'data-explain': [indicator, region || '', period || ''].join('|') } : {});
})();
