/* The pages of desk work in their groups, and the menu that leads to them from every page. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes } = tonglan;
  const always = () => true;

  /* [name of the page, address, title, whether it is for this person]. */
  const GROUPS = [
    { title: '告警与事件', pages: [
      ['alerts', '/alerts', '告警中心', always],
      ['cases', '/cases', '派单台', always],
      ['case-board', '/cases/board', '看板', always],
      ['directives', '/directives', '督办', (work) => work.signed],
      ['duty', '/duty', '值班', (work) => work.signed],
      ['notices', '/notices', '通知', (work) => work.signed],
      ['tasks', '/tasks', '我的任务', (work) => work.case],
      ['report', '/report', '上报', (work) => work.case],
      ['case-imports', '/case-imports', '事件导入', (work) => work.case],
      ['evaluation', '/evaluation', '考核', always],
      ['rules', '/rules', '告警规则', (work) => work.signed],
    ] },
    { title: '指标', pages: [
      ['indicators', '/indicators', '指标管理', always],
      ['releases', '/releases', '发布日历', always],
      ['changes', '/changes', '变更查询', always],
    ] },
    { title: '报数', pages: [
      ['reporting', '/reporting', '报数', (work) => work.report],
      ['governance', '/governance', '数据治理', (work) => work.signed],
    ] },
    { title: '数据', pages: [
      ['sources', '/sources', '数据接入', (work, user) => Boolean(user)],
      ['quality', '/quality', '数据质量', always],
    ] },
    { title: '图层', pages: [
      ['layers', '/layers', '图层目录', always],
      ['upload', '/upload', '上传图层', (work) => work.upload],
      ['submissions', '/submissions', '上传单', (work) => work.upload || work.review],
    ] },
  ];
  const TEXTS = { more: '更多', menu: '全部页面', home: '一屏统览', topics: '专题' };
  /* Pages without a place of their own in the menu stand in the group of another. */
  const BELONGS = { indicator: 'indicators', filing: 'reporting', submission: 'submissions', case: 'cases' };

  /* The topics' pages: the header names them where there is room, the menu everywhere. */
  const topicGroup = (boot) => ({ title: TEXTS.topics, pages: (boot.topics || []).map((topic) => ['topic:' + topic.id, tonglan.topicLink(topic.id), topic.title, always]) });

  /* The groups as this person sees them. */
  function pageGroups(boot) {
    return [topicGroup(boot)].concat(GROUPS).map((group) => Object.assign({}, group, { pages: group.pages.filter(([, , , may]) => may(boot.work || {}, boot.user)) }))
      .filter((group) => group.pages.length);
  }

  /* The pages of the group that `page` belongs to. */
  function neighbours(boot, page) {
    const name = BELONGS[page] || page;
    const group = pageGroups(boot).find((one) => one.pages.some(([id]) => id === name));
    return group ? group.pages : [];
  }

  /* A button that opens all groups; Esc and a click elsewhere close it. */
  function PageMenu({ page }) {
    const [open, setOpen] = React.useState(false);
    const place = React.useRef(null);
    const button = React.useRef(null);
    React.useEffect(() => {
      if (!open) return undefined;
      const elsewhere = (event) => place.current && !place.current.contains(event.target) && setOpen(false);
      const escape = (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        setOpen(false);
        button.current.focus();
      };
      document.addEventListener('pointerdown', elsewhere);
      document.addEventListener('keydown', escape, true);
      return () => {
        document.removeEventListener('pointerdown', elsewhere);
        document.removeEventListener('keydown', escape, true);
      };
    }, [open]);
    return h('div', { className: 'yw-menu', ref: place },
      h('button', { type: 'button', ref: button, className: classes('yw-plain', open && 'yw-on'), 'aria-expanded': open, 'aria-haspopup': 'true', onClick: () => setOpen(!open) }, TEXTS.more,
        h('i', { className: 'yw-menu-mark', 'aria-hidden': true })),
      open && h('div', { className: 'yw-menu-panel', role: 'group', 'aria-label': TEXTS.menu }, pageGroups(tonglan.boot()).map((group) =>
        h('section', { key: group.title }, h('h2', null, group.title), group.pages.map(([name, href, title]) =>
          h('a', { key: name, href, className: classes(name === page && 'yw-on'), 'aria-current': name === page ? 'page' : undefined }, title))))));
  }

  Object.assign(tonglan, { PageMenu, neighbours });
})();
