/* The small parts of the work pages: cards, buttons, fields, notices, skeletons. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, Lamp } = tonglan;

  function Card({ title, note, tools, className, id, children }) {
    const name = id || undefined;
    return h(
      'section',
      { className: classes('yw-card', 'yw-work-card', className), 'aria-labelledby': name && name + '-title', id: name },
      title && h('h2', { id: name && name + '-title' }, title, note && h('small', null, note), tools && h('span', { className: 'yw-grow' }), tools),
      children
    );
  }

  function Button({ kind, className, ...rest }) {
    return h('button', Object.assign({ type: 'button', className: classes('yw-button', 'yw-act', kind && 'yw-act-' + kind, className) }, rest));
  }

  /* A label in front of its control. */
  function Field({ label, children, hint, wide }) {
    const id = React.useId();
    return h(
      'div',
      { className: classes('yw-pair-field', wide && 'yw-pair-field-wide') },
      h('label', { htmlFor: id }, label),
      h('div', { className: 'yw-pair-field-control' }, React.cloneElement(children, { id, 'aria-describedby': hint ? id + '-hint' : undefined }),
        hint && h('small', { id: id + '-hint' }, hint))
    );
  }

  const Select = React.forwardRef(function Select({ options, className, ...rest }, ref) {
    return h('select', Object.assign({ ref, className: classes('yw-input', 'yw-input-select', className) }, rest),
      options.map((one) => h('option', { key: one.value, value: one.value, disabled: one.disabled }, one.title)));
  });

  const Input = React.forwardRef(function Input({ className, ...rest }, ref) {
    return h('input', Object.assign({ ref, type: 'text', className: classes('yw-input', className), autoComplete: 'off', spellCheck: false }, rest));
  });

  /* One of few: the pressed one stands out; arrow keys as in any radio group. */
  function Segments({ label, value, options, onChange, disabled }) {
    const name = React.useId();
    return h(
      'div',
      { className: 'yw-seg', role: 'radiogroup', 'aria-label': label },
      options.map((one) => h('label', { key: one.value, className: classes(value === one.value && 'yw-on', (disabled || one.disabled) && 'yw-off'), title: one.detail },
        h('input', { type: 'radio', name, className: 'yw-unseen', checked: value === one.value, disabled: disabled || one.disabled, onChange: () => onChange(one.value) }),
        one.title))
    );
  }

  /* "what;what to do" in two parts. */
  function sentence(text) {
    const found = /^([^]*?)[;;]([^]*)$/.exec(text || '');
    return found ? { what: found[1], remedy: found[2] } : { what: text || '', remedy: '' };
  }

  /* A sentence of the server or of the page: what, and what to do. */
  function Notice({ text, tone, tools, children }) {
    const { what, remedy } = sentence(text);
    const lamp = { bad: 'bad', warn: 'warn', ok: 'ok' }[tone];
    return h(
      'div',
      { className: classes('yw-notice', tone && 'yw-notice-' + tone), role: tone === 'bad' ? 'alert' : 'status' },
      lamp && h(Lamp, { lamp, quiet: true }),
      h('p', null, h('b', null, what), remedy && h('span', null, remedy), children),
      tools
    );
  }

  function Bones({ rows }) {
    return h('div', { className: 'yw-bones', 'aria-hidden': true }, Array.from({ length: rows }, (_, n) => h('i', { key: n, style: { width: [38, 72, 56, 64, 44][n % 5] + '%' } })));
  }

  function Progress({ share, label }) {
    const whole = Math.round(Math.max(0, Math.min(1, share)) * 100);
    return h('div', { className: 'yw-progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': whole },
      h('i', { style: { width: whole + '%' } }));
  }

  /* A dialog over the page: focus inside, Esc closes, focus goes back. */
  function Dialog({ title, onClose, className, children, foot }) {
    const box = React.useRef(null);
    React.useEffect(() => {
      const before = document.activeElement;
      const first = box.current.querySelector('[data-first],input,select,textarea,button');
      if (first) first.focus();
      return () => before && before.focus && before.focus();
    }, []);
    const press = (event) => {
      if (event.key === 'Escape') return onClose();
      if (event.key !== 'Tab') return undefined;
      const all = [...box.current.querySelectorAll('a[href],button:not(:disabled),input:not(:disabled),select,textarea')];
      const [first, last] = [all[0], all[all.length - 1]];
      const edge = event.shiftKey ? first : last;
      if (document.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus();
      }
      return undefined;
    };
    return h(
      'div',
      { className: 'yw-veil yw-veil-work', onMouseDown: (event) => event.target === event.currentTarget && onClose(), onKeyDown: press },
      h('div', { ref: box, className: classes('yw-dialog', className), role: 'dialog', 'aria-modal': true, 'aria-label': title },
        h('h2', null, title), h('div', { className: 'yw-dialog-body' }, children), h('div', { className: 'yw-dialog-foot' }, foot))
    );
  }

  /* The width and height of an element in px, kept up to date. */
  function useSize() {
    const ref = React.useRef(null);
    const [size, setSize] = React.useState([0, 0]);
    React.useEffect(() => {
      if (!ref.current) return undefined;
      const observer = new ResizeObserver(([entry]) => setSize([entry.contentRect.width, entry.contentRect.height]));
      observer.observe(ref.current);
      return () => observer.disconnect();
    }, []);
    return [ref, size];
  }

  tonglan.work = { sentence, Card, Button, Field, Select, Input, Segments, Notice, Bones, Progress, Dialog, useSize };
})();
