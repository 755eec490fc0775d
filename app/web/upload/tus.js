/* A resumable upload (tus 1.0.0): pause, resume, cancel; back after a reload; hashed chunk by chunk. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { Problem } = tonglan;
  const DOOR = '/api/v1/uploads';
  const LIMIT = 2 * 1024 ** 3; // bytes; the server holds the same limit
  const SMALLEST = 256 * 1024;
  const LARGEST = 16 * 1024 * 1024;
  const WAITS = [500, 1000, 2000, 4000, 8000, 15000]; // ms between attempts; the last one repeats
  const TRIES = 12;
  const WINDOW = 6000; // ms over which the speed is measured
  const KEEP = 'yw-upload:';
  const TUS = { 'Tus-Resumable': '1.0.0' };

  const offline = () => new Problem(0, null, tonglan.workTexts.noServer);
  const refused = (status, body) => new Problem(status, body, tonglan.workTexts.serverSaid(status));

  const fingerprint = (file) => KEEP + [file.name, file.size, file.lastModified].join('|');

  function remember(key, value) {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
    } catch (wrong) {
      // a browser that keeps nothing: the upload works, only not across a reload
    }
  }

  function recall(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch (wrong) {
      return null;
    }
  }

  /* Uploads this browser began and did not finish: [{key, name, size, sent, at, url}], newest first. */
  function unfinished() {
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter((key) => key.startsWith(KEEP));
    } catch (wrong) {
      return [];
    }
    return keys.map((key) => Object.assign({ key }, recall(key))).filter((one) => one.url).sort((a, b) => b.at - a.at);
  }

  async function forget(one) {
    remember(one.key, null);
    await fetch(one.url, { method: 'DELETE', headers: TUS }).catch(() => undefined);
  }

  const encoded = (text) => {
    const bytes = new TextEncoder().encode(text);
    let plain = '';
    bytes.forEach((byte) => (plain += String.fromCharCode(byte)));
    return btoa(plain);
  };

  /* The checksum header, where the page may hash: plain http pages have no crypto.subtle. */
  async function checksum(body) {
    if (!window.crypto || !window.crypto.subtle) return {};
    const digest = new Uint8Array(await window.crypto.subtle.digest('SHA-256', body));
    return { 'Upload-Checksum': 'sha256 ' + btoa(String.fromCharCode(...digest)) };
  }

  /* XMLHttpRequest, because fetch tells nothing about the way up. */
  function patch(url, offset, body, headers, started, onSent) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('PATCH', url);
      Object.entries(Object.assign({ 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': offset }, TUS, headers))
        .forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.onprogress = (event) => onSent(event.loaded);
      request.onload = () => resolve(request);
      request.onerror = request.ontimeout = () => reject(offline());
      request.onabort = () => reject(Object.assign(new Error('aborted'), { aborted: true }));
      started(request);
      request.send(body);
    });
  }

  function problemOf(text) {
    try {
      return JSON.parse(text);
    } catch (wrong) {
      return null;
    }
  }

  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /* One file on its way. `onChange(view)` hears {state, name, size, sent, speed, left, text, id};
     state: sending | waiting | paused | failed | done | cancelled. */
  class Upload {
    constructor(file, onChange) {
      this.file = file;
      this.onChange = onChange;
      this.key = fingerprint(file);
      this.url = (recall(this.key) || {}).url || null;
      this.sent = 0;
      this.chunk = SMALLEST * 4;
      this.marks = [];
      this.state = 'sending';
      this.text = '';
      this.going = 0; // only the newest loop may go on
    }

    get id() {
      return this.url ? decodeURIComponent(this.url.split('/').pop()) : null;
    }

    tell(change) {
      Object.assign(this, change);
      const now = performance.now();
      this.marks = this.marks.filter(([at]) => now - at < WINDOW);
      const [first] = this.marks;
      const speed = first && now - first[0] > 500 ? Math.max(0, ((this.sent - first[1]) / (now - first[0])) * 1000) : 0;
      const left = speed ? (this.file.size - this.sent) / speed : null;
      this.onChange({ state: this.state, name: this.file.name, size: this.file.size, sent: this.sent, speed, left, text: this.text, id: this.id });
    }

    progress(sent) {
      this.marks.push([performance.now(), sent]);
      this.tell({ sent });
    }

    start() {
      const turn = (this.going += 1);
      this.marks = [];
      this.known = false; // what was on its way when it paused may have arrived or not
      this.tell({ state: 'sending', text: '' });
      this.run(turn).catch((wrong) => {
        if (turn === this.going && !wrong.aborted) this.tell({ state: 'failed', text: wrong.message });
      });
      return this;
    }

    pause() {
      this.going += 1;
      if (this.request) this.request.abort();
      this.tell({ state: 'paused' });
    }

    async cancel() {
      this.going += 1;
      if (this.request) this.request.abort();
      const { url, key } = this;
      this.tell({ state: 'cancelled' });
      if (url) await forget({ url, key });
    }

    async run(turn) {
      let tries = 0;
      while (turn === this.going) {
        const before = this.sent;
        try {
          await this.step(turn);
          if (this.state === 'done' || turn !== this.going) return;
          tries = 0;
        } catch (wrong) {
          if (wrong.aborted || turn !== this.going) return;
          if (!wrong.again && wrong.status !== 0 && wrong.status < 500) throw wrong;
          if (wrong.status === 507) throw wrong; // the disk is full: waiting does not help
          tries = this.sent > before ? 1 : tries + 1;
          if (tries > TRIES) throw wrong;
          this.known = false;
          this.chunk = Math.max(SMALLEST, this.chunk / 2);
          this.tell({ state: 'waiting', text: wrong.message });
          await Promise.race([sleep(WAITS[Math.min(tries, WAITS.length) - 1]), online()]);
        }
      }
    }

    async step(turn) {
      if (!this.url) await this.create();
      else if (!this.known) await this.find();
      if (turn !== this.going) return;
      if (this.url && this.sent >= this.file.size) await this.finish();
      else if (this.url) await this.send();
    }

    async create() {
      const meta = 'filename ' + encoded(this.file.name) + ',filetype ' + encoded(this.file.type || 'application/octet-stream');
      const answer = await this.ask('POST', DOOR, { 'Upload-Length': this.file.size, 'Upload-Metadata': meta });
      this.url = new URL(answer.headers.get('Location'), window.location.href).pathname;
      this.sent = 0;
      this.known = true;
      this.keep();
    }

    async find() {
      let answer;
      try {
        answer = await this.ask('HEAD', this.url, {});
      } catch (wrong) {
        if (![403, 404, 410].includes(wrong.status)) throw wrong;
        remember(this.key, null); // expired, or somebody else's: begin again
        this.url = null;
        return;
      }
      this.known = true;
      this.progress(Number(answer.headers.get('Upload-Offset')) || 0);
    }

    async send() {
      const from = this.sent;
      const began = performance.now();
      let body;
      try {
        body = await this.file.slice(from, from + this.chunk).arrayBuffer();
      } catch (wrong) {
        throw Object.assign(new Error(tonglan.uploadTexts.fileChanged), { status: 400 });
      }
      const answer = await patch(this.url, from, body, await checksum(body), (request) => (this.request = request), (sent) => {
        if (this.state === 'sending') this.progress(from + Math.min(sent, body.byteLength));
      });
      this.request = null;
      if (answer.status !== 204) {
        this.sent = from;
        const again = [409, 423, 429, 460].includes(answer.status);
        throw Object.assign(refused(answer.status, problemOf(answer.responseText)), { again });
      }
      const took = performance.now() - began;
      if (took < 800) this.chunk = Math.min(LARGEST, this.chunk * 2);
      if (took > 5000) this.chunk = Math.max(SMALLEST, this.chunk / 2);
      if (this.state === 'waiting') this.state = 'sending';
      this.progress(Number(answer.getResponseHeader('Upload-Offset')) || from + body.byteLength);
      this.keep();
    }

    keep() {
      remember(this.key, { url: this.url, name: this.file.name, size: this.file.size, sent: this.sent, at: Date.now() });
    }

    async finish() {
      remember(this.key, null);
      this.tell({ state: 'done' });
    }

    async ask(method, url, headers) {
      let answer;
      try {
        answer = await fetch(url, { method, headers: Object.assign({ Accept: 'application/json' }, TUS, headers) });
      } catch (wrong) {
        throw offline();
      }
      if (!answer.ok) throw refused(answer.status, method === 'HEAD' ? null : await answer.json().catch(() => null));
      return answer;
    }
  }

  const online = () => new Promise((resolve) => window.addEventListener('online', resolve, { once: true }));

  tonglan.tus = { Upload, unfinished, forget, LIMIT };
})();
