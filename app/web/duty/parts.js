/* Parts of the page 值班: loading, sending, people, the import of a table. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, dutyTexts: T, work } = tonglan;
  const BASE = '/api/v1/duty/';
  const duty = (tonglan.duty = { tabs: {} });

  duty.query = () => new URLSearchParams(window.location.search);
  duty.useDuty = (path) => tonglan.useData(path === null ? '' : BASE + path);

  /* [send, failure, busy]: `send(path, body)` posts and tells what went wrong in place. */
  duty.useSend = (done) => {
    const [state, setState] = React.useState({ failure: null, busy: false });
    const send = async (path, body, method) => {
      setState({ failure: null, busy: true });
      try {
        const said = await tonglan.api[method || 'post'](BASE + path, body);
        setState({ failure: null, busy: false });
        if (done) done(said);
        return said;
      } catch (failure) {
        setState({ failure, busy: false });
        return null;
      }
    };
    return [send, state.failure, state.busy];
  };

  /* What went wrong, but for what stands beside the fields named `beside`. */
  duty.Wrong = ({ failure, beside }) => {
    const text = tonglan.wrongElsewhere(failure, beside || []);
    return text ? h('p', { className: 'yw-dt-wrong', role: 'alert' }, text) : null;
  };

  /* What is loaded, or why not; what was loaded before stays, and with it what somebody is typing. */
  duty.Loaded = ({ found, children }) => h(React.Fragment, null, found.failure && h(tonglan.Failure, { failure: found.failure, again: found.reload }), found.data ? children(found.data) : !found.failure && h(work.Bones, { rows: 5 }));

  duty.Phone = ({ person }) => (/^[+\d][\d -]+$/.test(person.phone) ? h('a', { className: 'yw-dt-phone', href: 'tel:' + person.phone.replace(/ /g, ''), 'aria-label': T.call(person.name) }, person.phone) : h('span', { className: 'yw-t3' }, person.phone));

  duty.Crew = ({ shift, large }) => h('ul', { className: classes('yw-dt-crew', large && 'yw-dt-large') }, shift.crew.map((one) =>
    h('li', { key: one.post }, h('small', null, one.post), one.person ? h(React.Fragment, null, h('b', null, one.person.name), h('span', null, one.person.unit_name), h(duty.Phone, { person: one.person })) : h('b', { className: 'yw-dt-bad' }, T.vacant))));

  duty.Items = ({ items }) => (items.length ? h('ul', { className: 'yw-dt-items' }, items.map((one) =>
    h('li', { key: one.kind + one.id }, h('span', { className: 'yw-tag' }, T.kinds[one.kind]), one.href ? h('a', { href: one.href }, one.title) : h('b', null, one.title), h('span', { className: 'yw-t3' }, [one.state, one.detail].filter(Boolean).join(' · '))))) : h('p', { className: 'yw-dt-empty' }, T.openNone));

  duty.Form = ({ onSubmit, children, foot, failure, beside }) => h('form', { className: 'yw-dt-form', onSubmit: (event) => (event.preventDefault(), onSubmit()) }, children, h(duty.Wrong, { failure, beside }), h('div', { className: 'yw-dt-buttons' }, foot));
  /* A control under its name; what the server says of the field `at` stands below it. */
  duty.Label = ({ title, children, failure, at }) => h('label', null, h('span', null, title), children, h(tonglan.FieldWrong, { text: at ? tonglan.wrongAt(failure, at) : '' }));

  duty.localNow = () => new Date(tonglan.clock.now() + 8 * 3600000).toISOString().slice(0, 16);

  /* Choose a file, see what each row says, then take it. */
  duty.Import = ({ path, title, partial, onClose, onDone }) => {
    const [file, setFile] = React.useState(null);
    const [said, setSaid] = React.useState(null);
    const [failure, setFailure] = React.useState(null);
    const [skip, setSkip] = React.useState(false);
    const send = async (chosen, apply) => {
      setFailure(null);
      const asked = new URLSearchParams({ name: chosen.name, apply: apply ? '1' : '0' });
      if (skip && apply) asked.set('partial', '1');
      try {
        const answer = await tonglan.api.raw('POST', BASE + path + '?' + asked, chosen);
        setSaid(answer);
        if (answer.applied) onDone();
      } catch (wrong) {
        setSaid(null);
        setFailure(wrong);
      }
    };
    const choose = (event) => {
      const chosen = event.target.files[0];
      if (!chosen) return;
      setFile(chosen);
      send(chosen, false);
    };
    const ready = said && !said.applied && said.accepted > 0 && (!said.refused || skip);
    const I = T.import;
    return h(work.Dialog, { title, onClose, className: 'yw-dialog-wide', foot: h(React.Fragment, null, h(work.Button, { onClick: onClose }, said && said.applied ? I.applied : T.cancel), h(work.Button, { kind: 'main', disabled: !ready, onClick: () => send(file, true) }, I.apply)) },
      h('input', { type: 'file', accept: '.xlsx,.xls,.csv,.et', 'aria-label': I.choose, onChange: choose }),
      h(duty.Wrong, { failure }),
      said && h('p', { role: 'status' }, h('b', null, I.accepted(said.accepted)), said.refused > 0 && h('span', { className: 'yw-dt-bad' }, ' · ' + I.refused(said.refused)), said.span && h('span', { className: 'yw-t3' }, ' · ' + said.span), said.applied && h('span', null, ' · ' + I.applied + (said.replaced ? ',' + I.replaced(said.replaced) : ''))),
      said && said.rows.length > 0 && h('table', { className: 'yw-grid yw-dt-table' }, h('thead', null, h('tr', null, I.head.map((one) => h('th', { key: one, scope: 'col' }, one)))),
        h('tbody', null, said.rows.slice(0, 200).map((one, n) => h('tr', { key: n }, h('td', null, one.row), h('td', null, one.item), h('td', { className: classes(one.refused && 'yw-dt-bad') }, one.problem), h('td', null, one.remedy))))),
      partial && said && said.refused > 0 && !said.applied && h('label', { className: 'yw-dt-check' }, h('input', { type: 'checkbox', checked: skip, onChange: () => setSkip(!skip) }), I.partial));
  };
})();
