/* The rows behind a problem, or those set aside: edit the cells, then everything is checked again. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, api, desk, deskActs, work } = tonglan;
  const { Button, Bones, Notice, Dialog } = work;
  const T = tonglan.uploadTexts;
  const PAGE = 50;

  function useRows(submission, issue) {
    const [state, setState] = React.useState({ columns: [], items: [], next: null, failure: null, loading: true });
    const load = React.useCallback(async (next) => {
      const query = new URLSearchParams({ limit: PAGE });
      if (issue.quarantined) query.set('quarantined', 'true');
      else query.set('issue', issue.id);
      if (next) query.set('next', next);
      try {
        const page = await api.get('/api/v1/submissions/' + submission.id + '/rows?' + query);
        setState((old) => ({ columns: page.columns, items: next ? old.items.concat(page.items) : page.items, next: page.next, failure: null, loading: false }));
      } catch (wrong) {
        setState((old) => Object.assign({}, old, { failure: wrong, loading: false }));
      }
    }, [submission.id, issue.id]);
    React.useEffect(() => {
      load(null);
    }, [load]);
    return [state, load];
  }

  const valueOf = (item, columns, name) => (Array.isArray(item.values) ? item.values[columns.indexOf(name)] : item.values[name]);
  const nameOf = (column) => (typeof column === 'string' ? column : column.name);

  function Cell({ row, name, value, edits, onEdit, wrong }) {
    const edited = edits[row] && edits[row][name] !== undefined;
    const text = edited ? edits[row][name] : value === null || value === undefined ? '' : String(value);
    return h('td', null, h('input', { className: classes('yw-input', 'yw-cell', edited && 'yw-cell-new', wrong && !edited && 'yw-cell-wrong'), value: text, size: Math.min(28, Math.max(6, text.replace(/[^\x00-\xff]/g, 'aa').length + 1)),
      'aria-label': T.rows.cell(row, name), 'data-first': wrong ? true : undefined, onChange: (event) => onEdit(row, name, event.target.value) }));
  }

  /* Columns named by the problem stand first, so that nobody has to look for them. */
  function order(columns, item) {
    const names = columns.map(nameOf);
    const named = names.filter((name) => name === item);
    return named.concat(names.filter((name) => name !== item));
  }

  function RowEditor() {
    const issue = desk.use((state) => state.editing);
    return issue && h(Editor, { key: issue.id || 'aside', issue });
  }

  function Editor({ issue }) {
    const submission = desk.use((state) => state.submission);
    const [state, load] = useRows(submission, issue);
    const [edits, setEdits] = React.useState({});
    const changed = Object.keys(edits).length;
    const close = () => desk.set({ editing: null });
    const onEdit = (row, name, text) => setEdits((old) => Object.assign({}, old, { [row]: Object.assign({}, old[row], { [name]: text }) }));
    const save = async () => {
      if (await deskActs.edit(edits)) close();
    };
    const table = React.useRef(null);
    React.useEffect(() => {
      const first = table.current && table.current.querySelector('[data-first],input');
      if (first) first.focus();
    }, [state.loading]);
    const item = issue.column || (issue.id || '').split(':').slice(1).join(':') || issue.item;
    const names = order(state.columns, item);
    const plain = state.columns.map(nameOf);
    const foot = [
      h('span', { key: 'said', className: 'yw-t3', role: 'status' }, changed ? T.rows.changed(changed) : T.rows.hint), h('span', { key: 'grow', className: 'yw-grow' }),
      h(Button, { key: 'no', onClick: close }, T.cancel),
      h(Button, { key: 'yes', kind: 'main', disabled: !changed, onClick: save }, T.rows.save),
    ];
    return h(
      Dialog,
      { title: issue.quarantined ? T.rows.aside : T.rows.title(issue.item, issue.problem), onClose: close, className: 'yw-dialog-wide', foot },
      state.loading && h(Bones, { rows: 5 }),
      state.failure && h(Notice, { text: state.failure.message, tone: 'bad' }),
      !state.loading && !state.failure && !state.items.length && h('p', { className: 'yw-empty' }, T.rows.empty),
      state.items.length > 0 && h('div', { ref: table, className: 'yw-rows-scroll', tabIndex: -1 }, h('table', { className: 'yw-rows-table' },
        h('thead', null, h('tr', null, h('th', { scope: 'col' }, T.rows.row), h('th', { scope: 'col' }, T.rows.why), names.map((name) => h('th', { key: name, scope: 'col' }, name)))),
        h('tbody', null, state.items.map((one) => h('tr', { key: one.row }, h('th', { scope: 'row' }, one.row),
          h('td', { className: 'yw-rows-why' }, (one.reasons || []).map((reason) => (typeof reason === 'string' ? reason : reason.problem)).join(';')),
          names.map((name) => h(Cell, { key: name, row: one.row, name, value: valueOf(one, plain, name), edits, onEdit, wrong: name === item }))))))),
      state.next && h(Button, { onClick: () => load(state.next) }, T.rows.more)
    );
  }

  tonglan.RowEditor = RowEditor;
})();
