/* New values as they come: the panels that show them are read again, a few seconds' changes at once. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const SILENT = 30000; // ms without any event before the stream is opened anew
  const TOGETHER = 2500; // ms in which several changes are one
  const FEW = 2; // panels read one by one; more are read as a page
  const HEADER = 60000; // ms between readings of what the header shows

  /* The panels of `page` that show one of `indicators`, and whether the map does. */
  function touched(page, indicators) {
    const shows = (part) => {
      const text = JSON.stringify(part || null);
      return indicators.some((one) => text.includes('"' + one + '|') || text.includes('"indicator":"' + one + '"'));
    };
    return { panels: page.panels.filter(shows).map((one) => one.id), map: shows(page.map) };
  }

  /* One EventSource as long as the page lives; returns what ends it. */
  tonglan.startTopicLive = function (board) {
    const { acts } = tonglan;
    let source = null;
    let heard = Date.now();
    let timer = 0;
    let missed = false; // something may have come while the stream was away
    let changed = new Set();

    function read() {
      timer = 0;
      const { page, view } = board.get();
      const indicators = [...changed];
      changed = new Set();
      if (!page || view.as_of || document.hidden) return undefined;
      if (!indicators.length) return acts.load(true);
      const found = touched(page, indicators);
      if (found.map || found.panels.length > FEW) return acts.load(true);
      return found.panels.length ? acts.panels(found.panels) : undefined;
    }

    const soon = () => (timer = timer || setTimeout(read, TOGETHER));

    function alive() {
      heard = Date.now();
      if (board.get().link.state !== 'open') board.set({ link: { state: 'open', lostAt: 0, lastAt: tonglan.clock.now() } });
      if (missed) soon();
      missed = false;
    }

    function delta(event) {
      alive();
      try {
        JSON.parse(event.data).forEach((item) => changed.add(item[0]));
      } catch (wrong) {
        changed = new Set(); // half a message: look for yourself
      }
      soon();
    }

    function lost() {
      missed = true;
      if (board.get().link.state === 'open') board.set({ link: { state: 'lost', lostAt: tonglan.clock.now(), lastAt: tonglan.clock.now() } });
    }

    function open() {
      if (source) source.close();
      heard = Date.now();
      source = new EventSource('/live?topics=' + encodeURIComponent(board.get().topic));
      ['open', 'beat', 'snapshot'].forEach((name) => source.addEventListener(name, alive));
      source.addEventListener('delta', delta);
      source.addEventListener('error', lost);
      tonglan.alertFeed.hear(source);
    }

    async function header() {
      const city = board.get().boot.city.code;
      const model = await tonglan.api.get('/api/v1/overview?region=' + city).catch(() => null);
      if (model) board.set({ model: { header: model.header, freshness: model.freshness } });
    }

    const seen = () => document.hidden || soon();
    const watch = setInterval(() => {
      if (Date.now() - heard < SILENT) return;
      lost();
      open();
    }, 5000);
    const around = setInterval(header, HEADER);
    document.addEventListener('visibilitychange', seen);
    open();
    return () => {
      clearInterval(watch);
      clearInterval(around);
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      source.close();
    };
  };
})();
