/* Around the phone's pages: the bar of the connection, the record of what was sent, the tabs. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseParts, fieldQueue: queue } = tonglan;
  const T = tonglan.fieldTexts;

  /* What stands between the person and the server, in one line. */
  function Connection() {
    const { items, online, login, lasting, others } = queue.use((state) => state);
    const n = items.filter(queue.waiting).length;
    const here = encodeURIComponent(window.location.pathname);
    return h(React.Fragment, null,
      (!online || n > 0) && h('div', { className: classes('yw-fd-bar', !online && 'yw-fd-off'), role: 'status' }, h('span', null, online ? T.waiting(n) : T.offline + (n ? ' · ' + T.waiting(n) : '')), n > 0 && online && h('button', { type: 'button', className: 'yw-button', onClick: queue.go }, T.retry)),
      login && h('div', { className: 'yw-fd-bar', role: 'alert' }, h('span', null, T.login), h('a', { className: 'yw-button', href: '/login?next=' + here }, tonglan.workTexts.login)),
      !lasting && h(work.Notice, { tone: 'warn', text: T.noStore }),
      others > 0 && h('p', { className: 'yw-fd-note' }, T.others(others)));
  }

  /* A report that the server refused is opened again in the form: nothing is typed twice. */
  function Edit({ item }) {
    const [held, setHeld] = React.useState(false);
    const lasting = queue.use((state) => state.lasting);
    if (!item.form || !lasting) return null; // without a store the way to the form would lose it
    const open = async () => ((await queue.edit(item)) ? window.location.assign('/report') : setHeld(true));
    return h(React.Fragment, null, h('button', { type: 'button', className: 'yw-button yw-fd-big yw-primary', onClick: open }, T.edit), held && h(work.Notice, { tone: 'warn', text: T.editHeld }));
  }

  const MARKS = { waiting: 'warn', sending: 'warn', refused: 'bad' };

  /* One thing of the outbox with its state; a refused one says why and can be sent again or thrown away. */
  function Sent({ item }) {
    const [asked, setAsked] = React.useState(false);
    const answer = item.answer || {};
    const id = item.case || answer.id;
    return h('li', { className: classes('yw-fd-sent', 'yw-fd-' + item.state) },
      h('div', { className: 'yw-fd-line' }, h('b', null, item.title), h('span', { className: 'yw-grow' }), h('span', { className: classes('yw-tag', MARKS[item.state] && 'yw-tag-' + MARKS[item.state]) }, T.states[item.state])),
      h('small', { className: 'yw-t3' }, T.at(caseParts.when(new Date(item.at).toISOString())), item.photos.length > 0 && ' · ' + tonglan.caseTexts.photosOf(item.photos.length)),
      item.why && h('p', { className: 'yw-fd-why' }, T.refused + ':' + item.why),
      item.state === 'sent' && id && h('a', { className: 'yw-linkish', href: caseParts.caseLink(id) }, answer.number || T.see),
      item.state === 'refused' && h(Edit, { item }),
      item.state === 'refused' && h('div', { className: 'yw-fd-two' }, h('button', { type: 'button', className: 'yw-button yw-fd-big', onClick: () => queue.again(item) }, T.resend),
        asked ? h('button', { type: 'button', className: 'yw-button yw-fd-big yw-fd-danger', onClick: () => queue.discard(item.id) }, T.discardAsk) : h('button', { type: 'button', className: 'yw-button yw-fd-big', onClick: () => setAsked(true) }, T.discard)));
  }

  function Record() {
    const items = queue.use((state) => state.items);
    if (!items.length) return null;
    return h('section', { className: 'yw-fd-record', 'aria-label': T.tabs.sent }, h('h2', null, T.tabs.sent), h('ul', null, [...items].reverse().map((item) => h(Sent, { key: item.id, item }))));
  }

  Object.assign(tonglan, { FieldConnection: Connection, FieldEdit: Edit, FieldRecord: Record });
})();
