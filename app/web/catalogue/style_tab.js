/* The style of a layer: edited beside the map, saved for everybody. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, catalogueTexts: texts } = tonglan;

  function LayerStyle({ layer, theme, mayEdit, done }) {
    const [style, setStyle] = React.useState(layer.style && layer.style.kind ? layer.style : { kind: 'single', field: null, classes: [] });
    const [failure, setFailure] = React.useState(null);
    const [saved, setSaved] = React.useState(false);
    const fields = (layer.catalogue && layer.catalogue.fields && layer.catalogue.fields.length ? layer.catalogue.fields : ((layer.live && layer.live.attributes) || []).map((name) => ({ name })));
    const breaks = (field, kind, classes) => tonglan.api.post('/api/v1/layers/' + encodeURIComponent(layer.id) + '/breaks', { field, kind, classes });
    function save() {
      tonglan.api.patch('/api/v1/layers/' + encodeURIComponent(layer.id), { style }).then(() => {
        setSaved(true);
        setFailure(null);
        done();
      }, setFailure);
    }
    const change = (next) => {
      setSaved(false);
      setStyle(next);
    };
    return h(React.Fragment, null,
      h(tonglan.StyleEditor, { layer: { id: layer.id, geometry: layer.live && layer.live.geometry }, fields, style, onChange: change, breaks, theme }),
      failure && h(tonglan.Failure, { failure }),
      mayEdit && h('div', { className: 'yw-cat-buttons' }, saved && h('span', { role: 'status' }, texts.saved), h('button', { type: 'button', className: 'yw-button yw-primary', onClick: save }, texts.style.save)));
  }
  tonglan.LayerStyle = LayerStyle;
})();
