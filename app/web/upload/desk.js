/* The state of one upload's page and everything that changes it. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { api, clock, tus } = tonglan;
  const SLOW = 400; // ms before a skeleton is shown (SCREENS, states)
  const WATCH = 1000; // ms between looks while a job runs
  const IDLE = 20000; // ms between looks while another person has to act
  const SETTLE = 900; // ms after the last key before a text is saved
  const BUSY = ['queued', 'running'];
  const DOOR = '/api/v1/submissions/';
  const REACHED = { received: 1, asking: 1, refused: 1, checked: 2, returned: 2, submitted: 3, approved: 3, published: 4, withdrawn: 4 };

  const boot = tonglan.boot();
  clock.set(boot.now);
  const named = (boot.page && boot.page.named) || {};
  const wanted = new URLSearchParams(window.location.search).get('layer');

  const desk = (tonglan.desk = tonglan.createStore({
    boot,
    id: named.submission || null,
    submission: null,
    step: null, // null: where the work stands
    slow: false,
    failure: null, // why nothing can be shown: {text, status}
    lost: null, // ms since when the server is silent
    notice: null, // what the last action came to: {text, tone}
    saving: false,
    savedAt: null,
    sending: '', // the action under way, for its button
    layers: null,
    target: { mode: 'update', layer: wanted || '', id: '', about: { topic: '', title: '', owner: '', source: '', cadence: '', classification: '内部', key: '', note: '' } },
    transfer: null,
    left: tus.unfinished(),
    candidates: null,
    preview: null, // GeoJSON; false: the server has none
    diff: null, // {table, map}
    versions: null,
    editing: null, // the issue whose rows are open
    asking: null, // a question before something that cannot be taken back
    release: { mode: 'preview', at: '' },
    pending: {}, // texts not saved yet
  }));

  let upload = null;
  let timer = 0;
  let settle = 0;
  const put = (change) => desk.set(change);
  const busy = (submission) => Boolean(submission && submission.job && BUSY.includes(submission.job.state));
  const reached = (submission) => (submission ? (REACHED[submission.state] === undefined ? 1 : REACHED[submission.state]) : 0);
  const stepOf = (state) => (state.step === null ? reached(state.submission) : state.step);
  const can = (submission, action) => Boolean(submission && (submission.actions || []).includes(action));

  /* What a refusal means for the page. */
  function trouble(wrong) {
    if (wrong.name === 'AbortError') return;
    if (wrong.status === 0) put({ lost: desk.get().lost || Date.now() });
    else put({ notice: { text: wrong.message, tone: 'bad' } });
  }

  function take(submission) {
    const before = desk.get().submission;
    const fresh = !before || before.id !== submission.id;
    if (!fresh && submission.revision < before.revision) return watch(); // an answer that was overtaken
    const moved = !fresh && before.state !== submission.state;
    put({ submission, id: submission.id, lost: null, failure: null, slow: false, savedAt: submission.updated_at });
    if (moved) put({ step: null });
    const worked = fresh || (busy(before) && !busy(submission)) || moved;
    if (worked && !busy(submission)) extras(submission);
    if (fresh || moved) loadVersions(submission);
    watch();
  }

  /* Pictures and tables that only exist once the file is read; each may be missing without harm. */
  function extras(submission) {
    const get = (part) => api.get(DOOR + submission.id + part).catch((wrong) => (trouble0(wrong), null));
    const crs = submission.report && submission.report.crs;
    if (crs && (crs.candidates || []).length) get('/candidates').then((candidates) => put({ candidates }));
    if (reached(submission) >= 2) {
      get('/preview').then((preview) => put({ preview: shown(preview) }));
      if (submission.diff) {
        Promise.all([get('/diff?limit=200'), get('/diff.geojson')]).then(([table, map]) => put({ diff: table && { table, map } }));
      } else put({ diff: null });
    }
  }
  /* Rows set aside are not part of what will be published. */
  const shown = (preview) => (preview ? Object.assign({}, preview, { features: preview.features.filter((one) => !one.properties.held) }) : false);
  const trouble0 = (wrong) => (wrong.status === 0 ? trouble(wrong) : undefined);

  async function loadVersions({ layer, live, version }) {
    if (!live && !version) return put({ versions: [] }); // a layer that is not there yet
    const found = await api.get('/api/v1/layers/' + encodeURIComponent(layer) + '/versions').catch(() => ({ items: [] }));
    return put({ versions: found.items });
  }

  async function look() {
    const { id, lost } = desk.get();
    if (!id) return;
    try {
      take(await api.get(DOOR + encodeURIComponent(id)));
    } catch (wrong) {
      if (wrong.status === 0 || wrong.status >= 500) { // away for a moment: never the end of watching
        put({ lost: lost || Date.now() });
        watch();
      } else put({ failure: { text: wrong.message, status: wrong.status }, slow: false });
    }
  }

  function watch() {
    clearTimeout(timer);
    const { submission, lost } = desk.get();
    const waits = submission && ['received', 'submitted', 'approved'].includes(submission.state);
    if (busy(submission) || lost) timer = setTimeout(look, lost && !busy(submission) ? 3000 : WATCH);
    else if (waits) timer = setTimeout(() => (document.hidden ? watch() : look()), IDLE);
  }

  /* Change answers or texts; the server refuses when somebody else was faster. `bodyOf` is asked when its turn comes. */
  let turn = Promise.resolve();
  function change(bodyOf, quiet) {
    turn = turn.then(() => patched(bodyOf(), quiet)); // one after the other: each needs what the last has led to
    return turn;
  }

  async function patched(body, quiet) {
    const { submission } = desk.get();
    put({ saving: true, notice: quiet ? desk.get().notice : null });
    try {
      take(await api.patch(DOOR + submission.id, Object.assign({ revision: submission.revision }, body)));
      return true;
    } catch (wrong) {
      trouble(wrong);
      if (wrong.status === 409) await look();
      return false;
    } finally {
      put({ saving: false });
    }
  }

  /* Save the texts that wait; they stay visible until the server has them. */
  async function save() {
    const sent = desk.get().pending;
    if (!Object.keys(sent).length || !desk.get().submission) return true;
    if (!(await change(() => ({ about: sent }), true))) return false;
    const left = Object.entries(desk.get().pending).filter(([name, value]) => value !== sent[name]);
    put({ pending: Object.fromEntries(left) });
    return true;
  }

  let saving = Promise.resolve(true);
  function flush() {
    clearTimeout(settle);
    saving = saving.then(save, save);
    return saving;
  }

  /* `more` of the answers as they are when its turn comes: two quick clicks are two answers. */
  function answersBy(more) {
    return change(() => {
      const old = desk.get().submission.answers;
      return { answers: Object.assign({}, old, more(old)) };
    });
  }

  const answers = (more) => answersBy(() => more);

  const acts = (tonglan.deskActs = {
    look,
    flush,
    answers,
    step: (step) => put({ step, notice: null }),
    target: (more) => put({ target: Object.assign({}, desk.get().target, more) }),
    targetAbout(more) {
      const { target } = desk.get();
      put({ target: Object.assign({}, target, { about: Object.assign({}, target.about, more) }) });
    },

    /* Texts and style: kept at once on the page, saved when the person pauses. */
    about(more) {
      put({ pending: Object.assign({}, desk.get().pending, more) });
      clearTimeout(settle);
      settle = setTimeout(flush, SETTLE);
    },

    fix: (ids) => answersBy((old) => ({ fixes: [...new Set([...(old.fixes || []), ...ids])] })),
    unfix: (id) => answersBy((old) => ({ fixes: (old.fixes || []).filter((one) => one !== id) })),
    edit: (rows) => answersBy((old) => ({ edits: Object.assign({}, old.edits, ...Object.keys(rows).map((row) => ({ [row]: Object.assign({}, (old.edits || {})[row], rows[row]) }))) })),
    crs: (crs, parameters) => answers({ crs, parameters: parameters || null }),

    async transition(action, more) {
      put({ sending: action, notice: null, asking: null });
      if (await flush()) {
        try {
          const { id, revision } = desk.get().submission;
          const seen = action === 'withdraw' ? {} : { revision }; // what is decided holds for what is on the screen
          take(await api.post(DOOR + id + '/transitions', Object.assign({ action }, seen, more)));
        } catch (wrong) {
          trouble(wrong);
          if (wrong.status === 409) await look();
        }
      }
      put({ sending: '' });
    },

    async rollback(version) {
      const { submission } = desk.get();
      put({ sending: 'rollback', asking: null });
      try {
        await api.post('/api/v1/layers/' + encodeURIComponent(submission.layer) + '/rollback', { version: version.id });
        put({ notice: { text: tonglan.uploadTexts.rolledBack(version.number), tone: 'ok' } });
        await Promise.all([loadVersions(submission), look()]);
      } catch (wrong) {
        trouble(wrong);
      }
      put({ sending: '' });
    },

    async stop() {
      const { submission } = desk.get();
      try {
        await api.remove('/api/v1/jobs/' + encodeURIComponent(submission.job.id));
        await look();
      } catch (wrong) {
        trouble(wrong);
      }
    },

    /* Send a file; a shapefile in pieces or a file over the limit is refused before it starts. */
    send(files) {
      const texts = tonglan.uploadTexts;
      const list = [...files];
      if (!list.length) return;
      const pieces = list.filter((file) => /\.(shp|shx|dbf|prj|cpg|sbn|sbx|qix)$/i.test(file.name));
      if (list.length > 1) return refuse(pieces.length > 1 ? texts.pieces(list.length) : texts.oneFile(list.length));
      if (pieces.length) return refuse(texts.piece(pieces[0].name));
      if (!list[0].size) return refuse(texts.emptyFile(list[0].name));
      if (list[0].size > tus.LIMIT) return refuse(texts.tooBig(list[0].name, tonglan.format.bytes(list[0].size)));
      if (upload && ['sending', 'waiting', 'paused'].includes(upload.state)) upload.pause();
      put({ notice: null });
      upload = new tus.Upload(list[0], (transfer) => {
        put({ transfer: transfer.state === 'cancelled' ? null : transfer });
        if (['done', 'cancelled'].includes(transfer.state)) put({ left: tus.unfinished() });
      });
      upload.start();
    },
    pause: () => upload && upload.pause(),
    resume: () => upload && upload.start(),
    async cancel() {
      if (upload) await upload.cancel();
      upload = null;
      put({ transfer: null, left: tus.unfinished() });
    },
    async forget(one) {
      await tus.forget(one);
      put({ left: tus.unfinished() });
    },

    /* Make a submission of the finished upload. */
    async begin() {
      const { target, transfer } = desk.get();
      const fresh = target.mode === 'new';
      const layer = fresh ? target.id.trim() : target.layer;
      const about = fresh ? tidy(target.about) : tidy({ note: target.about.note });
      put({ sending: 'begin', notice: null });
      try {
        const made = await api.post('/api/v1/layers/' + encodeURIComponent(layer) + '/versions', { upload: transfer.id, about });
        put({ transfer: null, step: null });
        window.history.replaceState(null, '', '/upload/' + made.id + window.location.search.replace(/([?&])layer=[^&]*&?/, '$1').replace(/[?&]$/, ''));
        take(made);
      } catch (wrong) {
        trouble(wrong);
      }
      put({ sending: '' });
    },
  });

  const tidy = (about) => Object.fromEntries(Object.entries(about).filter(([, value]) => value !== '' && value !== null));

  function refuse(text) {
    put({ notice: { text, tone: 'bad' } });
  }

  async function layers() {
    let found = [];
    let next = null;
    try {
      do {
        const page = await api.get('/api/v1/layers?limit=500' + (next ? '&next=' + encodeURIComponent(next) : ''));
        found = found.concat(page.items);
        next = page.next;
      } while (next && found.length < 5000);
      put({ layers: found });
    } catch (wrong) {
      trouble(wrong);
      put({ layers: [] });
    }
  }

  /* Begin: what the address names, or a new upload. */
  tonglan.startDesk = function () {
    if (desk.get().id) {
      setTimeout(() => desk.get().submission || desk.get().failure || put({ slow: true }), SLOW);
      look();
    } else layers();
    window.addEventListener('online', look);
    window.addEventListener('beforeunload', (event) => {
      const { transfer } = desk.get();
      flush();
      if (transfer && ['sending', 'waiting'].includes(transfer.state)) event.preventDefault();
    });
  };

  Object.assign(acts, { layers });
  const mine = (submission) => ['submit', 'withdraw', 'reread'].some((action) => can(submission, action)) || !submission.created_by || submission.created_by.id === (boot.user || {}).id;

  /* The number of the version that the draft was compared with; null for a first version. */
  const baseOf = (submission, versions) => {
    const found = (versions || []).find((one) => one.id === submission.base);
    if (found || !submission.live) return found ? found.number : null;
    return submission.version && submission.version.id === submission.live.id ? null : submission.live.number;
  };

  tonglan.deskState = { baseOf, mine, busy, reached, stepOf, can };
})();
