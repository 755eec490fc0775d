/* Words that every page of desk work uses. */
(function () {
  'use strict';
  window.tonglan.workTexts = {
    overview: '一屏统览',
    login: '登录',
    logout: '退出',
    home: '返回一屏统览',
    toContent: '跳到正文',
    theme: { dark: '浅色', light: '深色' },
    themeHint: '切换深浅色',
    noServer: '服务器没有应答,请稍后重试',
    serverSaid: (status) => '服务器返回 ' + status,
    retry: '重试',
    signIn: '请先登录',
  };
})();
