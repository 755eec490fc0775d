/* What the phone keeps over a reload: things waiting to be sent, the last list. IndexedDB, or memory where there is none. */
(function () {
  'use strict';
  const NAME = 'tonglan-field';
  const STORES = ['items', 'kept'];
  let opened = null;
  const memory = { items: new Map(), kept: new Map() };
  let lasting = true;

  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const request = window.indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name, { keyPath: 'id' }));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }).catch(() => {
      lasting = false;
      return null;
    });
    return opened;
  }

  /* Runs `work` on one store; without a database the same on a Map that lives as long as the page. */
  async function at(name, mode, work, plain) {
    const base = window.indexedDB ? await open() : ((lasting = false), null);
    if (!base) return plain(memory[name]);
    const done = base.transaction(name, mode);
    const result = await asked(work(done.objectStore(name)));
    if (mode === 'readwrite') {
      await new Promise((resolve, reject) => {
        done.oncomplete = resolve;
        done.onabort = done.onerror = () => reject(done.error);
      });
    }
    return result;
  }

  window.tonglan.fieldStore = {
    all: (name) => at(name, 'readonly', (store) => store.getAll(), (map) => [...map.values()]),
    get: (name, id) => at(name, 'readonly', (store) => store.get(id), (map) => map.get(id)),
    /* Resolves when the value is on disk; rejects when there is no room for it. */
    put: (name, value) => at(name, 'readwrite', (store) => store.put(value), (map) => void map.set(value.id, value)),
    remove: (name, id) => at(name, 'readwrite', (store) => store.delete(id), (map) => void map.delete(id)),
    /* Whether what is kept outlives the page. */
    lasting: () => lasting,
  };
})();
