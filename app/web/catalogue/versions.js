/* The versions of a layer: which is live, what changed, back to an older one, out as a file. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, catalogueTexts: texts } = tonglan;
  const LISTED = 200; // changes listed at once

  function Export({ layer, version }) {
    const [kind, setKind] = React.useState('geojson');
    const [crs, setCrs] = React.useState('EPSG:4490');
    const select = (value, set, options, label) => h('select', { className: 'yw-field', value, 'aria-label': label, onChange: (event) => set(event.target.value) }, options.map(([one, title]) => h('option', { key: one, value: one }, title)));
    const query = new URLSearchParams({ format: kind, crs });
    return h('div', { className: 'yw-export' }, h('b', null, texts.exportTitle + ' ' + texts.version(version.number)),
      select(kind, setKind, texts.exportKinds, texts.exportTitle), select(crs, setCrs, texts.exportSystems, texts.about.crs),
      h('a', { className: 'yw-button yw-primary', href: '/api/v1/layers/' + layer.id + '/versions/' + version.id + '/export?' + query, download: '' }, texts.exportGo));
  }

  function changes(diff) {
    const plain = (list, change) => (list || []).map((one) => ({ key: typeof one === 'object' ? one.key : one, change, field: '', before: '', after: '' }));
    const changed = (diff.changed || []).flatMap((one) => Object.entries(one.fields || {}).map(([field, [before, after]]) => ({ key: one.key, change: 'changed', field, before, after })));
    return plain(diff.added, 'added').concat(plain(diff.removed, 'removed'), changed);
  }

  function Difference({ layer, older, newer, draw }) {
    const query = '?old=' + older.id + '&new=' + newer.id;
    const { data, failure, reload } = tonglan.useData('/api/v1/layers/' + layer.id + '/diff' + query + '&limit=' + LISTED);
    React.useEffect(() => {
      let gone = false;
      tonglan.api.get('/api/v1/layers/' + layer.id + '/diff.geojson' + query).then((shape) => gone || draw(shape), () => undefined);
      return () => {
        gone = true;
        draw(null);
      };
    }, [query]);
    if (failure) return h(tonglan.Failure, { failure, again: reload });
    if (!data) return null;
    const { added, removed, changed } = data.counts;
    if (!added && !removed && !changed) return h('p', { className: 'yw-empty' }, texts.same);
    const rows = changes(data);
    return h(React.Fragment, null, h('p', { className: 'yw-foot-line' }, texts.compared(data.counts)),
      h('table', { className: 'yw-grid' }, h('thead', null, h('tr', null, texts.diffHead.map((name) => h('th', { key: name, scope: 'col' }, name)))),
        h('tbody', null, rows.map((row, n) => h('tr', { key: n }, h('td', null, row.key), h('td', null, texts.change[row.change]), h('td', null, row.field && tonglan.fieldTitle(layer.catalogue && layer.catalogue.fields, row.field)),
          h('td', null, row.field && tonglan.sayValue(row.before)), h('td', null, row.field && tonglan.sayValue(row.after)))))));
  }

  function Versions({ layer, mayPublish, reload, draw }) {
    const { data, failure, reload: again } = tonglan.useData('/api/v1/layers/' + layer.id + '/versions');
    const [compared, setCompared] = React.useState(null);
    const [said, setSaid] = React.useState('');
    const [wrong, setWrong] = React.useState(null);
    if (failure) return h(tonglan.Failure, { failure, again });
    const versions = (data && data.items) || [];
    const live = versions.find((one) => one.id === layer.version);
    function back(version) {
      if (!window.confirm(texts.rollbackAsk(layer.title, version.number))) return;
      const began = performance.now();
      tonglan.api.post('/api/v1/layers/' + layer.id + '/rollback', { version: version.id }).then(() => {
        setSaid(texts.rolledBack(version.number, Math.round(performance.now() - began)));
        setWrong(null);
        again();
        reload();
      }, setWrong);
    }
    const state = (one) => (one.id === layer.version ? texts.live : one.published_at ? texts.superseded : texts.draft);
    const older = (one) => versions.filter((other) => other.number < one.number && other.published_at)[0];
    return h(React.Fragment, null,
      h('table', { className: 'yw-grid yw-versions' }, h('thead', null, h('tr', null, texts.versionHead.map((name) => h('th', { key: name, scope: 'col' }, name)), h('th', null))),
        h('tbody', null, versions.map((one) => h('tr', { key: one.id },
          h('td', null, h('b', null, 'v' + one.number), ' ', h('span', { className: 'yw-tag' + (one.id === layer.version ? ' yw-tag-on' : '') }, state(one))),
          h('td', null, one.note || one.original_name),
          h('td', { className: 'yw-num' }, one.features.toLocaleString('zh-CN')),
          h('td', null, tonglan.sayWhen(one.published_at) || texts.noValue),
          h('td', { className: 'yw-acts' },
            older(one) && h('button', { type: 'button', className: 'yw-plain yw-link', 'aria-expanded': compared === one.id, onClick: () => setCompared(compared === one.id ? null : one.id) }, texts.compare),
            mayPublish && one.published_at && one.id !== layer.version && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => back(one) }, texts.rollback)))))),
      said && h('p', { className: 'yw-foot-line', role: 'status' }, said),
      wrong && h(tonglan.Failure, { failure: wrong }),
      compared && versions.some((one) => one.id === compared) && h(Difference, { layer, newer: versions.find((one) => one.id === compared), older: older(versions.find((one) => one.id === compared)), draw }),
      live && h(Export, { layer, version: live }));
  }
  tonglan.LayerVersions = Versions;
})();
