/* New values of one indicator, told as they come; the browser reconnects by itself, silence is noticed. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const SILENT = 30000; // ms without any event before the stream is opened anew
  const TOGETHER = 1500; // ms in which several changes are one

  /* Calls `changed` after values of `indicators` came and `told(open)` as the stream comes and goes. */
  function follow(topic, indicators, changed, told) {
    let source = null;
    let heard = Date.now();
    let timer = 0;
    let missed = false; // something may have come while the stream was away

    function soon() {
      if (!timer) timer = setTimeout(() => ((timer = 0), changed()), TOGETHER);
    }

    function alive() {
      heard = Date.now();
      told(true);
      if (missed) soon();
      missed = false;
    }

    function delta(event) {
      alive();
      let items = [];
      try {
        items = JSON.parse(event.data);
      } catch (wrong) {
        soon(); // half a message: look for yourself
      }
      if (items.some((item) => indicators.includes(item[0]))) soon();
    }

    function lost() {
      missed = true;
      told(false);
    }

    function open() {
      if (source) source.close();
      heard = Date.now();
      source = new EventSource('/live?topics=' + encodeURIComponent(topic));
      ['open', 'beat', 'snapshot'].forEach((name) => source.addEventListener(name, alive));
      source.addEventListener('delta', delta);
      source.addEventListener('error', lost);
      tonglan.alertFeed.hear(source);
    }

    const watch = setInterval(() => {
      if (Date.now() - heard < SILENT) return;
      lost();
      open();
    }, 5000);
    open();
    return () => {
      clearInterval(watch);
      clearTimeout(timer);
      source.close();
    };
  }

  tonglan.followIndicator = follow;
})();
