/* Words of alerts that every page uses; the order of levels is that of every screen. */
(function () {
  'use strict';
  const LEVELS = ['红', '橙', '黄', '蓝'];
  const minutes = (seconds) => Math.floor(seconds / 60);

  /* How long: "2 分 14 秒" while seconds matter, then "19 分", "1时44分", "1天3时". */
  function span(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    if (seconds < 60) return seconds + ' 秒';
    if (seconds < 600) return minutes(seconds) + ' 分 ' + (seconds % 60) + ' 秒';
    if (seconds < 3600) return minutes(seconds) + ' 分';
    const hours = Math.floor(seconds / 3600);
    if (hours < 24) return hours + '时' + String(minutes(seconds) % 60).padStart(2, '0') + '分';
    return Math.floor(hours / 24) + '天' + (hours % 24) + '时';
  }

  window.tonglan.alertWords = {
    LEVELS,
    span,
    centre: '告警中心',
    legal: '法定预警',
    legalMore: (n) => '另 ' + n + ' 条法定预警',
    short: '告警',
    all: '全部',
    open: (n) => n + ' 条未解除',
    unacknowledged: (n) => n + ' 条未确认',
    fired: (value) => '触发 ' + value.text + (value.unit ? ' ' + value.unit : ''),
    latest: (one) => '现 ' + one.text + '(' + [one.at, one.stale].filter(Boolean).join(',') + ')',
    none: '现在没有未解除的告警',
    counted: (level, n) => level + '色未解除 ' + n + ' 条',
    drill: '演练',
    wartime: '战时',
    ack: '确认',
    replay: (at) => '回放 ' + at,
    live: '实时',
    sound: { on: '告警声已开', off: '告警声已关', wait: '告警声待开' },
    soundHint: {
      on: '红色每 30 秒响一次直到确认,橙色响一次;点按关闭本屏声音',
      off: '本屏告警声已关闭;点按打开',
      wait: '浏览器要求先点按一次才能出声;点按打开',
    },
    markers: '告警位置',
    more: (n) => '另 ' + n + ' 条',
  };
})();
