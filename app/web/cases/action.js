/* The steps a person may take now, and the one that is being filled in. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseParts, caseSend } = tonglan;
  const T = tonglan.caseTexts;
  const MOST_PHOTOS = 9;
  const MAIN = ['上报', '受理', '立案', '派遣', '签收', '处置', '反馈', '核查', '结案', '恢复'];
  const QUIET = ['照片', '并案']; // done where the pictures and the duplicates stand
  const DIRECTIVE = ['unit', 'until', 'note']; // what a leader's 督办 has to say
  const WARN = ['退回', '作废', '挂账'];

  const { can } = caseParts;
  const needs = (one, what) => (one.to === T.directive ? DIRECTIVE : one.needs || []).includes(what);

  /* Buttons of what may be done; what may not stands below with its reason. */
  function Actions({ detail, onPick, picked }) {
    const all = (detail.allowed || []).filter((one) => !QUIET.includes(one.to));
    const open = all.filter(can);
    const shut = all.filter((one) => !can(one));
    const main = open.find((one) => MAIN.includes(one.to));
    return h('div', { className: 'yw-cs-acts' },
      h('div', { className: 'yw-cs-buttons', role: 'group', 'aria-label': T.act }, open.map((one) =>
        h(work.Button, { key: one.to, 'data-to': one.to, kind: one === main ? 'main' : WARN.includes(one.to) ? '' : 'line', className: classes('yw-big', picked && picked.to === one.to && 'yw-on'), 'aria-expanded': Boolean(picked && picked.to === one.to), onClick: () => onPick(one) },
          one.label || one.to, T.acts[one.to] && h('kbd', null, T.acts[one.to])))),
      !open.length && h('p', { className: 'yw-t3' }, T.noActs),
      shut.length > 0 && h('details', { className: 'yw-cs-whynot' }, h('summary', null, T.whyNot), h('ul', null, shut.map((one) => h('li', { key: one.to }, h('b', null, one.label || one.to), one.why)))));
  }

  function Units({ value, onChange, detail, units, label }) {
    const best = detail.suggestions || {};
    const named = (one) => one.short_name || one.name;
    const known = units.find((one) => one.id === best.unit);
    const first = best.unit && [{ unit: best.unit, name: T.suggested(known ? named(known) : best.unit_name || best.unit) }];
    return h(tonglan.Pick, { value, onChange, label, options: tonglan.unitOptions(units, first) });
  }

  function Support({ value, onChange, units, lead, label }) {
    const flip = (id) => onChange(value.includes(id) ? value.filter((one) => one !== id) : value.concat(id));
    return h('div', { className: 'yw-cs-support', role: 'group', 'aria-label': label || T.support }, units.filter((one) => one.id !== lead).map((one) =>
      h('label', { key: one.id }, h('input', { type: 'checkbox', checked: value.includes(one.id), onChange: () => flip(one.id) }), one.short_name || one.name)));
  }

  /* Limits of units' own; a unit without one has that of the category. */
  function Limits({ value, onChange, units, chosen }) {
    if (!chosen.length) return null;
    const name = (id) => (units.find((one) => one.id === id) || {}).short_name || (units.find((one) => one.id === id) || {}).name || id;
    return h('div', { className: 'yw-pair-field' }, h('span', null, T.ownLimits), h('div', { className: 'yw-cs-limits' }, chosen.map((id) =>
      h('label', { key: id }, h('span', null, name(id)), h(work.Input, { value: value[id] || '', placeholder: T.ownLimitHint, maxLength: 12, onChange: (event) => onChange(Object.assign({}, value, { [id]: event.target.value })) })))));
  }

  /* The 协办 that have answered: they may be asked to work anew with the 主办. */
  const answeredBy = (detail, action) => (action.to === '退回' && detail.state === '核查' ? (detail.tasks || []).filter((one) => !one.lead && one.done).map((one) => ({ id: one.unit, name: one.name })) : []);
  const filled = (limits, chosen) => Object.fromEntries(chosen.filter((id) => (limits[id] || '').trim()).map((id) => [id, limits[id].trim()]));

  function Pictures({ files, onChange }) {
    const add = (event) => {
      onChange(files.concat([...event.target.files]).slice(0, MOST_PHOTOS));
      event.target.value = '';
    };
    return h('div', { className: 'yw-cs-pictures' }, files.map((file, n) => h('span', { key: n }, file.name || T.photo(n + 1), h('button', { type: 'button', className: 'yw-plain yw-linkish', onClick: () => onChange(files.filter((one) => one !== file)) }, T.removePhoto))),
      files.length < MOST_PHOTOS && h('label', { className: 'yw-button yw-cs-add' }, T.addPhoto, h('input', { type: 'file', accept: 'image/*', multiple: true, className: 'yw-unseen', onChange: add })));
  }

  /* The regions, villages or grids right below the one that holds the case. */
  const Below = ({ value, onChange, below }) => h(work.Select, { value, onChange, options: [{ value: '', title: '—' }].concat(below.map((one) => ({ value: one.code, title: one.name }))) });

  /* What still has to be said before the step can go, or ''. */
  function missing(action, step, files) {
    if (needs(action, 'confirmed') && !step.confirmed) return T.confirmNeeded;
    if (needs(action, 'unit') && !step.unit) return T.unitNeeded;
    if (needs(action, 'until') && !step.until) return T.untilNeeded;
    if (needs(action, 'into') && !step.into) return T.intoNeeded;
    if (needs(action, 'region') && !step.region) return T.regionNeeded;
    if (needs(action, 'note') && (step.note || '').trim().length < 2) return action.to === T.directive ? T.directiveNeeded : T.noteNeeded;
    if ((needs(action, 'photos') || needs(action, 'photo')) && !files.length) return T.photoNeeded;
    return '';
  }

  const empty = (detail) => ({ note: '', unit: (detail.suggestions && detail.suggestions.unit) || '', support: (detail.suggestions && detail.suggestions.support) || [], again: [], limits: {}, confirmed: false, until: '', into: '', region: '' });

  function useStep(detail, action, onDone, onChanged) {
    const [step, setStep] = React.useState(empty(detail));
    const [files, setFiles] = React.useState([]);
    const [wrong, setWrong] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const key = React.useRef(caseParts.key());
    const set = (name) => (value) => setStep((old) => Object.assign({}, old, { [name]: value && value.target ? value.target.value : value }));
    async function go() {
      const lack = missing(action, step, files);
      if (lack) return setWrong({ title: lack, lines: [] });
      setBusy(true);
      const sent = { to: action.to, note: step.note.trim() };
      if (needs(action, 'unit')) Object.assign(sent, { unit: step.unit, support: step.support.filter((one) => one !== step.unit) });
      const own = needs(action, 'unit') && action.to !== T.directive ? filled(step.limits, [step.unit].concat(sent.support)) : {};
      if (Object.keys(own).length) sent.limits = own;
      if (step.again.length && answeredBy(detail, action).length) sent.support = step.again;
      if (action.unit && ['延期', '不予延期'].includes(action.to)) sent.unit = action.unit;
      if (needs(action, 'confirmed')) sent.confirmed = step.confirmed;
      if (needs(action, 'until')) sent.until = step.until + ':00+08:00';
      if (needs(action, 'into')) sent.into = step.into;
      if (needs(action, 'region')) sent.region = step.region;
      try {
        onDone(await caseSend.send(detail, sent, files, key.current), action);
      } catch (failure) {
        const told = await caseSend.refused(detail, failure);
        if (failure.status) key.current = caseParts.key(); // refused: the next try is another one
        setWrong(told);
        setBusy(false);
        if (told.detail) onChanged(told.detail);
      }
      return undefined;
    }
    return { step, set, files, setFiles, wrong, busy, go };
  }

  /* The form of one step; Ctrl+Enter sends, Esc leaves. What was typed outlives a refusal. */
  function Form({ detail, action, onDone, onChanged, onCancel }) {
    const all = caseParts.useUnits();
    const own = { id: 'region:' + detail.region, name: T.territory(detail.region_name || detail.region) };
    const units = all.some((one) => one.id === own.id) ? all : all.concat(own);
    const { step, set, files, setFiles, wrong, busy, go } = useStep(detail, action, onDone, onChanged);
    const box = React.useRef(null);
    React.useEffect(() => {
      const first = box.current.querySelector('select,input:not([type=file]),textarea');
      if (first) first.focus();
    }, [action.to]);
    const press = (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) go();
      if (event.key === 'Escape') {
        event.stopPropagation();
        onCancel();
      }
    };
    const label = action.label || action.to;
    const still = (detail.allowed || []).some((one) => one.to === action.to && can(one));
    return h('form', { ref: box, className: 'yw-cs-form', 'aria-label': label, onKeyDown: press, onSubmit: (event) => (event.preventDefault(), go()) },
      needs(action, 'unit') && h(work.Field, { label: action.to === T.directive ? T.unitOf : T.lead, hint: action.to === T.directive ? '' : detail.suggestions && detail.suggestions.why }, h(Units, { value: step.unit, onChange: set('unit'), detail, units, label: action.to === T.directive ? T.unitOf : T.lead })),
      needs(action, 'unit') && action.to !== T.directive && h('div', { className: 'yw-pair-field' }, h('span', null, T.support), h(Support, { value: step.support, onChange: set('support'), units, lead: step.unit })),
      needs(action, 'unit') && action.to !== T.directive && h(Limits, { value: step.limits, onChange: set('limits'), units, chosen: [step.unit].concat(step.support.filter((one) => one !== step.unit)).filter(Boolean) }),
      answeredBy(detail, action).length > 0 && h('div', { className: 'yw-pair-field' }, h('span', null, T.again), h(Support, { value: step.again, onChange: set('again'), units: answeredBy(detail, action), label: T.again })),
      needs(action, 'until') && h(work.Field, { label: action.to === T.directive ? T.deadline : T.until }, h(work.Input, { type: 'datetime-local', value: step.until, onChange: set('until') })),
      needs(action, 'into') && h(work.Field, { label: T.into }, h(work.Select, { value: step.into, onChange: set('into'), options: [{ value: '', title: '—' }].concat((detail.duplicates || []).map((one) => ({ value: one.id, title: [one.number, one.text].filter(Boolean).join(' ') }))) })),
      needs(action, 'region') && h(work.Field, { label: T.lowerTo }, h(Below, { value: step.region, onChange: set('region'), below: detail.below || [] })),
      needs(action, 'confirmed') && h('label', { className: 'yw-cs-condition' }, h('input', { type: 'checkbox', checked: step.confirmed, onChange: (event) => set('confirmed')(event.target.checked) }), h('span', null, action.to === '立案' ? T.confirmOpens : T.confirmCloses, h('b', null, action.to === '立案' ? detail.opens : detail.closes))),
      h(work.Field, { label: T.note }, h('textarea', { className: 'yw-input yw-input-long', rows: 2, maxLength: 500, value: step.note, onChange: set('note') })),
      h('div', { className: 'yw-pair-field' }, h('span', null, T.photos), h(Pictures, { files, onChange: setFiles })),
      wrong && h('div', { className: 'yw-cs-wrong', role: 'alert' }, h('b', null, wrong.title), wrong.lines.map((one, n) => h('p', { key: n }, one)), wrong.detail && h('p', { className: 'yw-t3' }, T.keptTyped)),
      h('div', { className: 'yw-cs-buttons' }, h(work.Button, { kind: 'main', type: 'submit', className: 'yw-big', disabled: busy || !still }, busy ? T.sending : T.confirm(label)),
        h(work.Button, { className: 'yw-big', onClick: onCancel }, T.cancel)));
  }

  tonglan.CaseActions = Actions;
  tonglan.CaseForm = Form;
})();
