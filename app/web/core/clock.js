/* Time as the server tells it, in Asia/Shanghai, and the words for spans of time. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  let offset = 0;
  const zone = { timeZone: 'Asia/Shanghai', hourCycle: 'h23' };
  const time = new Intl.DateTimeFormat('zh-CN', Object.assign({ hour: '2-digit', minute: '2-digit', second: '2-digit' }, zone));
  const date = new Intl.DateTimeFormat('en-CA', Object.assign({ year: 'numeric', month: '2-digit', day: '2-digit' }, zone));
  const week = new Intl.DateTimeFormat('zh-CN', Object.assign({ weekday: 'short' }, zone));

  const pad = (number) => String(number).padStart(2, '0');

  tonglan.clock = {
    set(serverNow) {
      if (serverNow) offset = serverNow - Date.now();
    },
    now: () => Date.now() + offset,
    time: (at) => time.format(at),
    day: (at) => date.format(at) + ' ' + week.format(at),
    minute: (iso) => {
      const at = new Date(iso);
      if (isNaN(at)) return '';
      const sameDay = date.format(at) === date.format(tonglan.clock.now());
      return (sameDay ? '' : date.format(at).slice(5) + ' ') + time.format(at).slice(0, 5);
    },
    /* "10:22", "昨 15:40", "18日 16:30", "03-18 16:30", "2025-03-18 16:30" (SCREENS, words). */
    when(iso, now) {
      const at = new Date(iso);
      if (!iso || isNaN(at)) return '';
      const from = now || tonglan.clock.now();
      const [day, today, clock] = [date.format(at), date.format(from), time.format(at).slice(0, 5)];
      if (day === today) return clock;
      if (day === date.format(from - 86400000)) return '昨 ' + clock;
      if (day.slice(0, 7) === today.slice(0, 7)) return Number(day.slice(8)) + '日 ' + clock;
      return day.slice(day.slice(0, 4) === today.slice(0, 4) ? 5 : 0) + ' ' + clock;
    },
    elapsed(milliseconds) {
      const seconds = Math.max(0, Math.floor(milliseconds / 1000));
      const hours = Math.floor(seconds / 3600);
      return (hours ? hours + ':' : '') + pad(Math.floor(seconds / 60) % 60) + ':' + pad(seconds % 60);
    },
  };
})();
