/* Values joined to geometry by feature id: a new value never resends a shape. */
(function () {
  'use strict';

  /* Either {id: value}, or two lists of equal length, `ids` and `values` (for tens of thousands). */
  function* pairs(state) {
    if (state.ids) {
      for (let n = 0; n < state.ids.length; n += 1) yield [state.ids[n], state.values[n]];
    } else {
      for (const id of Object.keys(state.values)) yield [Number(id), state.values[id]];
    }
  }

  function put(map, state, known) {
    const target = { source: state.source, sourceLayer: state.sourceLayer, id: 0 };
    const gone = new Set(known.keys());
    for (const [id, value] of pairs(state)) {
      gone.delete(id);
      if (known.get(id) === value && known.has(id)) continue;
      known.set(id, value);
      target.id = id;
      map.setFeatureState(target, { [state.key]: value });
    }
    gone.forEach((id) => {
      known.delete(id);
      target.id = id;
      map.removeFeatureState(target, state.key);
    });
  }

  /* `states`: {name: {source, sourceLayer, key, values | ids+values}}; `have` is kept by the caller. */
  function sync(map, states, have) {
    Object.keys(states).forEach((name) => {
      const state = states[name];
      if (!map.getSource(state.source)) return;
      if (have[name] && have[name].state === state) return;
      const known = have[name] ? have[name].known : new Map();
      put(map, state, known);
      have[name] = { state, known };
    });
  }

  window.tonglan.mapStates = { sync };
})();
