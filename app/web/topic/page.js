/* The page of a topic: header, where we are, and around the map the panels its manifest declares. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, topicTexts, Header, TopicArea, TopicMapCard, TopicHead, TopicTrouble, TopicKeyList } = tonglan;

  /* On a phone the other topics stand at the bottom. */
  function Bar({ topic }) {
    const topics = board.use((state) => state.boot.topics);
    board.use((state) => state.view.theme); // the links name it
    const here = (on) => ({ className: on ? 'yw-on' : '', 'aria-current': on ? 'page' : undefined });
    return h('nav', { className: 'yw-tp-bottom', 'aria-label': tonglan.texts.topics }, h('a', { href: tonglan.overviewLink() }, tonglan.texts.overview),
      topics.map((one) => h('a', Object.assign({ key: one.id, href: tonglan.topicLink(one.id) }, here(one.id === topic)), one.title)));
  }

  /* What is said aloud, politely, when another region, part or site is shown. */
  function Said() {
    const title = board.use((state) => (state.page ? state.page.title : ''));
    React.useEffect(() => {
      if (title) document.title = title;
    }, [title]);
    return h('div', { className: 'yw-unseen', role: 'status' }, title);
  }

  function Topic({ named }) {
    const page = board.use((state) => state.page);
    const failed = board.use((state) => Boolean(state.failure));
    const ready = board.use((state) => state.mapReady && Boolean(state.page || state.failure));
    const asOf = board.use((state) => state.view.as_of);
    const short = board.use((state) => (state.boot.topics.find((one) => one.id === named.topic) || { title: topicTexts.page }).title);
    tonglan.useTopicKeys();
    React.useEffect(() => {
      acts.start();
    }, []);
    React.useEffect(() => (asOf ? undefined : tonglan.startTopicLive(board)), [asOf]);
    React.useEffect(() => {
      if (ready) document.body.dataset.ready = '1';
    }, [ready]);
    const panels = page ? page.panels.filter((panel) => panel.kind !== 'map') : [];
    const has = (area) => panels.some((panel) => panel.area === area);
    const look = page ? classes('yw-tp-main', !has('left') && 'yw-tp-noleft', !has('right') && 'yw-tp-noright', !has('under') && 'yw-tp-nounder') : 'yw-tp-main';
    return h('div', { className: 'yw-page yw-tp' },
      h(Header, { id: 'yw-header', topic: named.topic, screen: page ? page.topic.title : short }), h(tonglan.DrillBar),
      h(TopicHead), h(TopicTrouble), h(TopicKeyList), h(Said),
      h('main', { className: look }, h(TopicArea, { area: 'left' }), h(TopicMapCard), h(TopicArea, { area: 'under' }), h(TopicArea, { area: 'right' }),
        page && !panels.length && !failed && h('p', { className: 'yw-empty yw-tp-none' }, topicTexts.emptyPage)),
      h(Bar, { topic: named.topic }));
  }
  tonglan.pages.topic = Topic;
})();
