/* What is said about a layer: the facts of the catalogue, its fields, where it came from. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, catalogueTexts: texts } = tonglan;

  const when = (iso) => (iso ? new Date(iso).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, dateStyle: 'short', timeStyle: 'short' }) : '');
  const window4 = (bounds) => bounds && bounds.map((side) => side.toFixed(3)).join(', ');

  function facts(layer) {
    const about = layer.catalogue || {};
    const live = layer.live || {};
    const crs = (live.crs && live.crs.declared) || (live.crs && live.crs.decided);
    const fresh = layer.freshness || {};
    return [
      [texts.about.abstract, about.abstract],
      [texts.about.owner, layer.owner],
      [texts.about.provider, about.provider && about.provider !== layer.owner ? about.provider : ''],
      [texts.about.source, layer.source],
      [texts.about.cadence, layer.cadence],
      [texts.about.freshness, layer.version && (fresh.text || texts.fresh[fresh.state])],
      [texts.about.classification, layer.classification],
      [texts.about.share, [about.share_type, about.share_condition, about.share_mode].filter(Boolean).join(' · ')],
      [texts.about.licence, about.licence],
      [texts.about.seen, (layer.seen_by || []).join('、')],
      [texts.about.key, layer.key],
      [texts.about.crs, crs && (live.crs.title || crs)],
      [texts.about.extent, window4(live.bounds)],
      [texts.about.format, live.format && live.format + ' · ' + live.original_name],
      [texts.about.published, when(live.published_at)],
    ].filter(([, value]) => value);
  }

  const EDITED = [['abstract', 'textarea'], ['licence', 'input'], ['share_type', 'input'], ['share_condition', 'input'], ['share_mode', 'input']];

  function Editor({ layer, done, cancel }) {
    const [draft, setDraft] = React.useState(Object.assign({ title: layer.title, owner: layer.owner, source: layer.source, cadence: layer.cadence }, layer.catalogue));
    const [failure, setFailure] = React.useState(null);
    const field = (name, label, kind) => h('label', { key: name, className: 'yw-cat-edit' }, h('span', null, label),
      h(kind, { className: 'yw-field', value: draft[name] || '', rows: kind === 'textarea' ? 3 : undefined, onChange: (event) => setDraft(Object.assign({}, draft, { [name]: event.target.value })) }));
    const labels = { abstract: texts.about.abstract, licence: texts.about.licence, share_type: texts.about.share, share_condition: '共享条件', share_mode: '共享途径' };
    function save(event) {
      event.preventDefault();
      const { title, owner, source, cadence, ...catalogue } = draft;
      tonglan.api.patch('/api/v1/layers/' + layer.id, { title, owner, source, cadence, catalogue }).then(done, setFailure);
    }
    return h('form', { className: 'yw-cat-form', onSubmit: save },
      field('title', '名称', 'input'), field('owner', texts.about.owner, 'input'), field('source', texts.about.source, 'input'), field('cadence', texts.about.cadence, 'input'),
      EDITED.map(([name, kind]) => field(name, labels[name], kind)),
      failure && h(tonglan.Failure, { failure }),
      h('div', { className: 'yw-cat-buttons' }, h('button', { type: 'button', className: 'yw-button', onClick: cancel }, texts.cancel), h('button', { type: 'submit', className: 'yw-button yw-primary' }, texts.save)));
  }

  function Lineage({ lineage }) {
    if (!lineage || !lineage.length) return null;
    return h(React.Fragment, null, h('h3', null, texts.lineage), h('ol', { className: 'yw-lineage' }, lineage.map((one, n) => h('li', { key: n }, h('b', null, one.title || one.text || one), one.detail && h('small', null, one.detail), one.at && h('time', null, when(one.at))))));
  }

  function About({ layer, mayEdit, reload }) {
    const [editing, setEditing] = React.useState(false);
    if (editing) return h(Editor, { layer, cancel: () => setEditing(false), done: () => (setEditing(false), reload()) });
    return h(React.Fragment, null,
      h('dl', { className: 'yw-facts' }, facts(layer).map(([name, value]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, value)])),
      mayEdit && h('button', { type: 'button', className: 'yw-button', onClick: () => setEditing(true) }, texts.edit),
      h(Lineage, { lineage: layer.lineage }));
  }

  function Fields({ layer }) {
    const fields = (layer.catalogue && layer.catalogue.fields) || [];
    if (!fields.length) return h('p', { className: 'yw-empty' }, texts.noFields);
    return h('table', { className: 'yw-grid' }, h('thead', null, h('tr', null, texts.fieldHead.map((name) => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, fields.map((field) => h('tr', { key: field.name }, ['name', 'title', 'type', 'unit', 'meaning', 'mask'].map((part) => h('td', { key: part }, field[part] || ''))))));
  }

  Object.assign(tonglan, { LayerAbout: About, LayerFields: Fields, sayWhen: when });
})();
