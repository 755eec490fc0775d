/* /reporting/{form}/{period}: the table, what to do about it, the steps. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, clock, report } = tonglan;
  const { Button, Bones, Notice, Dialog } = tonglan.work;
  const desk = tonglan.reportDesk;
  const T = tonglan.reportTexts;
  const ASKED = new Set(['return', 'correct', 'accept']);

  function Conflict() {
    const conflict = desk.use((s) => s.conflict);
    const filing = desk.use((s) => s.filing);
    const draft = desk.use((s) => s.draft);
    const [choice, setChoice] = React.useState({});
    const words = T.conflict;
    if (!conflict) return null;
    const mine = (place) => choice[place] !== false;
    const all = (own) => setChoice(Object.fromEntries(conflict.places.map((one) => [one, own])));
    const row = Object.fromEntries(filing.rows.map((one) => [one.code, one.name]));
    const column = Object.fromEntries(filing.columns.map((one) => [one.id, one.title]));
    const said = (cell) => [cell && cell.text, cell && cell.note].filter(Boolean).join(' · ') || '—';
    return h(Dialog, {
      title: words.title, className: 'yw-dialog-small yw-rep-conflict', onClose: () => undefined,
      foot: [h(Button, { key: 't', className: 'yw-big', onClick: () => all(false) }, words.allTheirs), h(Button, { key: 'm', className: 'yw-big', onClick: () => all(true) }, words.allMine),
        h(Button, { key: 'go', kind: 'main', className: 'yw-big', onClick: () => desk.settle(Object.fromEntries(conflict.places.map((one) => [one, mine(one)]))) }, words.done)],
    }, h('p', null, words.intro(conflict.who, conflict.when)),
      h('table', { className: 'yw-list-table' }, h('thead', null, h('tr', null, words.columns.map((one) => h('th', { key: one }, one)))),
        h('tbody', null, conflict.places.map((place) => h('tr', { key: place },
          h('td', null, row[place.split('|')[1]] + ' · ' + column[place.split('|')[0]]),
          [[true, draft[place]], [false, conflict.theirs[place]]].map(([own, cell]) => h('td', { key: String(own) }, h('label', { className: 'yw-rep-choice' },
            h('input', { type: 'radio', name: place, checked: mine(place) === own, onChange: () => setChoice(Object.assign({}, choice, { [place]: own })) }), said(cell)))))))));
  }

  function Saved() {
    const [save, at] = [desk.use((s) => s.save), desk.use((s) => s.savedAt)];
    const text = save === 'saved' ? T.save.saved(clock.time(at).slice(0, 5)) : T.save[save];
    return h('span', { className: save === 'failed' ? 'yw-rep-late' : 'yw-rep-saved', role: 'status', 'data-save': save }, text);
  }

  function Tools({ filing, ask, receipt }) {
    const file = React.useRef(null);
    const base = '/api/v1/reporting/' + filing.form + '/' + filing.period;
    const may = (action) => filing.allowed.includes(action);
    const take = async (action) => {
      if (ASKED.has(action)) return ask(action);
      const after = await desk.take(action);
      if (after && action === 'submit') receipt();
      return undefined;
    };
    const button = (action, kind) => may(action) && h(Button, { key: action, kind, className: 'yw-big', 'data-act': action, disabled: action === 'submit' && filing.left.length > 0, title: action === 'submit' && filing.left.length > 0 ? T.side.todo(filing.left.length) : undefined, onClick: () => take(action) }, T.actions[action]);
    const chosen = async (event) => {
      const one = event.target.files[0];
      event.target.value = '';
      if (one) desk.place(one, { name: one.name });
    };
    return h('div', { className: 'yw-rep-tools' },
      h(Saved),
      may('save') && h(React.Fragment, null,
        h('a', { className: 'yw-button yw-act yw-big', href: base + '/template.xlsx' }, T.head.template),
        h(Button, { className: 'yw-big', onClick: () => file.current.click() }, T.head.upload),
        h('input', { ref: file, type: 'file', className: 'yw-unseen', tabIndex: -1, accept: '.xlsx,.xls,.xlsm,.csv,.txt', 'aria-label': T.head.upload, onChange: chosen })),
      filing.receipt && h(Button, { className: 'yw-big', onClick: receipt }, T.head.receipt),
      button('withdraw'), button('abandon'), button('return'), button('correct'), button('submit', 'main'), button('accept', 'main'));
  }

  function Top({ filing, ask, receipt }) {
    return h('div', { className: 'yw-rep-top' },
      h('div', { className: 'yw-rep-what' },
        h('h2', null, filing.title, h('span', null, filing.label), h(report.StateTag, { one: filing })),
        h('p', null, T.head.owner(filing.owner.name), h('span', null, T.due.at(''), h(report.Due, { one: filing })))),
      h(Tools, { filing, ask, receipt }));
  }

  function Notices({ filing }) {
    const notice = desk.use((s) => s.notice);
    const undo = desk.use((s) => s.undo);
    const told = filing.reminded.length && desk.editable(filing) ? filing.reminded[filing.reminded.length - 1] : null;
    const readonly = !desk.editable(filing);
    const why = filing.fills ? T.head.readonly[filing.state] : T.head.noFill;
    const tools = notice && h(React.Fragment, null, undo && h(Button, { onClick: desk.undo }, T.paste.undo), h(Button, { onClick: () => desk.set({ notice: null, undo: null }) }, T.paste.close));
    return h('div', { className: 'yw-rep-notices' },
      filing.replay && h(Notice, { tone: 'warn', text: '回放 ' + filing.replay + ';这是当时已提交的内容' }),
      filing.returned && h(Notice, { tone: 'warn', text: T.list.returned(filing.returned) }),
      told && h(Notice, { tone: 'warn', text: told.by + ' ' + clock.minute(told.at) + ' 催报' + (told.note ? ':' + told.note : '') }),
      notice && h(Notice, { tone: notice.tone, text: notice.text, tools }, notice.notes && notice.notes.map((one) => h('span', { key: one, className: 'yw-rep-line' }, one))),
      readonly ? why && !filing.allowed.includes('accept') && h('p', { className: 'yw-rep-hint' }, why) : h('p', { className: 'yw-rep-hint' }, T.head.hint));
  }

  function FilingPage({ named }) {
    const filing = desk.use((s) => s.filing);
    const failure = desk.use((s) => s.failure);
    const [asking, setAsking] = React.useState(null);
    const [receipt, setReceipt] = React.useState(false);
    React.useEffect(() => { desk.load(named.form, named.period); }, [named.form, named.period]);
    const again = () => desk.load(named.form, named.period);
    const back = h('a', { className: 'yw-link', href: '/reporting' }, '‹ ' + T.title);
    return h(tonglan.WorkPage, { page: 'reporting', title: T.title, ready: Boolean(filing || failure), head: back },
      failure && h(tonglan.Failure, { failure, again }),
      !filing && !failure && h(Bones, { rows: 8 }),
      filing && h('div', { className: 'yw-rep' },
        h(Top, { filing, ask: setAsking, receipt: () => setReceipt(true) }),
        h(Notices, { filing }),
        h('div', { className: 'yw-rep-body' }, h('section', { className: 'yw-card yw-rep-sheet' }, h(report.Grid)), h(report.Side))),
      h(Conflict),
      asking && h(report.Ask, { kind: asking, onClose: () => setAsking(null), onGo: (note) => { setAsking(null); desk.take(asking, note); } }),
      receipt && filing && filing.receipt && h(report.Receipt, { filing, onClose: () => setReceipt(false) }));
  }
  tonglan.pages.filing = FilingPage;
})();
