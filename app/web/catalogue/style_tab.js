/* The style of a layer: edited beside the map that shows it at once, saved for everybody. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, catalogueTexts: texts } = tonglan;
  const T = texts.style;
  const ZOOMS = [0, 9, 10, 11, 12, 13, 14, 15];
  const SIZES = [0.6, 0.8, 1, 1.3, 1.6, 2];

  const plain = () => {
    const { colours } = tonglan.boot();
    return { kind: 'single', field: null, classes: [{ label: '', dark: colours.dark.accent, light: colours.light.accent }], pair: true };
  };

  function Row({ label, children }) {
    return h('label', { className: 'yw-cat-edit' }, h('span', null, label), children);
  }
  const Choice = ({ value, options, change, disabled }) => h('select', { className: 'yw-field', value, disabled, onChange: (event) => change(event.target.value) }, options.map(([one, title]) => h('option', { key: one, value: one }, title)));

  /* One class: its colour in both themes, its words and how many features it holds. */
  function ClassRow({ one, disabled, change }) {
    const colour = (theme) => h('input', { type: 'color', className: 'yw-swatch-input', value: one[theme], disabled, title: T[theme], 'aria-label': T[theme] + ' ' + (one.label || T.same), onChange: (event) => change({ [theme]: event.target.value.toUpperCase() }) });
    return h('tr', null, h('td', null, colour('dark'), colour('light')),
      h('td', null, h('input', { className: 'yw-field yw-cell', value: one.label || '', disabled, 'aria-label': T.head[1], onChange: (event) => change({ label: event.target.value }) })),
      h('td', { className: 'yw-num' }, one.count === undefined || one.count === null ? '' : one.count.toLocaleString('zh-CN')));
  }

  function StyleEditor({ layer, style, change, disabled }) {
    const [failure, setFailure] = React.useState(null);
    const fields = (layer.catalogue && layer.catalogue.fields) || [];
    const named = fields.map((field) => [field.name, field.title ? field.title + '(' + field.name + ')' : field.name]);
    const classed = style.kind !== 'single';
    const put = (more) => change(Object.assign({}, style, more));
    async function classify(kind, field, method, count) {
      if (kind === 'single') return change(Object.assign(plain(), { label: style.label, icon: style.icon, size: style.size }));
      const chosen = field || (fields.find((one) => kind === 'categorised' || one.type === 'N') || fields[0] || {}).name;
      try {
        const found = await api.post('/api/v1/layers/' + encodeURIComponent(layer.id) + '/breaks', { field: chosen, kind: kind === 'categorised' ? 'categorised' : method || 'quantiles', classes: count || 5 });
        setFailure(null);
        return put({ kind, field: chosen, method: kind === 'categorised' ? '' : found.kind, classes: found.classes });
      } catch (wrong) {
        return setFailure(wrong);
      }
    }
    const label = style.label || {};
    const classes = style.classes || [];
    return h('div', { className: 'yw-cat-form' },
      h(Row, { label: T.kind }, h(Choice, { value: style.kind, options: T.kinds, disabled: disabled || !fields.length, change: (kind) => classify(kind) })),
      classed && h(Row, { label: T.field }, h(Choice, { value: style.field || '', options: named, disabled, change: (field) => classify(style.kind, field, style.method, classes.length) })),
      style.kind === 'graduated' && h(Row, { label: T.methods && T.classes }, h('span', { className: 'yw-pair' },
        h(Choice, { value: style.method || 'quantiles', options: T.methods, disabled, change: (method) => classify('graduated', style.field, method, classes.length) }),
        h(Choice, { value: String(classes.length), options: [3, 4, 5, 6, 7].map((n) => [String(n), String(n)]), disabled, change: (count) => classify('graduated', style.field, style.method, Number(count)) }))),
      h('table', { className: 'yw-grid yw-classes' }, h('thead', null, h('tr', null, T.head.map((name) => h('th', { key: name, scope: 'col' }, name)))),
        h('tbody', null, classes.map((one, n) => h(ClassRow, { key: n, one, disabled, change: (more) => put({ classes: classes.map((other, k) => (k === n ? Object.assign({}, other, more) : other)) }) })))),
      h(Row, { label: T.label }, h(Choice, { value: label.field || '', options: [['', T.none]].concat(named), disabled, change: (field) => put({ label: field ? { field, min_zoom: label.min_zoom === undefined ? 10 : label.min_zoom } : null }) })),
      label.field && h(Row, { label: T.zoom }, h(Choice, { value: String(label.min_zoom || 0), options: ZOOMS.map((zoom) => [String(zoom), zoom + ' 级起']), disabled, change: (zoom) => put({ label: { field: label.field, min_zoom: Number(zoom) } }) })),
      layer.geometry === 'point' && h(Row, { label: T.icon }, h('input', { className: 'yw-field', value: style.icon || '', placeholder: T.iconHint, maxLength: 2, disabled, onChange: (event) => put({ icon: [...event.target.value][0] || null }) })),
      layer.geometry !== 'polygon' && h(Row, { label: T.size }, h(Choice, { value: String(style.size || 1), options: SIZES.map((size) => [String(size), '×' + size]), disabled, change: (size) => put({ size: Number(size) }) })),
      failure && h(tonglan.Failure, { failure }));
  }

  function LayerStyle({ layer, mayEdit, done, preview }) {
    const [style, setStyle] = React.useState(layer.style && (layer.style.classes || []).length ? layer.style : plain());
    const [failure, setFailure] = React.useState(null);
    const [saved, setSaved] = React.useState(false);
    React.useEffect(() => () => preview(null), []);
    function change(next) {
      setSaved(false);
      setStyle(next);
      preview(next);
    }
    function save() {
      api.patch('/api/v1/layers/' + encodeURIComponent(layer.id), { style }).then(() => {
        setSaved(true);
        setFailure(null);
        done();
      }, setFailure);
    }
    return h(React.Fragment, null,
      h(StyleEditor, { layer, style, change, disabled: !mayEdit }),
      failure && h(tonglan.Failure, { failure }),
      mayEdit && h('div', { className: 'yw-cat-buttons' }, saved && h('span', { className: 'yw-t3', role: 'status' }, texts.saved), h('button', { type: 'button', className: 'yw-button yw-primary', onClick: save }, T.save)));
  }
  Object.assign(tonglan, { LayerStyle, StyleEditor });
})();
