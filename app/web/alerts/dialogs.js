/* The forms over the detail: 暂停提醒 (end and reason), 派单 (prefilled), 督办, 误报, 备注, 指派. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, board, acts, alertTexts: texts, alertParts } = tonglan;
  const RED = 120; // minutes that a 红 may be paused (PRACTICE, SCREENS §4)
  const MINUTE = 60000;

  /* A moment as a field of local time wants it, in Asia/Shanghai whatever this computer's zone is. */
  const field = (at) => new Date(at + 8 * 60 * MINUTE).toISOString().slice(0, 16);
  const instant = (text) => new Date(text + ':00+08:00');
  const morning = (now) => {
    const day = field(now + 16 * 60 * MINUTE).slice(0, 10); // after 8 o'clock it is tomorrow's
    return instant(day + 'T08:00').getTime();
  };

  const Failed = React.createContext(null); // what the server said of the form that is open

  /* `at` is what the server calls the field: its refusal stands below the control. */
  function Field({ label, at, children }) {
    const failure = React.useContext(Failed);
    return h('label', { className: 'yw-al-field' }, h('span', null, label), children, at && h(tonglan.FieldWrong, { text: tonglan.wrongAt(failure, at) }));
  }

  const BESIDE = ['until', 'reason', 'unit', 'text'];

  /* A form that says its failure in place; Esc and 取消 close it. */
  function Form({ title, hint, submit, label, check, children }) {
    const [wrong, setWrong] = React.useState(null);
    const [busy, setBusy] = React.useState(false);
    const box = React.useRef(null);
    React.useEffect(() => {
      const first = box.current.querySelector('[data-first]') || box.current.querySelector('input,textarea,select');
      if (first) first.focus();
    }, []);
    async function send(event) {
      event.preventDefault();
      const problem = check ? check() : '';
      if (problem) return setWrong({ title: problem });
      setBusy(true);
      try {
        await submit();
      } catch (failure) {
        setWrong(failure);
      } finally {
        setBusy(false);
      }
      return undefined;
    }
    const close = () => board.set({ dialog: null });
    const rest = tonglan.wrongElsewhere(wrong, BESIDE);
    return h('form', { ref: box, className: 'yw-pop yw-al-form', role: 'dialog', 'aria-modal': false, 'aria-label': title, noValidate: true, onSubmit: send, onKeyDown: (event) => event.key === 'Escape' && (event.stopPropagation(), close()) },
      h('h3', null, title), hint && h('p', { className: 'yw-al-hint' }, hint), h(Failed.Provider, { value: wrong }, children),
      rest && h('p', { className: 'yw-al-wrong', role: 'alert' }, rest),
      h('div', { className: 'yw-al-formfoot' }, h('button', { type: 'button', className: 'yw-button', onClick: close }, texts.cancel), h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: busy }, label || texts.send)));
  }

  const MOST_TEXT = 500; // topics/kit/alerting/handling.py

  function Reason({ value, change, label, first, at }) {
    return h(Field, { label: (label || texts.reason) + texts.most(MOST_TEXT), at: at || 'reason' }, h('textarea', { rows: 3, maxLength: MOST_TEXT, value, 'data-first': first ? '1' : undefined, onChange: (event) => change(event.target.value) }));
  }

  function Pause({ detail }) {
    const now = alertParts.moment();
    const [until, setUntil] = React.useState(field(now + 60 * MINUTE));
    const [reason, setReason] = React.useState('');
    const check = () => {
      const at = instant(until).getTime();
      if (isNaN(at) || at <= alertParts.moment()) return texts.pausePast;
      if (detail.level === '红' && at > alertParts.moment() + (RED + 1) * MINUTE) return texts.pauseTooLong;
      return reason.trim() ? '' : texts.reasonNeeded;
    };
    const offered = texts.pauseFor.filter(([, minutes]) => detail.level !== '红' || (minutes > 0 && minutes <= RED));
    return h(Form, { title: texts.pauseTitle, hint: texts.pauseHint(detail.level), check, label: texts.pauseTitle, submit: () => acts.act(detail.id, 'pause', { until: instant(until).toISOString(), reason: reason.trim() }) },
      h('div', { className: 'yw-al-quick' }, offered.map(([words, minutes]) => h('button', { key: words, type: 'button', className: 'yw-button', onClick: () => setUntil(field(minutes ? now + minutes * MINUTE : morning(now))) }, words))),
      h(Field, { label: texts.pauseUntil, at: 'until' }, h('input', { type: 'datetime-local', value: until, min: field(now), max: detail.level === '红' ? field(now + RED * MINUTE) : undefined, onChange: (event) => setUntil(event.target.value) })),
      h(Reason, { value: reason, change: setReason, first: true }));
  }

  /* All units, those of the rule's plan first; without the list of units those of the plan alone. */
  function useUnits(detail) {
    const [units, setUnits] = React.useState([]);
    React.useEffect(() => {
      tonglan.api.get('/api/v1/organisations').then((said) => setUnits(said.items || []), () => undefined);
    }, []);
    const { plan, dispatch } = detail;
    const own = dispatch && dispatch.unit && { unit: dispatch.unit, name: dispatch.unit_name, note: texts.planRows.lead };
    const lead = plan && plan.lead && Object.assign({ note: texts.planRows.lead }, plan.lead);
    const support = ((plan && plan.support) || []).map((one) => Object.assign({ note: texts.planRows.support }, one));
    return tonglan.unitOptions(units, [own, lead, ...support]);
  }

  /* To whom the alert is given: chosen by name. */
  function Assign({ detail }) {
    const units = useUnits(detail);
    const [unit, setUnit] = React.useState('');
    return h(Form, { title: texts.assignTitle, hint: texts.assignHint, check: () => (unit ? '' : texts.unitNeeded), submit: () => acts.act(detail.id, 'assign', { unit }) },
      h(Field, { label: texts.unit, at: 'unit' }, h(tonglan.Pick, { label: texts.unit, value: unit, onChange: setUnit, options: units })));
  }

  function Dispatch({ detail }) {
    const given = detail.dispatch || {};
    const [unit, setUnit] = React.useState(given.unit || '');
    const [text, setText] = React.useState(given.text || detail.title);
    const planned = ((detail.plan && detail.plan.support) || []).filter((one) => one.unit !== unit);
    const [left, setLeft] = React.useState([]); // 协办 of the plan that are not asked this time
    const [confirmed, setConfirmed] = React.useState(false);
    const units = useUnits(detail);
    const flip = (one) => setLeft(left.includes(one) ? left.filter((other) => other !== one) : left.concat(one));
    const support = planned.map((one) => one.unit).filter((one) => !left.includes(one));
    const body = () => Object.assign({}, given.category && { category: given.category }, given.region && { region: given.region }, unit && { unit, support }, given.opens && { confirmed }, { text: text.trim() });
    return h(Form, { title: texts.dispatchTitle, hint: texts.dispatchHint, label: texts.dispatchTitle, submit: () => acts.act(detail.id, 'dispatch', body()) },
      given.category && h(Field, { label: texts.category }, h('input', { value: given.category_name || given.category, readOnly: true })),
      h(Field, { label: texts.unit, at: 'unit' }, h(tonglan.Pick, { label: texts.unit, value: unit, onChange: setUnit, options: units })),
      unit && planned.length > 0 && h('fieldset', { className: 'yw-al-support' }, h('legend', null, texts.planRows.support), planned.map((one) =>
        h('label', { key: one.unit }, h('input', { type: 'checkbox', checked: !left.includes(one.unit), value: one.unit, onChange: () => flip(one.unit) }), one.name))),
      h(Reason, { label: texts.text, value: text, change: setText, first: true, at: 'text' }),
      given.opens && h('div', { className: 'yw-al-opens' }, h('label', null, h('input', { type: 'checkbox', name: 'confirmed', checked: confirmed, onChange: (event) => setConfirmed(event.target.checked) }), h('span', null, texts.opensConfirmed, h('b', null, given.opens))),
        !confirmed && h('p', { className: 'yw-al-hint' }, texts.opensWaits)));
  }

  /* A leader's 督办 about this alert: the form that stands beside every number. */
  function Directive({ detail }) {
    const about = 'alert:' + detail.id;
    const [units, setUnits] = React.useState(null);
    const [wrong, setWrong] = React.useState(null);
    const close = () => board.set({ dialog: null });
    React.useEffect(() => {
      tonglan.api.get('/api/v1/directives?about=' + encodeURIComponent(about)).then((said) => setUnits(said.units || []), setWrong);
    }, []);
    const done = () => {
      close();
      acts.say(texts.did.directive);
      acts.reload();
    };
    const keys = (event) => event.key === 'Escape' && (event.stopPropagation(), close());
    return h('div', { className: 'yw-pop yw-al-form', role: 'dialog', 'aria-label': texts.directiveTitle, onKeyDown: keys }, h('h3', null, texts.directiveTitle), h('p', { className: 'yw-al-hint' }, texts.directiveHint),
      wrong && h('p', { className: 'yw-al-wrong', role: 'alert' }, wrong.title), units && h(tonglan.DirectiveForm, { about, units, onDone: done, onCancel: close }));
  }

  function Worded({ detail, what, title, hint, name }) {
    const [text, setText] = React.useState('');
    return h(Form, { title, hint, check: () => (text.trim() ? '' : texts.reasonNeeded), submit: () => acts.act(detail.id, what, { [name]: text.trim() }) }, h(Reason, { label: title === texts.commentTitle ? texts.commentTitle : texts.reason, value: text, change: setText, first: true, at: name }));
  }

  const FORMS = {
    pause: Pause,
    dispatch: Dispatch,
    directive: Directive,
    false: (props) => h(Worded, Object.assign({ what: 'false', title: texts.falseTitle, hint: texts.falseHint, name: 'reason' }, props)),
    comment: (props) => h(Worded, Object.assign({ what: 'comment', title: texts.commentTitle, name: 'text' }, props)),
    assign: Assign,
  };

  function AlertDialog() {
    const name = board.use((state) => state.dialog);
    const detail = board.use((state) => state.detail);
    if (!name || !detail || !detail.whole) return null;
    return h('div', { className: 'yw-al-sheet' }, h(FORMS[name], { key: detail.id + name, detail }));
  }

  /* What was just done, with 10 s to take it back. */
  function AlertToast() {
    const toast = board.use((state) => state.toast);
    tonglan.useSeconds();
    return h('div', { className: classes('yw-al-toast', !toast && 'yw-al-quiet'), role: 'status' }, toast && h(React.Fragment, null, h('span', null, toast.text),
      toast.undo && h('button', { type: 'button', className: 'yw-button', onClick: acts.undo }, texts.undo(Math.max(0, Math.ceil((toast.undo.until - Date.now()) / 1000))))));
  }
  Object.assign(tonglan, { AlertDialog, AlertToast });
})();
