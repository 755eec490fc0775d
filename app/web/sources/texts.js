/* The words of the page 数据接入. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const two = (n) => String(n).padStart(2, '0');
  const DAY = 86400000, CITY = 8 * 3600000;

  /* "10:22" today, "昨 15:40" yesterday, else "18日 16:30"; another month names it. */
  function moment(text, now) {
    if (!text) return '—';
    // The clock of the city, wherever the browser stands.
    const at = new Date(Date.parse(text) + CITY), today = new Date((now ? Date.parse(now) : Date.now()) + CITY);
    const clock = two(at.getUTCHours()) + ':' + two(at.getUTCMinutes());
    const days = Math.floor(today / DAY) - Math.floor(at / DAY);
    if (days === 0) return clock;
    if (days === 1) return '昨 ' + clock;
    if (days === -1) return '明 ' + clock;
    return (at.getUTCMonth() === today.getUTCMonth() ? '' : at.getUTCMonth() + 1 + '月') + at.getUTCDate() + '日 ' + clock;
  }
  function seconds(value) {
    if (value === null || value === undefined) return '—';
    return value < 10 ? value.toFixed(value < 1 ? 2 : 1) + ' 秒' : value < 60 ? Math.round(value) + ' 秒' : Math.floor(value / 60) + ' 分 ' + Math.round(value % 60) + ' 秒';
  }
  function size(bytes) {
    if (bytes === null || bytes === undefined) return '';
    return bytes < 1024 ? bytes + ' B' : bytes < 1048576 ? Math.round(bytes / 1024) + ' KB' : (bytes / 1048576).toFixed(1) + ' MB';
  }
  function every(text) {
    if (!text) return '由对方推送';
    const found = /^(\d+)(s|m|h|d|mo|q|y)$/.exec(text);
    const units = { s: '秒', m: '分钟', h: '小时', d: '天', mo: '个月', q: '个季度', y: '年' };
    return found ? '每 ' + found[1] + ' ' + units[found[2]] : 'cron ' + text;
  }

  tonglan.sourceTexts = {
    title: '数据接入', list: '取数任务', moment, seconds, size, every,
    states: { open: '熔断', failed: '失败', late: '迟', never: '未取过', ok: '正常', push: '推送', off: '停用' },
    counts: (n) => n + ' 个', all: '全部', held: '待确认', search: '搜索来源、指标、单位', kinds: '全部方式',
    columns: ['任务', '单位', '计划', '上次', '变化/读到', '耗时'], next: '下次 ', none: '没有符合条件的取数任务', choose: '在左边选一个取数任务',
    nothing: '现在没有可看的取数任务', loading: '正在读取',
    failedRow: (n) => '连续失败 ' + n + ' 次', lastOk: (text) => '上次成功 ' + text, neverOk: '从未成功',
    runNow: '立即取数', fill: '补跑', test: '测试连接', off: '停用', on: '启用', cancel: '取消', close: '关闭', more: '更早的记录',
    queued: '已排队,结果会出现在下面的记录里', testing: '正在测试', notByTime: '来源没有按时间取数的写法,不能补跑',
    setup: '接法', runs: '取数记录', brings: '给出的指标', schedule: '计划', owner: '单位', source: '来源',
    runColumns: ['开始', '方式', '结果', '读到', '有变化', '拒收', '耗时'], ok: '完成', failed: '失败', running: '进行中',
    noRuns: '还没有取数记录', refusedRow: (row) => (row ? '第 ' + row + ' 行' : '整份'), onlyFirst: (n, all) => (n < all ? '只列前 ' + n + ' 行,共 ' + all + ' 行' : ''),
    pausedBy: (one, now) => '已停用:' + one.reason + '(' + ((one.by && one.by.name) || '') + ',' + moment(one.at, now) + ')',
    openUntil: (text) => '来源连续失败,已放慢取数,' + text + ' 再试',
    heldTitle: '待确认的批次', heldCount: (one) => one.count + ' 个数值' + (one.seen > 1 ? ',来源重复给出 ' + one.seen + ' 次' : ''),
    look: '查看数值', release: '确认入库', discard: '作废', noteHint: '说明(如 已与来源核实)', decided: (one) => (one.decided_by ? one.decided_by.name + ' ' : '') + (one.note || ''),
    releaseAsk: '确认后这批数值立即入库并推送到各屏;原来的数值作为修订保留。', discardAsk: '作废后这批数值不再入库;同样的内容再来也不再提示。',
    valueColumns: ['指标', '区划', '时间', '这批', '现有'],
    from: '起日', to: '止日', fillAsk: '按天重新取数;已有且相同的数值不变,不同的作为修订保留;历史数值不作为新消息推送。', start: '开始补跑',
    reason: '原因', offAsk: '停用后不再取数,各屏保留最后的数值并标为迟报。', progress: (one) => one.kind_title + ':' + (one.progress ? one.progress.step + ' (' + one.progress.done + '/' + one.progress.of + ')' : one.state_title),
    jobEnded: (one) => one.kind_title + ' ' + one.state_title + (one.error ? ':' + one.error : one.result && one.result.days !== undefined ? ':' + one.result.days + ' 天,' + one.result.kept + ' 个数值有变化' + (one.result.failed.length ? ',' + one.result.failed.length + ' 天失败' : '') : ''),
    testOk: (one) => '连接正常:读到 ' + one.read + ' 行' + (one.refused ? ',其中 ' + one.refused + ' 行会被拒收' : '') + (one.bytes ? ',' + size(one.bytes) : '') + ';没有入库',
    testBad: '测试没有通过', spark: (n) => '近 ' + n + ' 次取数的耗时',
    statuses: { ok: '', estimated: '估算', suspect: '可疑', missing: '缺测', not_monitored: '未监测' },
  };
})();
