/* What was found out about the file: format, encoding, coordinates; each with its evidence and a way to overrule it. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, format, desk, deskActs, deskState, work } = tonglan;
  const { Card, Button, Select, Input, Bones } = work;
  const T = tonglan.uploadTexts;
  const ENCODINGS = ['auto', 'UTF-8', 'GB18030', 'Big5', 'UTF-16'];
  const said = (evidence) => (Array.isArray(evidence) ? evidence.join(';') : evidence || '');

  /* One line; "改" puts the choice in place of the evidence. */
  function Row({ name, value, chip, evidence, locked, children }) {
    const [open, setOpen] = React.useState(false);
    const close = () => setOpen(false);
    const press = (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      }
    };
    return [
      h('dt', { key: 'name' }, name),
      h('dd', { key: 'value', className: 'yw-ev-value' }, value, chip && h('span', { className: 'yw-chip' }, chip)),
      h('dd', { key: 'why', className: 'yw-ev-why', onKeyDown: press },
        open ? h('div', { className: 'yw-ev-change' }, children(close), h(Button, { onClick: close }, T.cancel))
          : [h('span', { key: 'text', title: evidence }, evidence),
            !locked && children && h('button', { key: 'change', type: 'button', className: 'yw-plain yw-ev-button', 'aria-label': T.found.change(name), onClick: () => setOpen(true) }, T.found.changeShort)]),
    ];
  }

  function FormatRow({ submission, locked }) {
    const { report, file, answers } = submission;
    const parts = file.parts || [];
    const table = /csv|tsv|xlsx|excel/i.test(report.format);
    const geometry = T.geometry[report.geometry];
    const value = [h('b', { key: 'format' }, report.format), geometry && ' ' + geometry];
    const change = parts.length > 1 || table ? (close) => [
      parts.length > 1 && h(Select, { key: 'part', 'aria-label': T.found.part, autoFocus: true, value: answers.part || '', options: (answers.part ? [] : [{ value: '', title: T.found.part }])
        .concat(parts.map((part) => ({ value: part.name, title: T.part(part) }))), onChange: (event) => (close(), deskActs.answers({ part: event.target.value })) }),
      table && h(Select, { key: 'head', 'aria-label': T.found.header, value: answers.header_rows === null || answers.header_rows === undefined ? '' : String(answers.header_rows),
        options: [{ value: '', title: T.found.headerAuto }].concat([0, 1, 2, 3, 4].map((n) => ({ value: String(n), title: T.found.headerRows(n) }))),
        onChange: (event) => (close(), deskActs.answers({ header_rows: event.target.value === '' ? null : Number(event.target.value) })) }),
    ] : null;
    return h(Row, { name: T.found.format, value, evidence: said(report.format_evidence) === said((report.encoding || {}).evidence) ? file.name : said(report.format_evidence), locked }, change);
  }

  function EncodingRow({ submission, locked }) {
    const { encoding } = submission.report;
    if (!encoding) return null;
    const tried = (encoding.candidates || []).map((one) => (Array.isArray(one) ? { shown: one[0], failures: one[1], sample: one[2] } : one));
    const options = ENCODINGS.map((name) => {
      const found = tried.find((one) => one.shown.toLowerCase() === name.toLowerCase());
      return { value: name, title: name === 'auto' ? T.found.auto : found ? T.found.tried(name, found) : name };
    });
    const chosen = submission.answers.encoding || 'auto';
    if (!options.some((one) => one.value.toLowerCase() === chosen.toLowerCase())) options.push({ value: chosen, title: chosen });
    const now = options.find((one) => one.value.toLowerCase() === chosen.toLowerCase()).value;
    const chip = chosen !== 'auto' ? T.found.byHand : encoding.confidence === null || encoding.confidence === undefined ? null : format.percent(encoding.confidence);
    return h(Row, { name: T.found.encoding, value: h('b', null, encoding.shown), chip, evidence: said(encoding.evidence), locked },
      (close) => h(Select, { 'aria-label': T.found.encoding, autoFocus: true, value: now, options, onChange: (event) => (close(), deskActs.answers({ encoding: event.target.value })) }));
  }

  /* Any known code besides the candidates; Xian80 and Beijing54 take seven parameters. */
  function CrsChange({ submission, close, onSeven }) {
    const { crs } = submission.report;
    const [code, setCode] = React.useState('');
    const chosen = submission.answers.crs || 'auto';
    const options = [{ value: 'auto', title: T.found.auto }].concat((crs.candidates || []).map((one) => ({ value: one.crs, title: tonglan.crsTitle(one.title) })))
      .concat(T.crs.codes.filter((one) => !(crs.candidates || []).some((other) => other.crs === one.value)));
    if (!options.some((one) => one.value === chosen)) options.push({ value: chosen, title: chosen });
    const take = (event) => {
      event.preventDefault();
      if (!/^\d{4,6}$/.test(code)) return;
      close();
      deskActs.crs('EPSG:' + code);
    };
    return [
      h(Select, { key: 'known', 'aria-label': T.found.crs, autoFocus: true, value: chosen, options, onChange: (event) => (close(), deskActs.crs(event.target.value)) }),
      h('form', { key: 'code', className: 'yw-ev-code', onSubmit: take }, h(Input, { value: code, inputMode: 'numeric', placeholder: T.crs.code, 'aria-label': T.crs.code, onChange: (event) => setCode(event.target.value.trim()) }),
        h(Button, { type: 'submit', disabled: !/^\d{4,6}$/.test(code) }, T.crs.use)),
      h(Button, { key: 'seven', onClick: () => (close(), onSeven()) }, T.crs.sevenShort),
    ];
  }

  function CrsRow({ submission, locked, onSeven }) {
    const { crs } = submission.report;
    if (!crs) return null;
    const chosen = (crs.candidates || []).find((one) => one.chosen) || {};
    const title = tonglan.crsTitle(chosen.title || crs.decided) || T.found.unknown;
    const chip = submission.answers.crs && submission.answers.crs !== 'auto' ? T.found.byHand : null;
    return h(Row, { name: T.found.crs, value: h('b', { title }, title), chip, evidence: said(crs.evidence), locked },
      (close) => h(CrsChange, { submission, close, onSeven }));
  }

  /* The column that features are recognised by over versions: chosen, suggested, or none. */
  function KeyRow({ submission, locked }) {
    const { key, fields } = submission.report;
    if (!key) return null;
    const chosen = key.column || (submission.described || {}).key || '';
    const hint = !chosen && key.suggested;
    const evidence = chosen ? T.found.keyUsed : hint ? T.found.keyHint(hint) : T.found.keyNone;
    const options = [{ value: '', title: T.found.noKey }].concat((fields || []).map((one) => ({ value: one.name, title: one.name })));
    if (chosen && !options.some((one) => one.value === chosen)) options.push({ value: chosen, title: chosen });
    const take = (column) => deskActs.about({ key: column || null });
    return h(Row, { name: T.found.key, value: h('b', null, chosen || T.found.noKey), evidence, locked: locked || Boolean(submission.live) },
      (close) => [
        hint && h(Button, { key: 'take', kind: 'primary', onClick: () => (close(), take(hint.column)) }, T.found.keyTake(hint.column)),
        h(Select, { key: 'any', 'aria-label': T.found.key, autoFocus: !hint, value: chosen, options, onChange: (event) => (close(), take(event.target.value)) }),
      ]);
  }

  function Findings({ locked }) {
    const submission = desk.use((state) => state.submission);
    const candidates = desk.use((state) => state.candidates);
    const [seven, setSeven] = React.useState(null); // the coordinate system that wants parameters
    const { report } = submission;
    const shut = locked || deskState.busy(submission);
    const take = (crs) => {
      const asked = /西安|北京|xian|beijing/i.test((candidates.candidates.find((one) => one.crs === crs) || {}).title || '');
      if (asked) setSeven(crs);
      else deskActs.crs(crs);
    };
    return h(
      Card,
      { title: T.found.title, note: T.found.note, className: 'yw-found' },
      !report && (submission.question && !deskState.busy(submission) ? h('p', { className: 'yw-empty' }, T.found.afterAnswer) : h(Bones, { rows: 3 })),
      report && h('div', { className: 'yw-found-body' },
        h('dl', { className: 'yw-ev' }, h(FormatRow, { submission, locked: shut }), h(EncodingRow, { submission, locked: shut }),
          h(CrsRow, { submission, locked: shut, onSeven: () => setSeven(submission.answers.crs === 'auto' ? '' : submission.answers.crs) }),
          h(KeyRow, { submission, locked: shut })),
        report.raster && report.raster.quicklook && h('img', { className: 'yw-quicklook', src: report.raster.quicklook, alt: T.found.quicklook(submission.file.name) }),
        candidates && candidates.candidates.length > 0 && h(tonglan.Candidates, { preview: candidates, locked: shut, onTake: take })),
      seven !== null && h(SevenDialog, { crs: seven, submission, onClose: () => setSeven(null) })
    );
  }

  function SevenDialog({ crs, submission, onClose }) {
    const [system, setSystem] = React.useState(crs || T.crs.sevenSystems[0].value);
    const known = T.crs.sevenSystems.some((one) => one.value === system);
    const options = known ? T.crs.sevenSystems : [{ value: system, title: system }].concat(T.crs.sevenSystems);
    const take = (parameters) => {
      onClose();
      deskActs.crs(system, parameters);
    };
    return h(work.Dialog, { title: T.crs.sevenTitle, onClose, className: 'yw-dialog-small', foot: h(Button, { onClick: () => (onClose(), deskActs.crs(system)) }, T.crs.sevenWithout) },
      h(work.Field, { label: T.found.crs }, h(Select, { value: system, options, onChange: (event) => setSystem(event.target.value) })),
      h(tonglan.SevenParameters, { given: submission.answers.parameters, onTake: take, onClose }));
  }

  tonglan.Findings = Findings;
})();
