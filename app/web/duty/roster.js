/* 排班: a fortnight with holidays and holes; one shift changed; import; swaps that both sides agree to. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, dutyTexts: T, duty, work } = tonglan;
  const DAY = 86400000;
  const iso = (time) => new Date(time + 8 * 3600000).toISOString().slice(0, 10);

  function Day({ day, seats, edit }) {
    const name = (shift, post) => {
      const one = shift.crew.find((each) => each.post === post);
      return one && one.person ? one.person.name : h('span', { className: 'yw-dt-bad' }, T.vacant);
    };
    const rows = day.shifts.length ? day.shifts : [null];
    return rows.map((shift, n) => h('tr', { key: day.date + n, className: classes(day.today && 'yw-dt-istoday', shift && shift.now && 'yw-dt-isnow', day.off && 'yw-dt-off') },
      n === 0 && h('th', { scope: 'row', rowSpan: rows.length }, day.date.slice(5), h('small', null, day.label), day.off && h('i', { className: 'yw-tag' }, T.roster.off), day.holes.map((one) => h('small', { key: one, className: 'yw-dt-bad' }, T.roster.hole(one)))),
      shift ? [h('td', { key: 't' }, shift.text), h('td', { key: 'l' }, name(shift, '带班领导')), h('td', { key: 'c' }, name(shift, '值班长'))].concat(seats.map((seat) => h('td', { key: seat }, name(shift, seat)))) : h('td', { colSpan: 3 + seats.length, className: 'yw-dt-bad' }, T.none),
      edit && h('td', { className: 'yw-dt-edit' }, shift && Date.parse(shift.ends) > tonglan.clock.now() && h('button', { type: 'button', className: 'yw-plain yw-link', 'aria-label': T.shift.changeOf(shift.span), onClick: () => edit({ shift, day: day.date }) }, T.shift.change),
        !shift && day.date >= iso(tonglan.clock.now()) && h('button', { type: 'button', className: 'yw-plain yw-link', onClick: () => edit({ day: day.date }) }, T.shift.add))));
  }

  const options = (days) => days.flatMap((day) => day.shifts.flatMap((shift) => shift.crew.filter((one) => one.person && Date.parse(shift.starts) > tonglan.clock.now()).map((one) => ({
    value: JSON.stringify({ starts: shift.starts, post: one.post, person: one.person.id }), title: day.date.slice(5) + ' ' + shift.text + ' ' + one.post + ' ' + one.person.name }))));

  function Ask({ days, onClose, onDone }) {
    const [said, setSaid] = React.useState({ first: '', second: '', reason: '' });
    const [send, failure, busy] = duty.useSend(onDone);
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    const go = () => send('swaps', { first: JSON.parse(said.first), second: JSON.parse(said.second), reason: said.reason });
    const all = [{ value: '', title: '' }].concat(options(days));
    return h(work.Dialog, { title: T.swap.title, onClose, className: 'yw-dialog-small', foot: h(React.Fragment, null, h(work.Button, { onClick: onClose }, T.cancel), h(work.Button, { kind: 'main', disabled: busy || !said.first || !said.second || !said.reason.trim(), onClick: go }, T.swap.send)) },
      h('div', { className: 'yw-dt-form' }, ['first', 'second'].map((one) => h(duty.Label, { key: one, title: T.swap[one] }, h(work.Select, { value: said[one], options: all, onChange: set(one) }))),
        h(duty.Label, { title: T.swap.reason }, h('input', { className: 'yw-input', value: said.reason, maxLength: 100, onChange: set('reason') }))), h('p', { className: 'yw-t3' }, T.swap.hint), h(duty.Wrong, { failure }));
  }

  function Swap({ one, send }) {
    const step = (text) => () => send('swaps/' + one.id + '/steps', { step: text });
    const side = (turn, title, text) => h('p', null, h('b', null, turn.name), ' ' + turn.day + ' ' + turn.post, h('span', { className: 'yw-t3' }, ' ' + (turn.agreed ? T.swap.agreed : T.swap.waiting)),
      one.state === '待同意' && !turn.agreed && h(work.Button, { onClick: step(text) }, title));
    return h('li', null, h('span', { className: 'yw-tag' }, one.state), h('small', null, one.asked_by_name + ' ' + one.asked_text + ' · ' + one.reason), side(one.first, T.swap.agreeFirst, '甲方同意'), side(one.second, T.swap.agreeSecond, '乙方同意'),
      one.state === '待同意' && h(work.Button, { onClick: step('不同意') }, T.swap.refuse));
  }

  duty.tabs.roster = function Roster({ ready }) {
    const [from, setFrom] = React.useState(iso(tonglan.clock.now() - DAY));
    const to = iso(Date.parse(from + 'T00:00:00+08:00') + 15 * DAY);
    const found = duty.useDuty('roster?from=' + from + '&to=' + to);
    const swaps = duty.useDuty('swaps');
    const [open, setOpen] = React.useState('');
    const [edited, setEdited] = React.useState(null);
    const [send, failure] = duty.useSend(() => (swaps.reload(), found.reload()));
    React.useEffect(() => {
      if (found.data || found.failure) ready();
    }, [found.data, found.failure]);
    const move = (days) => () => setFrom(iso(Date.parse(from + 'T00:00:00+08:00') + days * DAY));
    const close = () => setOpen('');
    const changed = () => (found.reload(), swaps.reload());
    return h('div', { className: 'yw-dt-split' },
      h('section', { className: 'yw-card' }, h('h2', null, T.tabs.roster, h(work.Button, { onClick: move(-14) }, T.roster.weekBack), h(work.Button, { onClick: () => setFrom(iso(tonglan.clock.now() - DAY)) }, T.roster.today), h(work.Button, { onClick: move(14) }, T.roster.weekOn),
        h('span', { className: 'yw-grow' }), h('a', { className: 'yw-button yw-act', href: '/api/v1/duty/roster/template.xlsx', download: '排班模板.xlsx' }, T.roster.template),
        found.data && found.data.may_write && h(React.Fragment, null, h(work.Button, { onClick: () => setEdited({ day: iso(tonglan.clock.now() + DAY) }) }, T.shift.add), h(work.Button, { onClick: () => setOpen('swap') }, T.roster.swap), h(work.Button, { kind: 'main', onClick: () => setOpen('import') }, T.roster.import))),
      h('div', { className: 'yw-dt-scroll' }, h(duty.Loaded, { found }, (said) => h(React.Fragment, null, (said.notes || []).map((one) => h('p', { key: one, className: 'yw-dt-note', role: 'status' }, one)), h('table', { className: 'yw-grid yw-dt-table yw-dt-roster' },
        h('thead', null, h('tr', null, T.roster.head.concat(said.seats, said.may_write ? [T.roster.edit] : []).map((one) => h('th', { key: one, scope: 'col' }, one)))), h('tbody', null, said.days.map((day) => h(Day, { key: day.date, day, seats: said.seats, edit: said.may_write && setEdited })))))))),
      h('section', { className: 'yw-card' }, h('h2', null, T.roster.swaps), h('div', { className: 'yw-dt-scroll' }, h(duty.Wrong, { failure }), h(duty.Loaded, { found: swaps }, (said) => (said.items.length ? h('ul', { className: 'yw-dt-swaps' }, said.items.map((one) => h(Swap, { key: one.id, one, send }))) : h('p', { className: 'yw-dt-empty' }, T.roster.noSwaps))))),
      open === 'import' && h(duty.Import, { path: 'roster/imports', title: T.roster.import, partial: true, onClose: close, onDone: changed }),
      edited && h(duty.ShiftForm, Object.assign({ seats: found.data.seats, onClose: () => setEdited(null), onDone: () => (setEdited(null), changed()) }, edited)),
      open === 'swap' && h(Ask, { days: found.data.days, onClose: close, onDone: () => (close(), changed()) }));
  };
})();
