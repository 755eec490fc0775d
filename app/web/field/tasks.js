/* My tasks on the phone: what my unit has to do, due first; each step is kept on the phone first and sent then. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, work, caseParts, caseAddress, fieldQueue: queue, fieldOffline } = tonglan;
  const T = tonglan.fieldTexts;
  const C = tonglan.caseTexts;
  const EVERY = 60000; // ms after which the list is asked for anew
  const MINE = ['派遣', '签收', '处置']; // states in which the unit has something to do
  const AFTER = ['反馈', '核查']; // answered; a 协办 may still have a task of its own
  const OWN = ['签收', '处置', '反馈', '退回', '申请延期'];
  const me = () => (tonglan.boot().user || {}).id || '';
  /* The part of my unit where it is a 协办: its own clock is what counts for it. */
  const part = (row) => (row.support || []).find((one) => one.unit === (tonglan.boot().user || {}).unit);
  const own = (row) => (row.own_overdue === undefined ? row.overdue : row.own_overdue || row.respond_overdue); // not that of a 协办
  const clockOf = (row) => (part(row) ? Object.assign({ clock: 'running', state: row.state }, part(row)) : Object.assign({}, row, { overdue: own(row) }));

  /* The list of the server; the last one is kept on the phone for when there is no network. */
  function useTasks() {
    const [state, setState] = React.useState({ rows: null, failure: null, old: false });
    const load = React.useCallback(async () => {
      try {
        const answer = await tonglan.api.get(caseAddress.path({ mine: '1' }, { limit: 100 }));
        setState({ rows: answer.items, failure: null, old: false });
        fieldOffline.keepList(me(), answer.items).catch(() => undefined);
      } catch (failure) {
        const last = await fieldOffline.lastList(me()).catch(() => null);
        setState((now) => ({ rows: now.rows || last, failure, old: Boolean(now.rows || last) }));
      }
    }, []);
    React.useEffect(() => {
      load();
      const timer = setInterval(() => document.hidden || load(), EVERY);
      window.addEventListener('online', load);
      const stop = queue.onSent(load);
      return () => {
        clearInterval(timer);
        window.removeEventListener('online', load);
        stop();
      };
    }, []);
    return Object.assign({ load }, state);
  }

  /* What may be done: as the server says; while it cannot be asked, what is usual in the state. */
  function useAllowed(row, waits) {
    const [allowed, setAllowed] = React.useState(null);
    React.useEffect(() => {
      tonglan.api.get(caseAddress.one(row.id)).then((detail) => setAllowed(detail.allowed.filter((one) => caseParts.can(one) && OWN.includes(one.to))), () => setAllowed(null));
    }, [row.version]);
    const last = waits.filter((to) => T.usual[to]).pop(); // what waits to be sent counts as done
    return last ? T.usual[last] : allowed || T.usual[row.state] || [];
  }

  const lacks = (action, step, photos) => {
    const needs = action.needs || [];
    if (needs.includes('until') && !step.until) return T.needUntil;
    if (needs.includes('note') && step.note.trim().length < 2) return T.needNote;
    if ((needs.includes('photos') || needs.includes('photo')) && !photos.length) return T.needPhoto;
    return '';
  };

  function Step({ row, action, onDone, onCancel }) {
    const [step, setStep] = React.useState({ note: '', until: '' });
    const [photos, setPhotos] = React.useState([]);
    const [wrong, setWrong] = React.useState('');
    const label = T.acts[action.to] || action.label || action.to;
    async function go() {
      const lack = lacks(action, step, photos);
      if (lack) return setWrong(lack);
      const body = { to: action.to, note: step.note.trim() };
      if (step.until) body.until = step.until + ':00+08:00';
      try {
        await queue.add({ kind: 'step', title: label + ' · ' + caseParts.nameOf(row.category), body, photos, case: row.id, version: row.version });
        onDone();
      } catch (full) {
        setWrong(T.full);
      }
      return undefined;
    }
    const set = (name) => (event) => setStep(Object.assign({}, step, { [name]: event.target.value }));
    return h('form', { className: 'yw-fd-step', 'aria-label': label, onSubmit: (event) => (event.preventDefault(), go()) }, h('h3', null, label),
      (action.needs || []).includes('until') && h('label', { className: 'yw-fd-field' }, h('span', null, T.until), h(work.Input, { type: 'datetime-local', className: 'yw-fd-input', value: step.until, onChange: set('until') })),
      h('label', { className: 'yw-fd-field' }, h('span', null, T.note), h('textarea', { className: 'yw-input yw-input-long yw-fd-input', rows: 3, maxLength: 500, value: step.note, placeholder: T.noteHints[action.to] || '', onChange: set('note') })),
      h(tonglan.FieldPhotos, { photos, onChange: setPhotos }), wrong && h(work.Notice, { tone: 'bad', text: wrong }),
      h('div', { className: 'yw-fd-two' }, h('button', { type: 'button', className: 'yw-button yw-fd-big', onClick: onCancel }, T.cancel), h('button', { type: 'submit', className: 'yw-button yw-fd-big yw-primary' }, T.send)));
  }

  function Opened({ row, waits, close }) {
    const [action, setAction] = React.useState(null);
    const allowed = useAllowed(row, waits);
    return h('div', { className: 'yw-fd-open' }, h('p', { className: 'yw-cs-text' }, row.text),
      h('p', { className: 'yw-fd-line' }, h('a', { className: 'yw-linkish', href: caseParts.caseLink(row.id) }, T.openPage), h('span', { className: 'yw-t3' }, row.number)),
      action ? h(Step, { key: action.to, row, action, onDone: () => (setAction(null), close()), onCancel: () => setAction(null) })
        : h('div', { className: 'yw-fd-acts' }, allowed.filter((one) => !waits.includes(one.to)).map((one, n) => h('button', { key: one.to, type: 'button', 'data-to': one.to, className: classes('yw-button', 'yw-fd-big', n === 0 && 'yw-primary'), onClick: () => setAction(one) }, T.acts[one.to] || one.label || one.to))));
  }

  function Task({ row, open, onOpen, waits, now }) {
    return h('li', { className: classes('yw-fd-task', clockOf(row).overdue && 'yw-cs-late'), 'data-case': row.id },
      h('button', { type: 'button', className: 'yw-fd-tasktop', 'aria-expanded': open, onClick: onOpen },
        h('span', { className: 'yw-fd-line' }, h(caseParts.Level, { level: caseParts.levelOf(row) }), h('b', null, caseParts.nameOf(row.category)), h(caseParts.Drill, { row }), row.directive && h('i', { className: 'yw-cs-mark' }, C.directive), h('span', { className: 'yw-grow' }), part(row) && h('span', { className: 'yw-tag' }, T.support), h(caseParts.Due, { row: clockOf(row), now })),
        h('span', { className: 'yw-fd-line' }, h('span', { className: 'yw-fd-where' }, row.place || row.text), h('span', { className: 'yw-grow' }), h(caseParts.StateTag, { row })),
        waits.map((to) => h('span', { key: to, className: 'yw-tag yw-tag-warn yw-fd-waits' }, T.pending(T.acts[to] || to)))),
      open && h(Opened, { row, waits, close: onOpen }));
  }

  function Tasks() {
    const { rows, failure, old, load } = useTasks();
    const items = queue.use((state) => state.items);
    const [open, setOpen] = React.useState('');
    React.useEffect(() => {
      queue.load();
      fieldOffline.prepare();
    }, []);
    const busy = (row) => (part(row) ? !part(row).done && MINE.concat(AFTER).includes(row.state) : MINE.includes(row.state));
    const until = (row) => clockOf(row).due || '9';
    const todo = (rows || []).filter(busy).sort((a, b) => (until(a) < until(b) ? -1 : until(a) > until(b) ? 1 : 0));
    const after = (rows || []).filter((row) => !busy(row) && AFTER.concat(MINE).includes(row.state));
    const late = todo.filter((row) => clockOf(row).overdue).length;
    const waits = (row) => items.filter((item) => item.case === row.id && queue.waiting(item)).map((item) => item.body.to);
    const task = (row) => h(Task, { key: row.id, row, open: open === row.id, onOpen: () => setOpen(open === row.id ? '' : row.id), waits: waits(row), now: clock.now() });
    return h(tonglan.WorkPage, { page: 'tasks', title: T.tasks, ready: Boolean(rows || failure) }, h('div', { className: 'yw-fd' }, h(tonglan.FieldConnection),
      rows && h('h2', { className: 'yw-fd-title' }, T.open(todo.length, late), h('small', null, old && failure ? T.notHere : T.order), h('a', { className: 'yw-button yw-fd-new', href: '/report' }, T.report)),
      failure && !rows && h(tonglan.Failure, { failure, again: load }),
      rows && !todo.length && h('div', { className: 'yw-cs-none' }, h('b', null, T.none), h('p', null, T.noneHint)),
      h('ul', { className: 'yw-fd-tasks' }, todo.map(task)),
      after.length > 0 && h('h2', { className: 'yw-fd-title' }, T.after(after.length)), h('ul', { className: 'yw-fd-tasks' }, after.map(task)),
      h(tonglan.FieldRecord)));
  }
  tonglan.pages.tasks = Tasks;
})();
