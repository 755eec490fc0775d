/* Lets the phone's pages open without a network. The newest page of whoever is signed in and the files it
   needs are kept; a kept page is used only when the network fails, and goes when signing in is asked for. */
'use strict';
const KEPT = 'tonglan-field';
const PAGES = ['/tasks', '/report'];
const FILES = ['/static/', '/_dash-component-suites/', '/_dash-layout', '/_dash-dependencies'];
const LASTING = '/static/'; // the version is in the path: never asked for twice
const SAME = { ignoreVary: true };

const isFile = (path) => FILES.some((start) => path.startsWith(start));
const pathOf = (url) => new URL(url, self.location.origin).pathname;

/* Keeps a page that may be shown, forgets all of them when the session is over. */
async function judge(path, answer) {
  const kept = await caches.open(KEPT);
  if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) await caches.delete(KEPT);
  else if (answer.ok) await kept.put(path, answer.clone());
  return answer;
}

async function lastly(request, lost) {
  const last = await caches.match(request, SAME);
  if (last) return last;
  throw lost;
}

async function page(request) {
  const path = pathOf(request.url);
  try {
    return await judge(path, await fetch(request));
  } catch (lost) {
    return lastly(path, lost);
  }
}

async function file(request) {
  const kept = await caches.open(KEPT);
  const last = pathOf(request.url).startsWith(LASTING) && (await kept.match(request, SAME));
  if (last) return last;
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (lost) {
    return lastly(request, lost);
  }
}

/* Files of versions that no page names any more. */
async function forget(urls) {
  const kept = await caches.open(KEPT);
  const version = (path) => path.split('/')[2];
  const now = new Set(urls.map(pathOf).filter((path) => path.startsWith(LASTING)).map(version));
  const old = (await kept.keys()).filter((one) => pathOf(one.url).startsWith(LASTING) && !now.has(version(pathOf(one.url))));
  await Promise.all(old.map((one) => kept.delete(one)));
}

/* Everything that the page at hand loaded, and the phone's other page, before the network is needed and gone. */
async function keep(urls) {
  const kept = await caches.open(KEPT);
  for (const path of PAGES) await judge(path, await fetch(path, { redirect: 'manual', credentials: 'same-origin' }));
  for (const url of urls.filter((one) => isFile(pathOf(one)))) {
    if (!(await kept.match(url, SAME))) await kept.add(url);
  }
  await forget(urls);
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  const done = keep(event.data.keep || []).then(() => true, () => false);
  event.waitUntil(done.then((kept) => event.source.postMessage({ kept })));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && PAGES.includes(url.pathname)) event.respondWith(page(request));
  else if (isFile(url.pathname)) event.respondWith(file(request));
});
