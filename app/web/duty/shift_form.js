/* One shift added, changed or taken out, with a reason; people come from the 通讯录. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, dutyTexts: T, duty, work } = tonglan;
  const S = T.shift;

  const clock = (text) => new Date(Date.parse(text) + 8 * 3600000).toISOString().slice(0, 16); // Shanghai
  const person = (shift, post) => {
    const one = shift && shift.crew.find((each) => each.post === post);
    return one && one.person ? one.person.id : '';
  };

  /* What the form begins with: the shift that is changed, or the day's usual hours. */
  function first(shift, day, seats) {
    return {
      starts: shift ? clock(shift.starts) : day + 'T08:00', ends: shift ? clock(shift.ends) : day + 'T18:00',
      leader: person(shift, '带班领导'), chief: person(shift, '值班长'),
      seats: Object.fromEntries(seats.map((post) => [post, person(shift, post)])), reason: '',
    };
  }

  function ShiftForm({ shift, day, seats, onClose, onDone }) {
    const people = duty.useDuty('contacts');
    const [said, setSaid] = React.useState(() => first(shift, day, seats));
    const [sure, setSure] = React.useState(false);
    const [send, failure, busy] = duty.useSend(onDone);
    const set = (name) => (event) => setSaid(Object.assign({}, said, { [name]: event.target.value }));
    const seat = (post) => (event) => setSaid(Object.assign({}, said, { seats: Object.assign({}, said.seats, { [post]: event.target.value }) }));
    const named = ((people.data || {}).items || []).map((one) => ({ value: one.id, title: [one.name, one.unit_name, one.post].filter(Boolean).join(' · ') }));
    const pick = (value, onChange, none) => h(work.Select, { value, onChange, options: [{ value: '', title: none }].concat(named) });
    const was = shift ? { was: shift.starts } : {};
    const save = () => send('roster/shifts', Object.assign({}, said, was));
    const remove = () => (sure ? send('roster/shifts/remove', Object.assign({ reason: said.reason }, was)) : setSure(true));
    const complete = said.starts && said.ends && said.leader && said.chief && said.reason.trim();
    const foot = h(React.Fragment, null,
      shift && h(work.Button, { disabled: busy || !said.reason.trim(), onClick: remove }, sure ? S.removeSure : S.remove), h('span', { className: 'yw-grow' }),
      h(work.Button, { onClick: onClose }, T.cancel), h(work.Button, { kind: 'main', disabled: busy || !complete, onClick: save }, S.save));
    return h(work.Dialog, { title: shift ? S.changeOf(shift.span) : S.add, onClose, className: 'yw-dialog-small', foot },
      h('div', { className: 'yw-dt-form' },
        h('div', { className: 'yw-dt-two' }, ['starts', 'ends'].map((one) => h(duty.Label, { key: one, title: S[one], failure, at: one }, h('input', { className: 'yw-input', type: 'datetime-local', name: one, value: said[one], onChange: set(one) })))),
        h(duty.Label, { title: '带班领导', failure, at: '带班领导' }, pick(said.leader, set('leader'), '')),
        h(duty.Label, { title: '值班长', failure, at: '值班长' }, pick(said.chief, set('chief'), '')),
        Object.keys(said.seats).map((post) => h(duty.Label, { key: post, title: post }, pick(said.seats[post], seat(post), S.none))),
        h(duty.Label, { title: S.reason }, h('input', { className: 'yw-input', name: 'reason', maxLength: 200, placeholder: S.reasonHint, value: said.reason, onChange: set('reason') }))),
      h('p', { className: 'yw-t3' }, S.hint), h(duty.Wrong, { failure: failure || people.failure, beside: ['starts', 'ends', '带班领导', '值班长'] }));
  }

  duty.ShiftForm = ShiftForm;
})();
