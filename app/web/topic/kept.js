/* Answers of the server kept for a while: a place pointed at is asked for before it is clicked, what lies next
   is asked for in idle time, and one that was left is there at once when somebody comes back. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const KEEP = 60000; // ms an answer may be shown until the next one is here
  const SAME = 3000; // ms in which an answer is as good as a new one
  const MOST = 24; // answers kept
  const NEXT = 12; // of them asked for in idle time, at one place
  const REST = 800; // ms at one place after which time is idle
  const DWELL = 60; // ms of pointing that are meant

  const idle = () => new Promise((resolve) => (window.requestIdleCallback ? window.requestIdleCallback(resolve, { timeout: REST }) : setTimeout(resolve)));

  /* `get(path, {signal})` asks the server; paths are the whole question. */
  tonglan.keptAnswers = function (get) {
    const kept = new Map(); // path → {answer, at}, oldest first
    let ahead = null; // {path, promise, stop, idle}: asked for, not yet clicked
    let timer = 0;
    let rest = 0;

    function keep(path, answer) {
      kept.delete(path);
      kept.set(path, { answer, at: Date.now() });
      if (kept.size > MOST) kept.delete(kept.keys().next().value);
      return answer;
    }

    const age = (path) => (kept.has(path) ? Date.now() - kept.get(path).at : Infinity);

    /* The answer, from the server; one that is on its way already is waited for. */
    function ask(path, signal) {
      clearTimeout(timer); // a click says it all
      giveWay(path);
      const going = ahead && ahead.path === path ? ahead.promise : null;
      return (going ? going.then((answer) => answer || get(path, { signal })) : get(path, { signal })).then((answer) => keep(path, answer));
    }

    /* What was answered not long ago, or null. */
    const last = (path) => (age(path) < KEEP ? kept.get(path).answer : null);

    /* What was asked for in idle time never holds up what somebody wants now. */
    function giveWay(path) {
      if (!ahead || !ahead.idle || ahead.path === path) return;
      ahead.stop.abort();
      ahead = null;
    }

    function fetchAhead(path, idle) {
      if (!idle) giveWay(path);
      if (age(path) < SAME || ahead) return Promise.resolve(null);
      const stop = new AbortController();
      const promise = get(path, { signal: stop.signal }).then((answer) => keep(path, answer), () => null); // a click asks again, and tells
      const mine = (ahead = { path, promise, stop, idle });
      return promise.finally(() => {
        if (ahead === mine) ahead = null;
      });
    }

    /* One after the other, as long as nobody wants anything else and the page is seen. */
    async function inIdle(paths, mine) {
      for (const path of paths) {
        await idle();
        if (rest !== mine || document.hidden) return;
        if (last(path) === null) await fetchAhead(path, true);
      }
    }

    /* Somebody is at a place from which these lead on; another call takes it back. */
    function next(paths) {
      clearTimeout(rest);
      rest = 0; // also for paths that are being asked for
      if (navigator.connection && navigator.connection.saveData) return;
      const mine = (rest = setTimeout(() => inIdle(paths.slice(0, NEXT), mine), REST));
    }

    /* Somebody points at what `path` would show; null: at nothing any more. */
    function point(path) {
      clearTimeout(timer);
      timer = path ? setTimeout(() => fetchAhead(path, false), DWELL) : 0;
    }

    return { ask, last, point, next, fresh: (path) => age(path) < SAME, forget: () => kept.clear() };
  };
})();
