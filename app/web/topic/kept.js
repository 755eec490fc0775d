/* Answers of the server kept for a while: a place pointed at is asked for before it is clicked, and one that was left is there at once when somebody comes back. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const KEEP = 60000; // ms an answer may be shown until the next one is here
  const SAME = 3000; // ms in which an answer is as good as a new one
  const MOST = 16; // answers kept
  const DWELL = 60; // ms of pointing that are meant

  /* `get(path, {signal})` asks the server; paths are the whole question. */
  tonglan.keptAnswers = function (get) {
    const kept = new Map(); // path → {answer, at}, oldest first
    let ahead = null; // {path, promise}: asked for, not yet clicked
    let timer = 0;

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
      const going = ahead && ahead.path === path ? ahead.promise : null;
      return (going ? going.then((answer) => answer || get(path, { signal })) : get(path, { signal })).then((answer) => keep(path, answer));
    }

    /* What was answered not long ago, or null. */
    const last = (path) => (age(path) < KEEP ? kept.get(path).answer : null);

    function fetchAhead(path) {
      if (age(path) < SAME || ahead) return;
      const promise = get(path, {}).then((answer) => keep(path, answer), () => null); // a click asks again, and tells
      const mine = (ahead = { path, promise });
      promise.then(() => {
        if (ahead === mine) ahead = null;
      });
    }

    /* Somebody points at what `path` would show; null: at nothing any more. */
    function point(path) {
      clearTimeout(timer);
      timer = path ? setTimeout(() => fetchAhead(path), DWELL) : 0;
    }

    return { ask, last, point, fresh: (path) => age(path) < SAME, forget: () => kept.clear() };
  };
})();
