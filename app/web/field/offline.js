/* Asks the browser to keep the phone's pages for when there is no network; only HTTPS addresses may. */
(function () {
  'use strict';
  const SCOPES = ['/tasks', '/report'];
  const KEPT = 'tonglan-field';
  const LIST = '/tasks/list'; // where the last list lies in the cache: leaving clears both together

  let asked = null; // once a page

  /* All categories of today; the last list serves while there is no network. */
  const categories = () => (asked = asked || fetched());

  async function fetched() {
    const { api, fieldStore } = window.tonglan;
    try {
      const { items } = await api.get('/api/v1/case-categories');
      await fieldStore.put('kept', { id: 'categories', items }).catch(() => undefined);
      return items;
    } catch (failure) {
      const last = await fieldStore.get('kept', 'categories').catch(() => null);
      return (last && last.items) || [];
    }
  }

  const able = () => window.isSecureContext && 'serviceWorker' in navigator && 'caches' in window;

  /* Once per page; `document.body.dataset.kept` says when a reload without a network would work. */
  async function prepare() {
    await categories(); // the form asks for them wherever it is opened
    if (!able()) return;
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('message', (event) => event.data.kept && (document.body.dataset.kept = '1'));
    await Promise.all(SCOPES.map((scope) => serviceWorker.register('/field-worker.js', { scope })));
    const { active } = await serviceWorker.ready;
    active.postMessage({ keep: performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.startsWith(window.location.origin)) });
  }

  /* The rows of the last list for this person, or null. */
  async function lastList(who) {
    const found = able() && (await caches.match(LIST));
    const said = found ? await found.json() : null;
    return said && said.who === who ? said.rows : null;
  }

  async function keepList(who, rows) {
    if (able()) await (await caches.open(KEPT)).put(LIST, new Response(JSON.stringify({ who, rows })));
  }

  window.tonglan.fieldOffline = { prepare: () => prepare().catch(() => undefined), categories, lastList, keepList };
})();
