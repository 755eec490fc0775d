/* Which number is explained, how one got there, and what the server says of it. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const SLOW = 400; // ms before a skeleton is shown (SCREENS, states)

  const store = tonglan.createStore({ trail: [], data: null, failure: null, slow: false });
  let going = null;
  let opener = null;

  const spelled = (one) => [one.indicator, one.region || '', one.period || ''].join('|');
  const current = () => store.get().trail[store.get().trail.length - 1] || null;

  /* "indicator|region|period" as {indicator, region, period}; null for anything else. */
  function parse(text, asOf) {
    const [indicator, region, period] = (text || '').split('|');
    return indicator ? { indicator, region: region || '', period: period || '', asOf: asOf || '' } : null;
  }

  const query = () => new URLSearchParams(window.location.search);

  /* The address says what is open, so that a copied one reproduces the screen. */
  function tellAddress() {
    const asked = query();
    const one = current();
    if (one) asked.set('explain', spelled(one));
    else asked.delete('explain');
    const text = asked.toString().replace(/%7C/g, '|').replace(/%3A/g, ':').replace(/%2C/g, ',');
    window.history.replaceState(window.history.state, '', window.location.pathname + (text ? '?' + text : '') + window.location.hash);
  }

  /* Ask for what is open; `quiet`: what is shown stays, also when nothing comes. */
  async function load(quiet) {
    const one = current();
    if (going) going.abort();
    if (!one) return;
    const mine = (going = new AbortController());
    const slow = quiet ? 0 : setTimeout(() => store.set({ slow: true }), SLOW);
    const asked = new URLSearchParams({ indicator: one.indicator });
    if (one.region) asked.set('region', one.region);
    if (one.period) asked.set('period', one.period);
    if (one.asOf) asked.set('as_of', one.asOf);
    try {
      const data = await tonglan.api.get('/api/v1/explain?' + asked, { signal: mine.signal });
      if (mine === going) store.set({ data, failure: null });
    } catch (failure) {
      if (mine === going && !mine.signal.aborted && !quiet) store.set({ data: null, failure });
    } finally {
      clearTimeout(slow);
      if (mine === going) store.set({ slow: false });
    }
  }

  function go(trail, keep) {
    store.set({ trail, failure: null, slow: false, data: keep ? store.get().data : null });
    tellAddress();
    return load();
  }

  tonglan.explain = {
    store,
    parse,
    spelled,
    current,
    /* Explain a number: {indicator, region, period, asOf}; all but the indicator may be left out. */
    open(one) {
      if (!store.get().trail.length) opener = document.activeElement;
      return go([Object.assign({ region: '', period: '', asOf: query().get('as_of') || '' }, one)], false);
    },
    /* Explain an input of the number that is open; back() returns. */
    into: (one) => go(store.get().trail.concat(Object.assign({ asOf: (current() || {}).asOf || '' }, one)), true),
    back: () => go(store.get().trail.slice(0, -1), true),
    refresh: () => load(true),
    retry: () => go(store.get().trail, true),
    close() {
      if (going) going.abort();
      store.set({ trail: [], data: null, failure: null, slow: false });
      tellAddress();
      if (opener && opener.isConnected && opener.focus) opener.focus();
      opener = null;
    },
    /* What the address asks for when the page comes up. */
    fromAddress() {
      const one = parse(query().get('explain'), query().get('as_of'));
      if (one) tonglan.explain.open(one);
    },
  };
})();
