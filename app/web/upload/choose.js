/* Step 1: which layer, and the file: drop or choose, progress, what was left unfinished. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, clock, format, desk, deskActs, tus, work } = tonglan;
  const { Card, Button, Field, Select, Input, Segments, Progress } = work;
  const T = tonglan.uploadTexts;
  const BASE = /^city\./; // the demo city's own shapes stand last in the list

  function mayImport(boot, topic) {
    const held = (boot.user && boot.user.grants) || null;
    if (!held) return true;
    return held.some((one) => ['clerk', 'reviewer', 'admin'].includes(one.role) && (!one.topic || one.topic === topic));
  }

  function LayerChoice() {
    const boot = desk.use((state) => state.boot);
    const layers = desk.use((state) => state.layers);
    const target = desk.use((state) => state.target);
    const mine = (layers || []).filter((layer) => mayImport(boot, layer.topic)).sort((a, b) => BASE.test(a.id) - BASE.test(b.id));
    const topic = (id) => ((boot.topics || []).find((one) => one.id === id) || { title: id }).title;
    const options = [{ value: '', title: layers ? T.choose.pickLayer : T.loading, disabled: true }]
      .concat(mine.map((layer) => ({ value: layer.id, title: layer.title + '(' + topic(layer.topic) + ')' })));
    const note = target.about.note;
    return [
      h(Field, { key: 'layer', label: T.choose.layer, hint: target.layer && T.choose.layerId(target.layer) },
        h(Select, { options, value: target.layer, onChange: (event) => deskActs.target({ layer: event.target.value }) })),
      h(Field, { key: 'note', label: T.choose.note, hint: T.choose.noteHint },
        h(Input, { value: note, maxLength: 60, onChange: (event) => deskActs.targetAbout({ note: event.target.value }) })),
    ];
  }

  function NewLayer() {
    const boot = desk.use((state) => state.boot);
    const { id, about } = desk.use((state) => state.target);
    const topics = (boot.topics || []).filter((one) => mayImport(boot, one.id));
    const set = (name) => (event) => deskActs.targetAbout({ [name]: event.target.value });
    const pick = (event) => {
      const topic = event.target.value;
      const rest = id.includes('.') ? id.split('.').slice(1).join('.') : 'l' + clock.day(clock.now()).slice(0, 10).replace(/-/g, '');
      deskActs.target({ id: topic + '.' + rest, about: Object.assign({}, about, { topic }) });
    };
    const text = (name, more) => h(Field, { key: name, label: T.about[name], hint: T.aboutHints[name] }, h(Input, Object.assign({ value: about[name], maxLength: 80, onChange: set(name) }, more)));
    const list = (name, options) => h(Field, { key: name, label: T.about[name], hint: T.aboutHints[name] }, h(Select, { options, value: about[name], onChange: set(name) }));
    return [
      text('title'),
      h(Field, { key: 'topic', label: T.about.topic }, h(Select, { value: about.topic, onChange: pick,
        options: [{ value: '', title: T.choose.pickTopic, disabled: true }].concat(topics.map((one) => ({ value: one.id, title: one.title }))) })),
      h(Field, { key: 'id', label: T.about.id, hint: T.aboutHints.id }, h(Input, { value: id, maxLength: 80, onChange: (event) => deskActs.target({ id: event.target.value }) })),
      text('owner'),
      text('source'),
      list('cadence', T.cadences),
      list('classification', T.classes),
      text('key'),
    ];
  }

  function DropZone() {
    const [over, setOver] = React.useState(false);
    const input = React.useRef(null);
    const stop = (event) => event.preventDefault();
    const drop = (event) => {
      event.preventDefault();
      setOver(false);
      deskActs.send(event.dataTransfer.files);
    };
    React.useEffect(() => {
      // a file dropped beside the zone must not replace the page
      window.addEventListener('dragover', stop);
      window.addEventListener('drop', stop);
      return () => {
        window.removeEventListener('dragover', stop);
        window.removeEventListener('drop', stop);
      };
    }, []);
    return h(
      'div',
      { className: classes('yw-drop', over && 'yw-drop-over'), onDragOver: (event) => (event.preventDefault(), setOver(true)), onDragLeave: () => setOver(false), onDrop: drop },
      h('svg', { viewBox: '0 0 48 48', className: 'yw-drop-mark', 'aria-hidden': true },
        h('path', { d: 'M24 32V11m-8 8 8-8 8 8M9 30v8h30v-8', fill: 'none', stroke: 'currentColor', strokeWidth: 2.4, strokeLinecap: 'round', strokeLinejoin: 'round' })),
      h('p', null, h('b', null, T.choose.drop)),
      h('p', { className: 'yw-t3' }, T.choose.limits),
      h('input', { ref: input, type: 'file', className: 'yw-unseen', tabIndex: -1, 'aria-label': T.choose.pick, onChange: (event) => {
        deskActs.send(event.target.files);
        event.target.value = ''; // the same file may be chosen again
      } }),
      h(Button, { kind: 'line', onClick: () => input.current.click() }, T.choose.pick)
    );
  }

  function Transfer({ transfer }) {
    const { state, name, size, sent, speed, left, text } = transfer;
    const facts = [format.bytes(sent) + ' / ' + format.bytes(size)];
    if (state === 'sending' && speed) facts.push(format.bytes(speed) + '/s');
    if (state === 'sending' && left !== null) facts.push(T.transfer.left(format.span(left)));
    return h(
      'div',
      { className: 'yw-transfer', 'data-state': state },
      h('div', { className: 'yw-transfer-head' }, h('b', null, name), h('span', { className: 'yw-t3' }, facts.join(' · ')), h('span', { className: 'yw-grow' }),
        ['sending', 'waiting'].includes(state) && h(Button, { onClick: deskActs.pause }, T.transfer.pause),
        state === 'paused' && h(Button, { kind: 'line', onClick: deskActs.resume }, T.transfer.resume),
        state === 'failed' && h(Button, { kind: 'line', onClick: deskActs.resume }, T.retry),
        h(Button, { onClick: deskActs.cancel }, state === 'done' ? T.transfer.other : T.transfer.cancel)),
      h(Progress, { share: size ? sent / size : 1, label: T.transfer.label }),
      h('p', { className: 'yw-t3', role: 'status' }, state === 'failed' || state === 'waiting' ? T.transfer[state](text) : T.transfer[state])
    );
  }

  function Unfinished({ left }) {
    if (!left.length) return null;
    return h(Card, { title: T.left.title, note: T.left.note, className: 'yw-left' },
      h('ul', null, left.slice(0, 5).map((one) => h('li', { key: one.key }, h('b', null, one.name),
        h('span', { className: 'yw-t3' }, T.left.sent(format.percent(one.size ? one.sent / one.size : 0), clock.minute(one.at))),
        h('span', { className: 'yw-grow' }), h(Button, { onClick: () => deskActs.forget(one) }, T.left.drop)))));
  }

  function Formats() {
    return h(Card, { title: T.formats.title },
      h('dl', { className: 'yw-formats' }, T.formats.list.map(([name, what]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, what)])),
      h('p', { className: 'yw-formats-out' }, T.formats.out));
  }

  const ready = (state) => {
    const { target, transfer } = state;
    if (!transfer || transfer.state !== 'done') return transfer ? T.choose.waitUpload : T.choose.needFile;
    if (target.mode === 'update') return target.layer ? '' : T.choose.needLayer;
    const lacking = ['title', 'topic'].filter((name) => !target.about[name].trim());
    return lacking.length || !target.id.trim() ? T.choose.needAbout : '';
  };

  function Choose() {
    const target = desk.use((state) => state.target);
    const transfer = desk.use((state) => state.transfer);
    const left = desk.use((state) => state.left);
    return h(
      'div',
      { className: 'yw-up-grid' },
      h('div', { className: 'yw-up-main yw-up-choose' },
        h('p', { className: 'yw-secret' }, h('b', null, T.secret), h('span', null, T.secretWhy)),
        h(Card, { title: T.choose.title, tools: h(Segments, { label: T.choose.title, value: target.mode, options: T.choose.modes, onChange: (mode) => deskActs.target({ mode }) }) },
          h('div', { className: 'yw-form' }, target.mode === 'update' ? h(LayerChoice) : h(NewLayer))),
        h(Card, { title: T.choose.file, note: T.choose.fileNote, className: 'yw-up-file' }, transfer ? h(Transfer, { transfer }) : h(DropZone))),
      h('div', { className: 'yw-up-side' }, h(Unfinished, { left }), h(Formats))
    );
  }

  tonglan.Choose = Choose;
  tonglan.chooseReady = ready;
})();
