/* The list of layers: search, topic, thumbnail, owner, freshness, and which are on the map. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, FreshDot, catalogueTexts: texts } = tonglan;
  const WAIT = 250; // ms after the last key before the search is sent

  function useSearch() {
    const [text, setText] = React.useState('');
    const [topic, setTopic] = React.useState('');
    const [sent, setSent] = React.useState('');
    React.useEffect(() => {
      const timer = setTimeout(() => setSent(text.trim()), WAIT);
      return () => clearTimeout(timer);
    }, [text]);
    const query = new URLSearchParams();
    if (sent) query.set('q', sent);
    if (topic) query.set('topic', topic);
    const asked = query.toString();
    return { text, setText, topic, setTopic, path: '/api/v1/layers' + (asked ? '?' + asked : ''), searching: Boolean(sent || topic) };
  }

  function Filters({ search, topics }) {
    return h('div', { className: 'yw-cat-filters' },
      h('input', { type: 'search', className: 'yw-field', value: search.text, placeholder: texts.searchHint, 'aria-label': texts.search,
        onChange: (event) => search.setText(event.target.value) }),
      h('select', { className: 'yw-field', value: search.topic, 'aria-label': texts.allTopics, onChange: (event) => search.setTopic(event.target.value) },
        h('option', { value: '' }, texts.allTopics), topics.map((one) => h('option', { key: one.id, value: one.id }, one.title))));
  }

  function Row({ layer, topic, chosen, shown, choose, toggle, theme }) {
    const fresh = layer.freshness;
    return h('li', { className: classes('yw-cat-row', chosen && 'yw-on') },
      h('input', { type: 'checkbox', checked: shown, disabled: !layer.version, 'aria-label': texts.onMap + ' ' + layer.title, title: texts.onMap, onChange: toggle }),
      h('button', { type: 'button', className: 'yw-plain', 'aria-current': chosen || undefined, onClick: choose },
        h('span', { className: 'yw-cat-thumb' }, layer.version && layer.thumbnail && h('img', { src: tonglan.themed(layer.thumbnail, theme), alt: '', loading: 'lazy' })),
        h('span', { className: 'yw-cat-words' },
          h('b', null, layer.title),
          h('small', null, [topic, layer.owner_title || layer.owner].filter(Boolean).join(' · ') || layer.id),
          h('small', { className: 'yw-cat-tags' },
            layer.version ? fresh && h('span', null, h(FreshDot, { state: fresh.state === 'unknown' ? 'fresh' : fresh.state }), fresh.text || texts.fresh[fresh.state]) : h('span', { className: 'yw-tag' }, texts.notPublished),
            h('span', null, layer.classification), layer.demo && h('span', { className: 'yw-tag' }, texts.demo)))));
  }

  function LayerList({ layers, search, topics, chosen, shown, choose, toggle, theme, failure, again }) {
    const titled = (id) => (topics.find((one) => one.id === id) || {}).title || '';
    return h('section', { className: 'yw-card yw-cat-list', 'aria-label': texts.title },
      h('h2', null, texts.title, h('small', null, layers && texts.found(layers.length))),
      h(Filters, { search, topics }),
      failure && h(tonglan.Failure, { failure, again }),
      layers && !layers.length && h('p', { className: 'yw-empty' }, search.searching ? texts.nothing : texts.empty),
      h('ul', { className: 'yw-cat-rows' }, (layers || []).map((layer) => h(Row, { key: layer.id, layer, topic: titled(layer.topic), theme, chosen: layer.id === chosen, shown: shown.includes(layer.id),
        choose: () => choose(layer.id), toggle: () => toggle(layer.id) }))));
  }

  /* A server-made picture in the theme of the moment. */
  tonglan.themed = (url, theme) => url + (url.includes('?') ? '&' : '?') + 'theme=' + theme;
  Object.assign(tonglan, { LayerList, useLayerSearch: useSearch });
})();
