/* The report form of the phone: category, position, photos, words; kept on the phone until the server has it. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, work, caseParts, fieldQueue: queue, fieldOffline, fieldStore } = tonglan;
  const T = tonglan.fieldTexts;
  const SHOWN = 8; // categories offered for a search
  const DRAFT = () => 'draft/' + ((tonglan.boot().user || {}).id || '');
  const BLANK = { category: null, lon: undefined, lat: undefined, region: '', place: '', text: '', contact: '' };

  function useCategories() {
    const [items, setItems] = React.useState([]);
    React.useEffect(() => {
      fieldOffline.categories().then(setItems);
    }, []);
    return items;
  }

  const words = (one) => [one.name, one.major, one.kind, one.scheme, one.key].join(' ');

  function Categories({ value, onChange }) {
    const all = useCategories();
    const [asked, setAsked] = React.useState('');
    if (value) {
      return h('div', { className: 'yw-fd-chosen' }, h('b', null, value.name), h('small', null, [value.major, value.limit_text && T.limit(value.limit_text)].filter(Boolean).join(' · '), value.verified === false && h('span', { className: 'yw-cs-unverified' }, T.unverified)),
        h('button', { type: 'button', className: 'yw-button', onClick: () => onChange(null) }, T.change));
    }
    const parts = asked.trim().split(/\s+/).filter(Boolean);
    const found = all.filter((one) => parts.every((part) => words(one).includes(part)));
    return h('div', { className: 'yw-fd-categories' }, h(work.Input, { type: 'search', className: 'yw-fd-input', value: asked, placeholder: T.categorySearch, 'aria-label': T.category, id: 'yw-fd-category', onChange: (event) => setAsked(event.target.value) }),
      h('ul', null, found.slice(0, SHOWN).map((one) => h('li', { key: one.key }, h('button', { type: 'button', className: 'yw-plain', onClick: () => onChange(one) }, h('b', null, one.name), h('small', null, [one.scheme, one.kind, one.major].filter(Boolean).join(' · ')))))),
      found.length > SHOWN && h('small', { className: 'yw-t3' }, T.categoryMore(found.length - SHOWN)), all.length > 0 && !found.length && h('p', { className: 'yw-t3' }, T.categoryNone));
  }

  /* What became of the report: on its way, received with its number, or refused with the reason. */
  function Result({ id, again }) {
    const item = queue.use((state) => state.items.find((one) => one.id === id));
    const online = queue.use((state) => state.online);
    const answer = (item && item.answer) || {};
    const near = answer.duplicates || [];
    const sent = item && item.state === 'sent';
    const bad = item && item.state === 'refused';
    return h('section', { className: 'yw-fd-result', role: 'status', 'aria-label': T.report },
      h('h2', null, sent ? T.reported : bad ? T.refused : online ? T.states.sending : T.reportKept), bad && h('p', { className: 'yw-fd-why' }, item.why),
      sent && h('p', null, T.number + ' ', h('a', { className: 'yw-linkish yw-fd-number', href: caseParts.caseLink(answer.id) }, answer.number || answer.id)),
      near.length > 0 && h('div', { className: 'yw-fd-near' }, h('b', null, T.duplicates), h('ul', null, near.map((one) => h('li', { key: one.id }, one.text, h('small', null, T.duplicate(Math.round(one.distance_m), T.minutes(Math.round(one.minutes))))))), h('small', { className: 'yw-t3' }, T.duplicatesHint)),
      bad && h(tonglan.FieldEdit, { item }),
      h('button', { type: 'button', className: classes('yw-button yw-fd-big', !bad && 'yw-primary'), onClick: again }, T.another));
  }

  const lacks = (form) => {
    if (!form.category) return T.needCategory;
    if (form.text.trim().length < 4) return T.needText;
    if (!form.region || (typeof form.lon !== 'number' && form.place.trim().length < 2)) return T.needPlace;
    return '';
  };

  function body(form) {
    const made = { category: form.category.key, region: form.region, text: form.text.trim(), source: 'phone', place: form.place.trim() };
    if (typeof form.lon === 'number') Object.assign(made, { lon: form.lon, lat: form.lat });
    if (form.contact.trim()) made.contact = form.contact.trim();
    return made;
  }

  /* What is typed survives a reload: the draft is written down as it changes. */
  function useDraft() {
    const [form, setForm] = React.useState(BLANK);
    const [photos, setPhotos] = React.useState([]);
    const [loaded, setLoaded] = React.useState(false);
    React.useEffect(() => {
      fieldStore.get('kept', DRAFT()).then((draft) => {
        if (draft) {
          setForm(Object.assign({}, BLANK, draft.form));
          setPhotos(draft.photos || []);
        }
      }, () => undefined).finally(() => setLoaded(true));
    }, []);
    React.useEffect(() => {
      if (loaded) fieldStore.put('kept', { id: DRAFT(), form, photos }).catch(() => undefined);
    }, [form, photos]);
    return { form, setForm, photos, setPhotos, loaded };
  }

  function Form({ draft, onSent }) {
    const { form, setForm, photos, setPhotos } = draft;
    const [wrong, setWrong] = React.useState('');
    const set = (change) => setForm((old) => Object.assign({}, old, change));
    async function go(event) {
      event.preventDefault();
      const lack = lacks(form);
      if (lack) return setWrong(lack);
      try {
        const item = await queue.add({ kind: 'report', title: T.report + ' · ' + form.category.name, body: body(form), form, photos });
        setForm(BLANK);
        setPhotos([]);
        onSent(item.id);
      } catch (full) {
        setWrong(T.full);
      }
      return undefined;
    }
    const place = { lon: form.lon, lat: form.lat, region: form.region, place: form.place };
    return h('form', { className: 'yw-fd-form', onSubmit: go },
      h('section', null, h('h2', null, T.category), h(Categories, { value: form.category, onChange: (category) => set({ category }) })),
      h('section', null, h('h2', null, T.text), h('textarea', { id: 'yw-fd-text', className: 'yw-input yw-input-long yw-fd-input', rows: 3, maxLength: 2000, value: form.text, placeholder: T.textHint, 'aria-label': T.text, onChange: (event) => set({ text: event.target.value }) }), h(tonglan.FieldPhotos, { photos, onChange: setPhotos })),
      h('section', null, h('h2', null, tonglan.caseTexts.position), h(tonglan.FieldPlace, { value: place, onChange: set })),
      h('section', null, h('label', { className: 'yw-fd-field' }, h('span', null, T.contact), h(work.Input, { type: 'tel', className: 'yw-fd-input', value: form.contact, maxLength: 40, onChange: (event) => set({ contact: event.target.value }) }))),
      wrong && h(work.Notice, { tone: 'bad', text: wrong }), h('button', { type: 'submit', className: 'yw-button yw-fd-big yw-primary yw-fd-submit' }, T.sendReport));
  }

  function Report() {
    const draft = useDraft();
    const [sent, setSent] = React.useState('');
    React.useEffect(() => {
      queue.load();
      fieldOffline.prepare();
    }, []);
    return h(tonglan.WorkPage, { page: 'report', title: T.report, ready: draft.loaded }, h('div', { className: classes('yw-fd', 'yw-fd-reporting') }, h(tonglan.FieldConnection),
      sent ? h(Result, { id: sent, again: () => setSent('') }) : h(Form, { draft, onSent: setSent }), h(tonglan.FieldRecord)));
  }
  tonglan.pages.report = Report;
})();
