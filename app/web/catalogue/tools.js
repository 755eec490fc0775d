/* The map's tools and what they find: identify, table of the view, measure, statistics of an area. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, earth, catalogueTexts: texts } = tonglan;
  const ROWS = 200; // features listed at once
  const TOOLS = ['identify', 'table', 'distance', 'area', 'polygon', 'buffer'];

  function ToolBar({ tool, setTool }) {
    return h('div', { className: 'yw-over yw-tools', role: 'toolbar', 'aria-label': texts.tools.identify },
      TOOLS.map((one) => h('button', { key: one, type: 'button', className: classes('yw-tool', one === tool && 'yw-on'), 'aria-pressed': one === tool, title: texts.toolHints[one], onClick: () => setTool(one) }, texts.tools[one])));
  }

  const said = (value) => {
    if (value === null || value === undefined || value === '') return texts.noValue;
    return typeof value === 'number' && !Number.isInteger(value) ? value.toLocaleString('zh-CN', { maximumFractionDigits: 6 }) : String(value);
  };
  const titled = (fields, name) => {
    const field = (fields || []).find((one) => one.name === name);
    return field && field.title ? field.title + (field.unit ? '(' + field.unit + ')' : '') : name;
  };

  function Identified({ features, fieldsOf }) {
    if (!features.length) return h('p', { className: 'yw-empty' }, texts.noFeature);
    return h('div', { className: 'yw-identified' }, features.map((feature, n) => h('section', { key: n },
      h('h3', null, feature.title),
      h('dl', null, Object.keys(feature.properties).map((name) => [h('dt', { key: name }, titled(fieldsOf(feature.layer), name)), h('dd', { key: name + '=' }, said(feature.properties[name]))])))));
  }

  function FeatureTable({ items, fields, pick }) {
    const names = React.useMemo(() => [...new Set(items.flatMap((item) => Object.keys(item.properties)))], [items]);
    const numbers = (name) => (items.some((item) => typeof item.properties[name] === 'number') ? 'yw-num' : undefined);
    const open = (item) => ({ onClick: () => pick(item), onKeyDown: (event) => event.key === 'Enter' && pick(item), tabIndex: 0 });
    return h('div', { className: 'yw-scroll' }, h('table', { className: 'yw-grid' },
      h('thead', null, h('tr', null, names.map((name) => h('th', { key: name, scope: 'col', className: numbers(name) }, titled(fields, name))))),
      h('tbody', null, items.map((item, n) => h('tr', Object.assign({ key: item.id + '-' + n }, open(item)), names.map((name) => h('td', { key: name, className: numbers(name) }, said(item.properties[name]))))))));
  }

  /* Features of `layer` in the window of the map, fetched anew when either changes. */
  function ViewTable({ layer, bounds, pick }) {
    const path = layer && bounds && '/api/v1/features/' + layer.id + '?version=' + layer.version + '&limit=' + ROWS + '&bbox=' + [...bounds[0], ...bounds[1]].map((side) => side.toFixed(6)).join(',');
    const { data, failure, reload } = tonglan.useData(path);
    if (!layer) return h('p', { className: 'yw-empty' }, texts.noLayer);
    if (failure) return h(tonglan.Failure, { failure, again: reload });
    if (!data) return null;
    if (!data.items.length) return h('p', { className: 'yw-empty' }, texts.noFeature);
    return h(React.Fragment, null, h('p', { className: 'yw-foot-line' }, layer.title + ' · ' + texts.moreRows(data.items.length, data.next)), h(FeatureTable, { items: data.items, fields: layer.fields, pick }));
  }

  function Measured({ tool, drawing }) {
    const path = drawing.moving && !drawing.done ? drawing.points.concat([drawing.moving]) : drawing.points;
    const facts = tool === 'distance' ? [[texts.length, earth.sayLength(earth.length(path))]]
      : [[texts.surface, earth.sayArea(earth.area(path))], [texts.perimeter, earth.sayLength(path.length > 2 ? earth.length(path.concat([path[0]])) : 0)]];
    return h('dl', { className: 'yw-measured', role: 'status' }, facts.map(([name, value]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, value)]));
  }

  const numeric = (fields) => (fields || []).filter((field) => /^(N|number|int|float)/i.test(field.type || '')).map((field) => field.name).slice(0, 12);

  function useWithin(layer, geometry, radius) {
    const [state, setState] = React.useState({ found: null, failure: null, busy: false });
    React.useEffect(() => {
      if (!layer || !geometry) {
        setState({ found: null, failure: null, busy: false });
        return undefined;
      }
      const mine = new AbortController();
      setState((old) => Object.assign({}, old, { busy: true }));
      const asked = Object.assign({ geometry, sums: numeric(layer.fields), limit: ROWS }, geometry.type === 'Point' && { buffer_m: radius });
      tonglan.api.post('/api/v1/layers/' + layer.id + '/within', asked, { signal: mine.signal }).then(
        (found) => setState({ found, failure: null, busy: false }),
        (failure) => mine.signal.aborted || setState({ found: null, failure, busy: false })
      );
      return () => mine.abort();
    }, [layer && layer.id, geometry, radius]);
    return state;
  }

  /* Fetch the export as a file and hand it to the browser. */
  async function download(layer, geometry, radius, format) {
    const asked = Object.assign({ geometry, sums: [], limit: ROWS }, geometry.type === 'Point' && { buffer_m: radius });
    const answer = await fetch('/api/v1/layers/' + layer.id + '/within?format=' + format, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(asked) });
    if (!answer.ok) throw new tonglan.Problem(answer.status, await answer.json().catch(() => null), tonglan.workTexts.serverSaid(answer.status));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = layer.title + '_范围.' + format;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function Within({ layer, geometry, radius, setRadius, tool, pick }) {
    const [draft, setDraft] = React.useState(String(radius));
    const [wrong, setWrong] = React.useState(null);
    const { found, failure, busy } = useWithin(layer, geometry, radius);
    if (!layer) return h('p', { className: 'yw-empty' }, texts.noLayer);
    const set = () => Number(draft) > 0 && Number(draft) <= 200000 && setRadius(Number(draft));
    const out = (format) => () => download(layer, geometry, radius, format).then(() => setWrong(null), setWrong);
    const sums = found ? Object.entries(found.sums || {}) : [];
    return h(React.Fragment, null,
      h('div', { className: 'yw-within-head' },
        h('b', null, layer.title),
        tool === 'buffer' && h('label', null, texts.radius, h('input', { className: 'yw-field', inputMode: 'numeric', value: draft, onChange: (event) => setDraft(event.target.value), onBlur: set, onKeyDown: (event) => event.key === 'Enter' && set() })),
        busy && h('span', { className: 'yw-t3' }, texts.working),
        found && h('span', { role: 'status' }, texts.inside(found.count)),
        found && found.area_m2 > 0 && h('span', null, texts.surface + ' ' + earth.sayArea(found.area_m2)),
        found && found.length_m > 0 && h('span', null, texts.length + ' ' + earth.sayLength(found.length_m)),
        found && found.count > 0 && h('span', { className: 'yw-grow' }),
        found && found.count > 0 && h('button', { type: 'button', className: 'yw-button', onClick: out('csv') }, texts.exportCsv),
        found && found.count > 0 && h('button', { type: 'button', className: 'yw-button', onClick: out('xlsx') }, texts.exportXlsx)),
      (failure || wrong) && h(tonglan.Failure, { failure: failure || wrong }),
      found && found.count > 0 && h('div', { className: 'yw-within' },
        sums.length > 0 && h('table', { className: 'yw-grid yw-sums' }, h('thead', null, h('tr', null, texts.sumHead.map((name, n) => h('th', { key: name, scope: 'col', className: n ? 'yw-num' : undefined }, name)))),
          h('tbody', null, sums.map(([name, one]) => h('tr', { key: name }, h('td', null, titled(layer.fields, name)), [one.sum, one.mean, one.count].map((value, n) => h('td', { key: n, className: 'yw-num' }, said(value))))))),
        h(FeatureTable, { items: found.items, fields: layer.fields, pick })));
  }

  Object.assign(tonglan, { ToolBar, Identified, ViewTable, Measured, Within, fieldTitle: titled, sayValue: said });
})();
