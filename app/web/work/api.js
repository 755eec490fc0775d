/* Talking to /api/v1: JSON in, JSON out; a problem document becomes an Error with its words. */
(function () {
  'use strict';
  const tonglan = window.tonglan;

  /* What went wrong: `title` and `detail` of the problem document, its status and whole body. */
  class Problem extends Error {
    constructor(status, body, fallback) {
      super((body && (body.detail || body.title)) || fallback);
      this.status = status;
      this.title = (body && body.title) || fallback;
      this.detail = (body && body.detail) || '';
      this.body = body || {};
    }
  }

  async function ask(method, path, options) {
    const texts = tonglan.workTexts;
    const { body, content, signal, headers } = options || {};
    const sent = Object.assign({ Accept: 'application/json' }, headers);
    if (body !== undefined) sent['Content-Type'] = 'application/json';
    else if (content !== undefined) sent['Content-Type'] = 'application/octet-stream';
    let answer;
    try {
      answer = await fetch(path, { method, signal, headers: sent, body: body === undefined ? content : JSON.stringify(body) });
    } catch (wrong) {
      if (wrong.name === 'AbortError') throw wrong;
      throw new Problem(0, null, texts.noServer);
    }
    const said = answer.status === 204 ? null : await answer.json().catch(() => null);
    if (!answer.ok) throw new Problem(answer.status, said, texts.serverSaid(answer.status));
    return said;
  }

  const errorsOf = (failure) => (failure && failure.body && failure.body.errors) || [];

  /* What the server says about one field of a form, or ''. */
  function wrongAt(failure, item) {
    const one = errorsOf(failure).find((each) => each.item === item);
    return one ? one.problem : '';
  }

  /* What is left to say under a form in which these fields say theirs, or ''. */
  function wrongElsewhere(failure, items) {
    if (!failure) return '';
    const all = errorsOf(failure);
    const said = all.length > 0 && all.every((one) => items.includes(one.item));
    return said ? '' : failure.detail || failure.title;
  }

  /* Stands right below a control. */
  const FieldWrong = ({ text }) => (text ? tonglan.h('em', { className: 'yw-field-wrong', role: 'alert' }, text) : null);

  Object.assign(tonglan, { Problem, wrongAt, wrongElsewhere, FieldWrong });
  tonglan.api = {
    get: (path, options) => ask('GET', path, options),
    post: (path, body, options) => ask('POST', path, Object.assign({ body: body === undefined ? {} : body }, options)),
    put: (path, body, options) => ask('PUT', path, Object.assign({ body }, options)),
    /* A text or a file as it is; JSON comes back. */
    raw: (method, path, content, options) => ask(method, path, Object.assign({ content }, options)),
    patch: (path, body, options) => ask('PATCH', path, Object.assign({ body }, options)),
    remove: (path, options) => ask('DELETE', path, options),
  };
})();
