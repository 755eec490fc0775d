/* The one global of our pages, and the state that all panels of a page read. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = (window.tonglan = window.tonglan || {});
  tonglan.h = React.createElement;

  /* What the server wrote into the page: model, layers, places, colours, who is signed in. */
  tonglan.boot = function () {
    const block = document.getElementById('yw-boot');
    return block ? JSON.parse(block.textContent) : {};
  };

  /* A store of one immutable object; `use(pick)` re-renders a component when its pick changes. */
  tonglan.createStore = function (initial) {
    let state = initial;
    const listeners = new Set();
    const subscribe = (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    return {
      get: () => state,
      set(change) {
        const next = Object.assign({}, state, change);
        if (Object.keys(change).some((key) => state[key] !== next[key])) {
          state = next;
          listeners.forEach((listener) => listener());
        }
      },
      subscribe,
      use: (pick) => React.useSyncExternalStore(subscribe, () => pick(state)),
    };
  };

  tonglan.classes = (...names) => names.filter(Boolean).join(' ');
})();
