/* What is said about a layer: the facts of the catalogue, its fields, where it came from; editable. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, catalogueTexts: texts } = tonglan;
  const api = tonglan.api;

  const when = (iso) => (iso ? new Date(iso).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, dateStyle: 'short', timeStyle: 'short' }) : '');
  const window4 = (bounds) => bounds && bounds.map((side) => side.toFixed(3)).join(', ');
  const path = (layer) => '/api/v1/layers/' + encodeURIComponent(layer.id);

  function facts(layer) {
    const about = layer.catalogue || {};
    const live = layer.live || {};
    const read = live.crs && (live.crs.declared || live.crs.decided);
    const fresh = layer.freshness || {};
    return [
      [texts.about.abstract, about.abstract],
      [texts.about.topic, layer.topic_title],
      [texts.about.owner, layer.owner_title || layer.owner],
      [texts.about.provider, [about.provider, about.provider_dept, about.provider_code].filter(Boolean).join(' · ')],
      [texts.about.source, layer.source],
      [texts.about.cadence, texts.cadences[layer.cadence] || layer.cadence],
      [texts.about.freshness, layer.version && (fresh.text || texts.fresh[fresh.state])],
      [texts.about.classification, layer.classification],
      [texts.about.share, [about.share_type, about.share_condition, about.share_mode].filter(Boolean).join(' · ')],
      [texts.about.open, [about.open_type, about.open_condition].filter(Boolean).join(' · ')],
      [texts.about.licence, about.licence],
      [texts.about.seen, (layer.seen_by || []).join('、')],
      [texts.about.key, layer.key],
      [texts.about.crs, read && (String(read).length > 40 ? String(read).slice(0, 40) + '…' : read)],
      [texts.about.extent, window4(about.extent)],
      [texts.about.format, live.format && live.format + ' · ' + live.original_name],
      [texts.about.published, when(layer.published_at)],
    ].filter(([, value]) => value);
  }

  function Input({ name, label, draft, change, kind, words }) {
    const props = { className: 'yw-field', value: draft[name] || '', onChange: (event) => change({ [name]: event.target.value }) };
    const field = words ? h('select', props, h('option', { value: '' }, ''), words.map((word) => h('option', { key: word, value: word }, word)))
      : h(kind || 'input', kind === 'textarea' ? Object.assign({ rows: 3 }, props) : props);
    return h('label', { className: 'yw-cat-edit' }, h('span', null, label), field);
  }

  function Editor({ layer, done, cancel }) {
    const [own, setOwn] = React.useState({ title: layer.title, owner: layer.owner, source: layer.source, cadence: layer.cadence, classification: layer.classification });
    const [said, setSaid] = React.useState(Object.fromEntries(texts.items.map(([name]) => [name, (layer.catalogue || {})[name] || ''])));
    const [failure, setFailure] = React.useState(null);
    const ownField = (name, label, words) => h(Input, { key: name, name, label, words, draft: own, change: (more) => setOwn(Object.assign({}, own, more)) });
    function save(event) {
      event.preventDefault();
      api.patch(path(layer), Object.assign({ catalogue: said, revision: layer.catalogue.revision }, own)).then(done, setFailure);
    }
    return h('form', { className: 'yw-cat-form', onSubmit: save },
      ownField('title', texts.about.title), ownField('owner', texts.about.owner), ownField('source', texts.about.source), ownField('cadence', texts.about.cadence),
      ownField('classification', texts.about.classification, texts.classifications),
      texts.items.map(([name, label, kind, words]) => h(Input, { key: name, name, label, kind, words, draft: said, change: (more) => setSaid(Object.assign({}, said, more)) })),
      failure && h(tonglan.Failure, { failure }),
      h('div', { className: 'yw-cat-buttons' }, h('button', { type: 'button', className: 'yw-button', onClick: cancel }, texts.cancel), h('button', { type: 'submit', className: 'yw-button yw-primary' }, texts.save)));
  }

  function Lineage({ lineage }) {
    if (!lineage || !lineage.length) return null;
    return h(React.Fragment, null, h('h3', null, texts.lineage), h('ol', { className: 'yw-lineage' }, lineage.map((one, n) => h('li', { key: n }, h('b', null, one.title),
      h('small', null, [one.detail, when(one.at)].filter(Boolean).join(' · '))))));
  }

  function About({ layer, mayEdit, reload }) {
    const [editing, setEditing] = React.useState(false);
    if (editing) return h(Editor, { layer, cancel: () => setEditing(false), done: () => (setEditing(false), reload()) });
    const missing = (layer.catalogue && layer.catalogue.missing) || [];
    return h(React.Fragment, null,
      h('dl', { className: 'yw-facts' }, facts(layer).map(([name, value]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, value)])),
      layer.live && layer.live.quicklook && h('img', { className: 'yw-quicklook', src: layer.live.quicklook, alt: texts.quicklook(layer.title) }),
      mayEdit && missing.length > 0 && h('p', { className: 'yw-cat-missing' }, h(tonglan.Lamp, { lamp: 'warn' }), texts.missing(missing)),
      mayEdit && h('button', { type: 'button', className: 'yw-button', onClick: () => setEditing(true) }, texts.edit),
      h(Lineage, { lineage: layer.lineage }));
  }

  const PARTS = ['title', 'unit', 'meaning'];

  function FieldRow({ field, editing, change }) {
    const text = (part) => (editing ? h('input', { className: 'yw-field yw-cell', 'aria-label': field.name + ' ' + part, value: field[part] || '', onChange: (event) => change({ [part]: event.target.value }) }) : field[part] || '');
    const choice = (part, words) => (editing ? h('select', { className: 'yw-field yw-cell', 'aria-label': field.name + ' ' + part, value: field[part] || '', onChange: (event) => change({ [part]: event.target.value }) }, words.map(([value, title]) => h('option', { key: value, value }, title)))
      : (words.find(([value]) => value === (field[part] || '')) || ['', field[part]])[1]);
    return h('tr', null, h('th', { scope: 'row', title: field.name }, field.name), h('td', null, text(PARTS[0])), h('td', null, choice('type', texts.types)), h('td', null, text(PARTS[1])), h('td', null, text(PARTS[2])), h('td', null, choice('mask', texts.masks)));
  }

  function Fields({ layer, mayEdit, reload }) {
    const stored = (layer.catalogue && layer.catalogue.fields) || [];
    const [draft, setDraft] = React.useState(null);
    const [failure, setFailure] = React.useState(null);
    const fields = draft || stored;
    if (!stored.length) return h('p', { className: 'yw-empty' }, texts.noFields);
    const change = (at) => (more) => setDraft(fields.map((field, n) => (n === at ? Object.assign({}, field, more) : field)));
    const save = () => api.patch(path(layer), { catalogue: { fields: draft }, revision: layer.catalogue.revision }).then(() => {
      setDraft(null);
      setFailure(null);
      reload();
    }, setFailure);
    return h(React.Fragment, null,
      h('div', { className: 'yw-scroll' }, h('table', { className: classes('yw-grid yw-fields', draft && 'yw-fields-edit') }, h('thead', null, h('tr', null, texts.fieldHead.map((name) => h('th', { key: name, scope: 'col' }, name)))),
        h('tbody', null, fields.map((field, n) => h(FieldRow, { key: field.name, field, editing: Boolean(draft), change: change(n) }))))),
      failure && h(tonglan.Failure, { failure }),
      mayEdit && h('div', { className: 'yw-cat-buttons' }, draft && h('button', { type: 'button', className: 'yw-button', onClick: () => setDraft(null) }, texts.cancel),
        h('button', { type: 'button', className: classes('yw-button', draft && 'yw-primary'), onClick: () => (draft ? save() : setDraft(stored)) }, draft ? texts.save : texts.editFields)));
  }

  Object.assign(tonglan, { LayerAbout: About, LayerFields: Fields, sayWhen: when });
})();
