/* plotly.js, loaded when the first chart is drawn, with the words of our language. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  let going = null;

  const MONTHS = ['1月', '2月', '3月', '4月', '5月', '6月', '7月', '8月', '9月', '10月', '11月', '12月'];
  const CHINESE = {
    moduleType: 'locale',
    name: 'zh-CN',
    dictionary: {},
    format: {
      days: ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'],
      shortDays: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
      months: MONTHS,
      shortMonths: MONTHS,
      date: '%Y-%m-%d',
      decimal: '.',
      thousands: ',',
      grouping: [3],
      currency: ['¥', ''],
    },
  };

  /* A promise of the library; a failed load is tried anew by the next chart. Its 5 MB take a second
     of the page's only thread: a page that has something more urgent sets `chartsAfter`, a promise. */
  tonglan.loadCharts = function () {
    if (going) return going;
    going = Promise.resolve(tonglan.chartsAfter).then(() => new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = tonglan.boot().plotly;
      script.addEventListener('load', () => {
        window.Plotly.register(CHINESE);
        resolve(window.Plotly);
      });
      script.addEventListener('error', () => {
        going = null;
        script.remove();
        reject(new Error(tonglan.chartTexts.noLibrary));
      });
      document.head.appendChild(script);
    }));
    return going;
  };

  tonglan.chartTexts = {
    noLibrary: '图表组件没有加载成功;请刷新页面,表格照常可用',
    noData: '这段时间没有数据',
    noDrawing: '这张图画不出来;换成数据表照常可看',
  };
})();
