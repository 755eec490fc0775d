/* Words of 通知 that do not come with the data. */
(function () {
  'use strict';
  window.tonglan.noticeTexts = {
    title: '通知',
    views: { unread: '未读', all: '全部' },
    unread: (n) => (n >= 100 ? '99+' : String(n)),
    told: (n) => (n ? '通知:' + (n >= 100 ? '100 条以上' : n + ' 条') + '未读' : '通知:没有未读'),
    readAll: '全部标为已读',
    read: '标为已读',
    open: '查看',
    to: (text) => '发给 ' + text,
    drill: '演练',
    urgent: '紧急',
    isUnread: '未读',
    more: '更早的',
    empty: { unread: '没有未读的通知', all: '近 90 日没有发给您的通知' },
    hint: '督办、事件提醒和告警通知发给您、您的单位或您当班的岗位时,列在这里',
    keys: '↑ ↓ 选择 · Enter 查看 · R 标为已读',
  };
})();
