/* What every page of desk work does: the frame, "ready", the theme of the moment, states. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, workTexts } = tonglan;
  const SLOW = 400; // ms before a skeleton is shown (SCREENS, states)

  /* Header above, content below; `ready` sets document.body.dataset.ready once. */
  function WorkPage({ page, title, head, ready, children }) {
    React.useEffect(() => {
      if (ready) document.body.dataset.ready = '1';
    }, [ready]);
    return h('div', { className: 'yw-page yw-work' }, h(tonglan.WorkHeader, { page, title }, head), h(tonglan.DrillBar),
      h('main', { id: 'yw-content', className: 'yw-workmain', tabIndex: -1 }, children));
  }

  /* The theme that is on; changes with the header's switch. */
  function useTheme() {
    const [theme, setTheme] = React.useState(document.documentElement.dataset.theme);
    React.useEffect(() => {
      const look = () => setTheme(document.documentElement.dataset.theme);
      window.addEventListener('yw-theme', look);
      return () => window.removeEventListener('yw-theme', look);
    }, []);
    return theme;
  }

  /* {data, of, failure, slow, reload}: fetched anew whenever `path` changes; old data stay meanwhile, `of` is the path they answer. */
  function useData(path) {
    const [state, setState] = React.useState({ data: null, of: '', failure: null, slow: false });
    const [turn, setTurn] = React.useState(0);
    React.useEffect(() => {
      if (!path) return undefined;
      const mine = new AbortController();
      const slow = setTimeout(() => setState((old) => Object.assign({}, old, { slow: true })), SLOW);
      tonglan.api.get(path, { signal: mine.signal }).then(
        (data) => setState({ data, of: path, failure: null, slow: false }),
        (failure) => mine.signal.aborted || setState((old) => ({ data: old.data, of: old.of, failure, slow: false }))
      ).finally(() => clearTimeout(slow));
      return () => {
        clearTimeout(slow);
        mine.abort();
      };
    }, [path, turn]);
    return Object.assign({ reload: () => setTurn((now) => now + 1) }, state);
  }

  /* The sentence of a failure, with the way out: sign in, or try again. */
  function Failure({ failure, again }) {
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    return h('div', { className: 'yw-failure', role: 'alert' }, h('b', null, failure.title), failure.detail && h('p', null, failure.detail),
      failure.status === 401 ? h('a', { className: 'yw-button', href: '/login?next=' + here }, workTexts.signIn)
        : again && h('button', { type: 'button', className: 'yw-button', onClick: again }, workTexts.retry));
  }

  Object.assign(tonglan, { WorkPage, useTheme, useData, Failure });
})();
