/* Sending one step of a case, and what to say when somebody was faster. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { caseParts, caseAddress } = tonglan;
  const T = tonglan.caseTexts;

  const path = (id) => caseAddress.one(id);

  /* One photo to the case; returns {id, version}. */
  async function photo(id, file, key) {
    return tonglan.api.raw('POST', path(id) + '/photos', file, { headers: { 'Content-Type': file.type || 'image/jpeg', 'Idempotency-Key': key } });
  }

  /* The version that was seen, once one's own photo is in: whoever else acted meanwhile is still found out. */
  const seen = (version, answer) => (version && answer.version === version + 1 ? answer.version : version);

  /* A leader's 督办 about the case is a document of its own; the case names it from then on. */
  async function directive(row, step, key) {
    const body = { about: 'case:' + row.id, unit: step.unit, text: step.note, deadline: step.until };
    await tonglan.api.post('/api/v1/directives', body, { headers: { 'Idempotency-Key': key } });
    return tonglan.api.get(path(row.id));
  }

  /* The step `step` {to, note, unit, support, until, into} on `row`, photos first; returns the case. */
  async function send(row, step, photos, key) {
    const base = key || caseParts.key();
    if (step.to === T.directive) return directive(row, step, base);
    const sent = [];
    let version = row.version;
    for (const [n, file] of (photos || []).entries()) {
      const answer = await photo(row.id, file, base + '-' + n);
      sent.push(answer.id);
      version = seen(version, answer);
    }
    const body = Object.assign({ version }, step);
    Object.keys(body).forEach((name) => (body[name] === undefined || body[name] === '' || (Array.isArray(body[name]) && !body[name].length)) && delete body[name]);
    if (sent.length) body.photos = sent;
    return tonglan.api.post(path(row.id) + '/transitions', body, { headers: { 'Idempotency-Key': base } });
  }

  const words = (allowed) => (allowed || []).filter((one) => typeof one === 'string' || !one.why).map((one) => (typeof one === 'string' ? one : one.label || one.to));

  /* What happened between the case as it was seen and as it is: sentences for the desk. */
  function changes(before, after) {
    const said = [];
    const seen = (before.timeline || []).length;
    (after.timeline || []).slice(seen).slice(-3).forEach((one) => said.push(T.overtakenBy(one.actor_name, one.text || one.step, caseParts.when(one.at))));
    if (before.state !== after.state) said.push(T.changedState(before.state, after.state));
    if (before.unit !== after.unit && after.unit_name) said.push(T.changedUnit(after.unit_name));
    return said;
  }

  /* A refused step as {title, lines, detail}: `detail` is the case of this moment where it could be had. */
  async function refused(row, failure) {
    if (failure.status !== 409) return { title: failure.title, lines: [failure.detail].filter((one) => one && one !== failure.title), detail: null };
    const detail = await tonglan.api.get(path(row.id)).catch(() => null);
    const moved = detail && detail.version !== row.version;
    const can = words(detail ? detail.allowed : failure.body.allowed);
    const lines = (moved ? changes(row, detail) : [failure.detail]).concat(can.length ? T.stillCan(can.join('、')) : T.nothingLeft).filter(Boolean);
    return { title: moved ? T.overtaken : failure.title, lines, detail };
  }

  tonglan.caseSend = { send, photo, seen, refused, changes };
})();
