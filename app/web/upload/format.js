/* Numbers and sizes as people read them (SCREENS §6). */
(function () {
  'use strict';
  const UNITS = ['B', 'KB', 'MB', 'GB'];

  function bytes(size) {
    let value = size || 0;
    let unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1024;
      unit += 1;
    }
    return (unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) + ' ' + UNITS[unit];
  }

  const count = (number) => (number === null || number === undefined ? '—' : Number(number).toLocaleString('zh-CN'));
  const minus = (number) => '−' + count(number);
  const percent = (share) => (share >= 0.9995 ? '100' : (share * 100).toFixed(1)) + '%';

  /* "2 分 14 秒"; hours only where there are any. */
  function span(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    if (hours) return hours + ' 时 ' + minutes + ' 分';
    return minutes ? minutes + ' 分 ' + (whole % 60) + ' 秒' : whole + ' 秒';
  }

  const sha = (digest) => (digest ? digest.slice(0, 4) + '…' + digest.slice(-3) : '');

  window.tonglan.format = { bytes, count, minus, percent, span, sha };
})();
