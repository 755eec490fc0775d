/* Region, period, range, comparison, replay and export: each changes the address. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, indicatorView, indicatorTexts: texts } = tonglan;
  const MOST = 4; // regions beside the chosen one
  const DAY = /^\d{4}-\d{2}-\d{2}/;

  function Segments({ label, choices, value, choose }) {
    return h('div', { className: 'yw-seg', role: 'group', 'aria-label': label }, choices.map(([id, title]) =>
      h('button', { key: id, type: 'button', className: classes(id === value && 'yw-on'), 'aria-pressed': id === value, onClick: () => choose(id) }, title)));
  }

  /* A button with a small panel below; closes on Esc, on a click elsewhere and when told so. */
  function Fold({ title, on, label, children }) {
    const [open, setOpen] = React.useState(false);
    const box = React.useRef(null);
    React.useEffect(() => {
      if (!open) return undefined;
      const away = (event) => !box.current.contains(event.target) && setOpen(false);
      const key = (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        setOpen(false);
      };
      document.addEventListener('pointerdown', away);
      document.addEventListener('keydown', key, true);
      return () => {
        document.removeEventListener('pointerdown', away);
        document.removeEventListener('keydown', key, true);
      };
    }, [open]);
    return h('div', { className: 'yw-fold', ref: box },
      h('button', { type: 'button', className: classes('yw-foldbutton', on && 'yw-on'), 'aria-expanded': open, 'aria-label': label, onClick: () => setOpen(!open) }, title),
      open && h('div', { className: 'yw-pop yw-foldpanel' }, children(() => setOpen(false))));
  }

  function Periods({ page, go }) {
    const at = page.periods.findIndex((one) => one.at === page.period.at);
    const move = (step) => {
      const next = page.periods[at + step];
      if (next) go({ period: at + step === 0 ? '' : next.at });
    };
    const listed = at >= 0 ? page.periods : [page.period].concat(page.periods);
    const step = (sign, title, to, off) => h('button', { type: 'button', className: 'yw-stepper', title, 'aria-label': title, disabled: off, onClick: () => move(to) }, sign);
    return h('div', { className: 'yw-ind-periods' }, step('‹', texts.earlier, 1, at < 0 || at >= page.periods.length - 1),
      h('select', { className: 'yw-field', 'aria-label': texts.period, value: page.period.at, onChange: (event) => go({ period: event.target.value === (page.periods[0] || {}).at ? '' : event.target.value }) },
        listed.map((one) => h('option', { key: one.at, value: one.at }, one.label))),
      step('›', texts.later, -1, at <= 0));
  }

  function Custom({ page, go }) {
    const on = page.range.asked.includes('..');
    const [from, setFrom] = React.useState((page.range.from || '').slice(0, 10));
    const [to, setTo] = React.useState('');
    const field = (label, value, set) => h('label', null, label, h('input', { type: 'date', className: 'yw-field', value, onChange: (event) => set(event.target.value) }));
    return h(Fold, { title: texts.custom, on, label: texts.range + texts.custom }, (close) => h('form', { className: 'yw-ind-custom', onSubmit: (event) => (event.preventDefault(), close(), go({ range: from + '..' + to })) },
      field(texts.from, from, setFrom), field(texts.to, to, setTo),
      h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: !DAY.test(from) && !DAY.test(to) }, texts.apply)));
  }

  function Ranges({ page, go }) {
    const usual = page.range.choices[0].id;
    return h('div', { className: 'yw-ind-group' }, h(Segments, { label: texts.range, choices: page.range.choices.map((one) => [one.id, one.title]), value: page.range.asked, choose: (id) => go({ range: id === usual ? '' : id }) }), h(Custom, { page, go }));
  }

  function Compare({ page, view, go }) {
    const chosen = view.compare && view.compare !== 'years' ? view.compare.split(',') : [];
    const others = page.regions.filter((one) => one.code !== page.region.code);
    const toggle = (code) => {
      const next = chosen.includes(code) ? chosen.filter((one) => one !== code) : chosen.concat(code).slice(-MOST);
      go({ compare: next.join(',') });
    };
    return h('div', { className: 'yw-ind-group' },
      h(Segments, { label: texts.compare, choices: [['', texts.noCompare], ['years', texts.years[page.indicator.period_kind]]], value: view.compare, choose: (id) => go({ compare: id }) }),
      others.length > 0 && h(Fold, { title: chosen.length ? texts.regionsChosen(chosen.length) : texts.regions, on: chosen.length > 0 }, () => h('div', { className: 'yw-ind-picks' },
        h('p', { className: 'yw-t3' }, texts.mostRegions),
        others.map((one) => h('label', { key: one.code }, h('input', { type: 'checkbox', checked: chosen.includes(one.code), onChange: () => toggle(one.code) }), one.name)))));
  }

  function Replay({ view, go }) {
    const [at, setAt] = React.useState(view.as_of.slice(0, 16));
    return h(Fold, { title: texts.replayOpen, on: Boolean(view.as_of) }, (close) => h('form', { className: 'yw-ind-custom', onSubmit: (event) => (event.preventDefault(), close(), go({ as_of: at, period: '' })) },
      h('p', { className: 'yw-t3' }, texts.replayHint), h('input', { type: 'datetime-local', className: 'yw-field', 'aria-label': texts.replayOpen, value: at, onChange: (event) => setAt(event.target.value) }),
      h('button', { type: 'submit', className: 'yw-button yw-primary', disabled: !at }, texts.replayGo)));
  }

  function Exports({ page, view, picture }) {
    const file = (format) => indicatorView.path(page.indicator.id, Object.assign({}, view, { period: '', order: '' }), { format }, '/export');
    return h('div', { className: 'yw-ind-group yw-ind-exports' }, h('span', { className: 'yw-t3' }, texts.exports),
      h('a', { className: 'yw-button', href: file('csv'), download: '' }, texts.csv), h('a', { className: 'yw-button', href: file('xlsx'), download: '' }, texts.xlsx),
      h('button', { type: 'button', className: 'yw-button', onClick: picture }, texts.png));
  }

  function IndicatorControls({ page, view, go, picture }) {
    return h('section', { className: 'yw-ind-controls', 'aria-label': texts.range },
      page.regions.length > 1 && h('select', { className: 'yw-field', 'aria-label': texts.region, value: page.region.code, onChange: (event) => go({ region: event.target.value }) },
        (page.regions.some((one) => one.code === page.region.code) ? page.regions : [page.region].concat(page.regions)).map((one) => h('option', { key: one.code, value: one.code }, one.name))),
      h(Periods, { page, go }),
      !page.value.latest && page.value.newest && h('button', { type: 'button', className: 'yw-button', onClick: () => go({ period: '' }) }, texts.newest),
      view.compare !== 'years' && h(Ranges, { page, go }), h(Compare, { page, view, go }), h(Replay, { key: view.as_of, view, go }),
      h('span', { className: 'yw-grow' }), h(Exports, { page, view, picture }));
  }
  Object.assign(tonglan, { IndicatorControls, Segments, Fold });
})();
