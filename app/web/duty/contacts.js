/* 通讯录: search by name, initials, unit; import; correct one entry. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, dutyTexts: T, duty, work } = tonglan;
  const C = T.contacts;

  function Edit({ one, onClose, onDone }) {
    const units = tonglan.useData('/api/v1/organisations');
    const [said, setSaid] = React.useState({ name: one.name || '', unit: one.unit || '', post: one.post || '', phone: one.phone || '', mail: one.mail || '', account: one.account_name || '' });
    const [send, failure, busy] = duty.useSend(onDone);
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    const field = (name, title, more) => h(duty.Label, { title }, h('input', Object.assign({ className: 'yw-input', value: said[name], onChange: set(name) }, more)));
    const known = Boolean(one.id);
    return h(work.Dialog, { title: known ? C.edit : C.add, onClose, className: 'yw-dialog-small', foot: h(React.Fragment, null, known && h(work.Button, { onClick: () => send('contacts/' + one.id, undefined, 'remove') }, C.remove), h('span', { className: 'yw-grow' }), h(work.Button, { onClick: onClose }, T.cancel), h(work.Button, { kind: 'main', disabled: busy, onClick: () => send('contacts', said, 'put') }, C.save)) },
      h('div', { className: 'yw-dt-form' }, field('name', C.head[0], { disabled: known }),
        h(duty.Label, { title: C.head[1] }, h(work.Select, { value: said.unit, disabled: known, onChange: set('unit'), options: [{ value: '', title: '' }].concat(((units.data || {}).items || []).map((each) => ({ value: each.id, title: each.short_name || each.name }))) })),
        field('post', C.head[2]), field('phone', C.head[3]), field('mail', C.head[4]), field('account', C.account)), h(duty.Wrong, { failure }));
  }

  duty.tabs.contacts = function Contacts({ ready }) {
    const [typed, setTyped] = React.useState('');
    const [q, setQ] = React.useState('');
    const [open, setOpen] = React.useState(null);
    const found = duty.useDuty('contacts?q=' + encodeURIComponent(q));
    React.useEffect(() => {
      const timer = setTimeout(() => setQ(typed.trim()), 200);
      return () => clearTimeout(timer);
    }, [typed]);
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    const done = () => {
      setOpen(null);
      found.reload();
    };
    const may = found.data && found.data.may_write;
    return h('section', { className: 'yw-card' },
      h('h2', null, h('input', { className: 'yw-input yw-dt-search', type: 'search', value: typed, placeholder: C.search, 'aria-label': C.search, onChange: (event) => setTyped(event.target.value) }), h('small', null, found.data && found.data.masked ? C.masked : ''), h('span', { className: 'yw-grow' }),
        h('a', { className: 'yw-button yw-act', href: '/api/v1/duty/contacts/template.xlsx', download: '通讯录模板.xlsx' }, C.template), may && h(React.Fragment, null, h(work.Button, { onClick: () => setOpen({}) }, C.add), h(work.Button, { kind: 'main', onClick: () => setOpen('import') }, C.import))),
      h('div', { className: 'yw-dt-scroll' }, h(duty.Loaded, { found }, (said) => (said.items.length ? h('table', { className: 'yw-grid yw-dt-table yw-dt-contacts' }, h('thead', null, h('tr', null, C.head.concat('').map((one, n) => h('th', { key: n, scope: 'col' }, one)))),
        h('tbody', null, said.items.map((one) => h('tr', { key: one.id }, h('td', null, h('b', null, one.name)), h('td', null, one.unit_name), h('td', null, one.post), h('td', null, h(duty.Phone, { person: one })), h('td', null, one.mail), h('td', null, may && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => setOpen(one) }, C.edit)))))) : h('p', { className: 'yw-dt-empty' }, C.none)))),
      open === 'import' && h(duty.Import, { path: 'contacts/imports', title: C.import, onClose: () => setOpen(null), onDone: found.reload }),
      open && open !== 'import' && h(Edit, { one: open, onClose: () => setOpen(null), onDone: done }));
  };
})();
