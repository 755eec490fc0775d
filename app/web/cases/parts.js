/* Marks, times and small parts that all pages of cases share. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, clock, Lamp } = tonglan;
  const T = tonglan.caseTexts;
  const SOON = 60 * 60000; // ms before the due time from which a case is marked 将到期
  const TOKENS = { 红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue' };
  const CLOSED = ['结案', '作废'];

  /* A key that makes a repeated send harmless; pages without HTTPS have no crypto.randomUUID. */
  function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
  }

  /* bad = overdue, warn = due soon, ok = in time, none = stopped. `now` in ms, of the replay too. */
  function tone(row, now) {
    if (CLOSED.includes(row.state)) return 'none';
    if (row.overdue) return 'bad'; // also by the clock of a 协办 alone
    if (!row.due || row.clock === 'stopped' || row.clock === 'paused') return 'none';
    return new Date(row.due) - now < SOON ? 'warn' : 'ok';
  }

  /* Whether a step of `allowed` may be taken; one that may not carries its reason. */
  const can = (one) => !one.why && one.allowed !== false;

  const linkOf = (one) => (one && typeof one === 'object' ? one : one ? { id: String(one) } : null);
  const levelOf = (row) => (linkOf(row.alert) || {}).level || '';
  const hot = (row) => levelOf(row) === '红' || levelOf(row) === '橙';

  function Level({ level }) {
    return TOKENS[level] ? h('i', { className: classes('yw-cs-level', 'yw-cs-level-' + TOKENS[level]), role: 'img', 'aria-label': T.level(level) }, level) : null;
  }

  function StateTag({ row }) {
    return h('span', { className: 'yw-tag yw-cs-state' }, row.state);
  }

  /* The lamp and the words of the time that is left. */
  function Due({ row, now }) {
    const lamp = tone(row, now);
    return h('span', { className: classes('yw-cs-due', 'yw-cs-due-' + lamp) }, h(Lamp, { lamp, quiet: true }), h('em', { title: row.due_text }, row.due_text || '—'));
  }

  /* Which clocks beside the case's own are past due: how many 协办, and 到场或回复. */
  function LateBeside({ row }) {
    const support = CLOSED.includes(row.state) ? 0 : (row.support || []).filter((one) => one.overdue && !one.done).length;
    const said = [row.respond_overdue && T.lateRespond, support > 0 && T.lateSupport(support)].filter(Boolean);
    return said.length ? h('small', { className: 'yw-cs-asks' }, said.join(' · ')) : null;
  }

  const Drill = ({ row }) => (row.drill ? h('span', { className: 'yw-cs-drill', title: T.drillHint }, T.drill) : null);

  const sourceOf = (row) => row.source_title || T.sources[row.source] || row.source;
  const nameOf = (category) => (category ? category.name || category.key : '');

  /* Pictures as links to themselves; `urls` are strings or {url}. */
  function Photos({ urls, className }) {
    const all = (urls || []).map((one) => (typeof one === 'string' ? one : one.url));
    if (!all.length) return null;
    return h('div', { className: classes('yw-cs-photos', className) }, all.map((url, n) =>
      h('a', { key: url, href: url, target: '_blank', rel: 'noopener' }, h('img', { src: url, alt: T.photo(n + 1), loading: 'lazy' }))));
  }

  /* What a link in the address keeps of this screen: theme, size, the moment of a replay. */
  function caseLink(id, more) {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams();
    ['theme', 'k', 'as_of'].filter((one) => here.get(one)).forEach((one) => query.set(one, here.get(one)));
    Object.entries(more || {}).forEach(([name, value]) => value && query.set(name, value));
    const text = query.toString();
    return '/cases/' + encodeURIComponent(id) + (text ? '?' + text : '');
  }

  tonglan.caseParts = { key, tone, when: clock.when, linkOf, levelOf, hot, Level, StateTag, Due, LateBeside, Drill, sourceOf, nameOf, Photos, caseLink, can, CLOSED, TOKENS };
})();
