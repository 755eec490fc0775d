/* 演练 marked on every screen: a bar under the header, whoever looks. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h } = tonglan;
  const EVERY = 20000; // ms

  const mode = tonglan.createStore({ drill: null, wartime: false });
  let watching = false;

  async function look() {
    try {
      mode.set(await tonglan.api.get('/api/v1/mode'));
    } catch (wrong) {
      // The bar stays as it was until the server answers again.
    }
  }

  function watch() {
    if (watching) return;
    watching = true;
    look();
    setInterval(() => document.hidden || look(), EVERY);
  }

  function DrillBar() {
    const drill = mode.use((state) => state.drill);
    React.useEffect(watch, []);
    const texts = tonglan.drillTexts;
    return drill ? h('div', { className: 'yw-drillbar', role: 'status' }, h('b', null, texts.drill), h('span', null, drill), h('small', null, texts.inside)) : null;
  }

  tonglan.drillTexts = { drill: '演练', inside: '消息不对外发送' };
  Object.assign(tonglan, { DrillBar, lookAtMode: look });
})();
