/* The page's one EventSource: patches the model, notices silence, reconnects, resyncs. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { clock, patch } = tonglan;
  const SILENT = 30000; // ms without any event before the stream is opened anew
  const GRACE = 1500; // ms a reconnect may take before the page says that it is cut off
  const WAITS = [500, 1000, 2000, 4000]; // ms between attempts; the last one repeats
  const REFRESH = 60000; // ms between quiet reloads while counties change (lamps, ages)

  tonglan.startLive = function (store) {
    let source = null;
    let region = null;
    let epoch = null;
    let tries = 0;
    let retry = 0;
    let grace = 0;
    let dirty = false;
    let needsModel = false;
    let heard = Date.now();
    const periods = {};

    function alive() {
      heard = Date.now();
      tries = 0;
      clearTimeout(grace);
      grace = 0;
      store.set({ link: { state: 'open', lostAt: 0, lastAt: clock.now() } });
    }

    function read(event) {
      alive();
      try {
        return JSON.parse(event.data);
      } catch (wrong) {
        needsModel = true; // half a message: ask for the whole picture instead
        return [];
      }
    }

    function reload() {
      needsModel = false;
      tonglan.acts.load(true).then((came) => (needsModel = needsModel || !came));
    }

    /* In replay the picture stands still. */
    const replaying = () => Boolean(store.get().view.as_of);

    function snapshot(event) {
      const items = read(event);
      const now = String(event.lastEventId || '').split('-')[0];
      const model = store.get().model;
      const newer = model && items.some((item) => item[5] && Date.parse(item[5]) > Date.parse(model.generated_at));
      if (!replaying() && (needsModel || newer || (epoch !== null && epoch !== now))) reload();
      epoch = now;
    }

    /* A server that has just come back may answer its stream before its numbers. */
    function beat() {
      alive();
      if (needsModel && !replaying()) reload();
    }

    function delta(event) {
      const items = read(event);
      const model = store.get().model;
      if (!model || replaying()) return;
      store.set({ model: patch.deltas(model, items, periods) });
      tonglan.acts.said();
      dirty = dirty || items.some((item) => item[1] !== model.region.code);
    }

    function rows(event) {
      const items = read(event);
      const model = store.get().model;
      if (!model || replaying()) return;
      store.set({ model: patch.rows(model, items) });
      tonglan.acts.said();
    }

    function lost() {
      if (source) source.close();
      source = null;
      needsModel = true;
      if (!grace && store.get().link.state !== 'lost') {
        const at = store.get().link.lastAt;
        grace = setTimeout(() => store.set({ link: { state: 'lost', lostAt: clock.now() - GRACE, lastAt: at } }), GRACE);
      }
      clearTimeout(retry);
      retry = setTimeout(open, WAITS[Math.min(tries, WAITS.length - 1)]);
      tries += 1;
    }

    function open() {
      clearTimeout(retry);
      if (source) source.close();
      heard = Date.now();
      region = store.get().view.region;
      const mine = (source = new EventSource('/live?region=' + encodeURIComponent(region)));
      source.addEventListener('open', () => mine === source && alive());
      source.addEventListener('snapshot', snapshot);
      source.addEventListener('delta', delta);
      source.addEventListener('rows', rows);
      source.addEventListener('beat', beat);
      source.addEventListener('error', () => mine === source && lost());
      tonglan.alertFeed.hear(mine);
    }

    const watch = setInterval(() => {
      if (source && Date.now() - heard > SILENT) open();
    }, 5000);
    const refresh = setInterval(() => {
      if (dirty && store.get().link.state === 'open' && !replaying()) {
        dirty = false;
        tonglan.acts.load(true);
      }
    }, REFRESH);
    const stop = store.subscribe(() => {
      if (store.get().view.region !== region) open();
    });
    window.addEventListener('online', open);
    open();

    return function close() {
      stop();
      clearInterval(watch);
      clearInterval(refresh);
      clearTimeout(retry);
      clearTimeout(grace);
      window.removeEventListener('online', open);
      if (source) source.close();
      source = null;
    };
  };
})();
