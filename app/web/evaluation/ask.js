/* The dialog of a step: why, and for an appeal the cases and photos, for a decision yes or no. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, api, work } = tonglan;
  const { Dialog, Button, Segments, Notice } = work;
  const T = tonglan.evaluationTexts;
  const MUST = ['thaw', 'appeal', 'decide', 'correct'];
  const MOST_PHOTOS = 9;
  const lines = (text) => text.split(/[\s,,]+/).filter(Boolean);

  function Photos({ month, photos, setPhotos, setWrong, setBusy }) {
    const take = async (event) => {
      const files = [...event.target.files].slice(0, MOST_PHOTOS - photos.length);
      event.target.value = '';
      setBusy(true); // nothing is sent before its evidence has arrived
      try {
        const made = [];
        for (const file of files) made.push((await api.raw('POST', '/api/v1/evaluation/' + month + '/photos', file)).id);
        setPhotos(photos.concat(made));
      } catch (failure) {
        setWrong(failure.detail || failure.title);
      }
      setBusy(false);
    };
    return h('label', { className: 'yw-eva-file' }, h('span', null, T.photos + ' ' + T.photoOf(photos.length)),
      h('input', { type: 'file', accept: 'image/jpeg,image/png,image/webp', multiple: true, onChange: take, disabled: photos.length >= MOST_PHOTOS }));
  }

  /* `step` is {do, about?, appeal?}; `done()` when the server took it. */
  function Ask({ month, step, done, close }) {
    const [title, hint] = T.ask[step.do];
    const [note, setNote] = React.useState('');
    const [cases, setCases] = React.useState(step.appeal ? step.appeal.cases.join('\n') : '');
    const [photos, setPhotos] = React.useState([]);
    const [accepted, setAccepted] = React.useState('yes');
    const [busy, setBusy] = React.useState(false);
    const [wrong, setWrong] = React.useState(null);
    const must = MUST.includes(step.do);
    const go = async () => {
      const body = { note: note.trim() };
      if (step.do === 'appeal') Object.assign(body, step.about, { cases: lines(cases), photos });
      if (step.do === 'decide') Object.assign(body, { appeal: step.appeal.id, accepted: accepted === 'yes', exclude: accepted === 'yes' ? lines(cases) : [] });
      setBusy(true);
      try {
        await api.post('/api/v1/evaluation/' + month + '/' + step.do, body);
        done();
      } catch (failure) {
        setWrong(failure.detail || failure.title);
        setBusy(false);
      }
    };
    const area = (label, value, change, first) => h('label', { className: 'yw-rep-ask' }, h('span', null, label),
      h('textarea', { className: 'yw-input yw-input-long', rows: 3, maxLength: 2000, value, 'data-first': first, onChange: (event) => change(event.target.value) }));
    return h(Dialog, { title, className: 'yw-dialog-small', onClose: close,
      foot: [h(Button, { key: 'no', className: 'yw-big', onClick: close }, T.cancel),
        h(Button, { key: 'go', kind: 'main', className: 'yw-big', disabled: busy || (must && note.trim().length < 2), onClick: go }, title)] },
      h('p', { className: 'yw-t3' }, hint),
      step.do === 'decide' && h(Segments, { label: title, value: accepted, onChange: setAccepted, options: [{ value: 'yes', title: T.accept }, { value: 'no', title: T.refuse }] }),
      area(T.note + (must ? T.must : ''), note, setNote, true),
      step.do === 'appeal' && area(T.cases, cases, setCases),
      step.do === 'appeal' && h(Photos, { month, photos, setPhotos, setWrong, setBusy }),
      step.do === 'decide' && accepted === 'yes' && area(T.excludeThese, cases, setCases),
      wrong && h(Notice, { tone: 'bad', text: wrong }));
  }

  Object.assign(tonglan.evaluation, { Ask });
})();
