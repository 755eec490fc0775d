/* How the layer will look: field, classes, label, live preview in both themes. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, desk, deskActs, work, palettes } = tonglan;
  const { Card, Select, Segments, Bones } = work;
  const T = tonglan.uploadTexts;
  const FEW = 3; // distinct numbers that are rather codes than amounts
  const ZOOMS = [0, 9, 10, 11, 12, 13, 14];
  const DRAWN_NUMBER = /int|float|double|number|real|数/i;

  const valuesOf = (collection, field) => ((collection && collection.features) || []).map((one) => one.properties[field]);

  /* The classes of a field: names when few and no numbers, else steps. */
  async function classify(collection, field, kind, method, layer) {
    const values = valuesOf(collection, field);
    if (kind === 'categorised') return palettes.categories(values);
    const numbers = values.filter((value) => value !== null && value !== '').map(Number);
    const count = Math.min(5, palettes.MOST);
    if (method === 'natural' && layer) {
      const found = await api.post('/api/v1/layers/' + encodeURIComponent(layer) + '/breaks', { field, kind: 'natural', classes: count }).catch(() => null);
      if (found) return found.classes.map(({ min, max, label, dark, light }) => ({ min, max, label, dark, light }));
    }
    const edges = palettes.edges(numbers, method === 'equal' ? 'equal' : 'quantile', count);
    return edges.length > 1 ? palettes.steps(edges, 'seq') : [];
  }

  const numeric = (fields, name) => DRAWN_NUMBER.test((fields.find((one) => one.name === name) || {}).type || '');

  /* The style of the draft: what was saved, with what is typed but not saved yet. */
  function useStyle() {
    const about = desk.use((state) => state.submission && state.submission.about);
    const pending = desk.use((state) => state.pending.style);
    const live = desk.use((state) => state.submission && state.submission.described && state.submission.described.style);
    const style = pending || (about && about.style) || live || {};
    return style.kind && (style.classes || []).length ? style : Object.assign({ kind: 'single', classes: palettes.single(), pair: true }, style.label && { label: style.label });
  }

  /* A field of water or air classes is coloured by itself, where nobody has chosen yet. */
  function useSuggestion(preview, fields, style, locked) {
    React.useEffect(() => {
      const { submission, pending } = desk.get();
      const chosen = pending.style || [submission.about, submission.described].some((one) => one && one.style && one.style.kind);
      if (locked || !preview || chosen || !(submission.actions || []).includes('submit')) return;
      const known = fields.find((one) => {
        const values = [...new Set(valuesOf(preview, one.name).filter((value) => value !== null && value !== undefined && value !== '').map(String))];
        return values.length > 1 && palettes.kindOf(values) !== 'names';
      });
      if (known) deskActs.about({ style: { kind: 'categorised', field: known.name, classes: palettes.categories(valuesOf(preview, known.name)), pair: true } });
    }, [preview]);
  }

  function Swatches({ style, theme }) {
    const classes = style.classes || [];
    return h('div', { className: 'yw-swatches' }, h('div', { className: 'yw-swatch-line', 'aria-hidden': true }, classes.map((one, n) => h('i', { key: n, style: { background: one[theme] } }))),
      style.kind !== 'single' && h('ul', null, classes.map((one, n) => h('li', { key: n }, h('i', { style: { background: one[theme] }, 'aria-hidden': true }), one.label))));
  }

  function StylePanel({ locked, large }) {
    const submission = desk.use((state) => state.submission);
    const preview = desk.use((state) => state.preview);
    const style = useStyle();
    const page = tonglan.useTheme();
    const [shown, setShown] = React.useState(null);
    const theme = shown || page;
    const fields = (submission.report && submission.report.fields) || [];
    useSuggestion(preview, fields, style, locked);
    const save = (more) => deskActs.about({ style: Object.assign({}, style, { pair: true }, more) });
    const ready = fields.length > 0 && preview;
    const take = async (field, kind, method) => {
      if (!field) return save({ kind: 'single', field: null, classes: palettes.single() });
      const classes = await classify(preview, field, kind, method, submission.live && submission.layer);
      return save(Object.assign({ kind, field, classes }, kind === 'graduated' && { method }));
    };
    const choose = (event) => {
      const field = event.target.value;
      const count = numeric(fields, field);
      const few = new Set(valuesOf(preview, field).map(String)).size <= FEW;
      take(field, count && !few ? 'graduated' : 'categorised', 'quantile');
    };
    const label = style.label || {};
    const named = fields.map((one) => ({ value: one.name, title: one.name }));
    return h(
      Card,
      { title: T.style.title, className: 'yw-style' },
      h('div', { className: 'yw-style-body' },
        h('div', { className: 'yw-style-form' },
          h(work.Field, { label: T.style.field }, h(Select, { value: style.field || '', disabled: locked || !ready, options: [{ value: '', title: T.style.single }].concat(named), onChange: choose })),
          numeric(fields, style.field) && h(work.Field, { label: T.style.method }, h(Select, { value: style.kind === 'graduated' ? style.method || 'quantile' : 'values', disabled: locked, options: T.style.methods.filter((one) => submission.live || one.value !== 'natural'), onChange: (event) => take(style.field, event.target.value === 'values' ? 'categorised' : 'graduated', event.target.value) })),
          h('div', { className: 'yw-pair-field' }, h('span', null, T.style.palette), h('div', { className: 'yw-pair-field-control' }, h(Swatches, { style, theme }))),
          h(work.Field, { label: T.style.label }, h(Select, { value: label.field || '', disabled: locked || !fields.length,
            options: [{ value: '', title: T.style.noLabel }].concat(fields.map((one) => ({ value: one.name, title: one.name === label.field ? T.style.labelled(one.name, label.min_zoom) : one.name }))),
            onChange: (event) => save({ label: event.target.value ? { field: event.target.value, min_zoom: label.min_zoom || 12 } : null }) })),
          large && label.field && h(work.Field, { label: T.style.zoom }, h(Select, { value: label.min_zoom || 0, disabled: locked, options: ZOOMS.map((zoom) => ({ value: zoom, title: T.style.zoomFrom(zoom) })),
            onChange: (event) => save({ label: { field: label.field, min_zoom: Number(event.target.value) } }) }))),
        preview ? h(tonglan.WorkMap, { collection: preview, style, geometry: submission.report.geometry, theme, label: T.style.map, className: 'yw-style-map' })
          : h('div', { className: 'yw-up-map yw-style-map yw-up-map-empty' }, submission.report ? h('p', null, preview === false ? T.style.none : T.style.noPreview) : submission.question ? h('p', null, T.style.noPreview) : h(Bones, { rows: 3 })),
        h('div', { className: 'yw-style-foot' }, h('small', null, T.style.pair), h(Segments, { label: T.style.theme, value: theme, options: T.style.themes, onChange: setShown })))
    );
  }

  Object.assign(tonglan, { StylePanel, useDraftStyle: useStyle });
})();
