/* The words of the page 值班. */
(function () {
  'use strict';
  window.tonglan.dutyTexts = {
    title: '值班',
    tabs: { today: '今日值班', roster: '排班', contacts: '通讯录', handover: '交接班', journal: '值班日志', incidents: '突发事件', plans: '预案', drill: '演练', brief: '快报' },
    now: '当班', next: '下一班', none: '此刻没有排班', noneHint: '请在“排班”补排,告警升级会找不到人',
    until: (text) => '至 ' + text,
    vacant: '缺',
    holes: '未来 7 天空班',
    open: '未办结', openNone: '没有未办结的事项', openHint: '由系统列出',
    kinds: { alert: '告警', case: '事件', directive: '督办', incident: '突发' },
    more: (n) => '共 ' + n + ' 项',
    call: (name) => '拨打 ' + name,
    roster: { head: ['日期', '时间', '带班领导', '值班长'], edit: '操作', off: '休', hole: (text) => '空班 ' + text, weekBack: '前两周', weekOn: '后两周', today: '今天', template: '下载模板', import: '导入排班', swap: '换班', swaps: '换班申请', noSwaps: '没有换班申请' },
    shift: { add: '加一班', change: '改', changeTitle: '改一班', changeOf: (text) => '改 ' + text + ' 这一班', starts: '开始', ends: '结束', reason: '原因', reasonHint: '如 临时公务、病假', save: '保存', remove: '撤掉这一班', removeSure: '再点一次撤掉', newSeat: '另加席位', none: '不设', hint: '改动留痕,原班次仍可回看;一个时刻只能有一个班' },
    swap: { title: '提出换班', first: '甲方班次', second: '乙方班次', reason: '原因', send: '提出', agreed: '已同意', waiting: '待同意', agreeFirst: '甲方同意', agreeSecond: '乙方同意', refuse: '不同意', hint: '双方同意后排班即改;有账号的人须本人同意,没有账号的由值班员代记' },
    import: { title: '导入', choose: '选择文件', check: '检查', apply: '导入', partial: '跳过有错的行,导入其余', again: '重新选择', accepted: (n) => n + ' 行可导入', refused: (n) => n + ' 行有错', applied: '已导入', replaced: (n) => '替换原有 ' + n + ' 班', head: ['行', '列', '问题', '怎么改'] },
    contacts: { search: '姓名、拼音首字母、单位、职务、电话', head: ['姓名', '单位', '职务', '电话', '邮箱'], masked: '号码已遮盖,完整号码限值班、领导等角色', template: '下载模板', import: '导入通讯录', add: '新增', edit: '更正', remove: '移出', removeAsk: (name) => '移出 ' + name, none: '没有找到', save: '保存', account: '登录名(可空)' },
    handover: { draft: '交班', leaving: '交班人', taking: '接班人', notes: '交班事项', notesHint: '重点关注、未了事项', sign: '签字交班', take: '核对并签字接班', remark: '接班意见', list: '交接记录', none: '没有交接记录', items: (n) => '未办结 ' + n + ' 项', hidden: (n) => '另有 ' + n + ' 项您无权查看', waits: '待接班', done: '已交接', forever: '双方签字后不可更改' },
    journal: { write: '记一条', kind: '类别', at: '时间', text: '内容', save: '记入', search: '查找', correct: '更正', corrects: (n) => '更正第 ' + n + ' 条', number: (n) => '第 ' + n + ' 条', late: (text) => text + ' 补记', more: '更早', none: '没有日志', only: '日志只增不改,更正另记一条' },
    incidents: { open: '登记突发事件', title: '名称', region: '发生地', place: '地点', kind: '种类', happened: '发生时间', known: '接报时间', none: '没有突发事件', clocks: '报告时限', unverified: '未核实,可改', reports: '报告', report: '报告', way: '方式', again: '作为上一份的更正版本', text: '内容', note: '记事', end: '处置结束', endHint: '处置结果', plan: '启动预案', log: '经过', save: '提交', back: '返回列表', lasted: (text) => '历时 ' + text, late: '超时', state: '状态' },
    plans: { contact: '联系人', resource: '可用资源', within: (n) => n + ' 分钟内', unverified: '未核实,可改', source: '来源', tick: '完成', untick: '撤销', done: (who, at) => who + ' ' + at, progress: (n, all) => n + '/' + all },
    drill: { begin: '开始演练', end: '结束演练', title: '演练名称', titleHint: '如 水污染突发事件桌面推演', running: (text, at) => '演练中:' + text + ',' + at + ' 开始', none: '现在没有演练', hint: '演练期间每个画面和每条消息都标“演练”,任何消息不对外发送;期间登记的督办、突发事件、日志都记为演练。', log: '演练记录', never: '还没有演练过', ended: '结束' },
    brief: { make: '生成值班快报(Word)', hint: '数字取自本系统,逐个注明期别、来源和入库时间;只含您有权看的、已到发布日的数;没有的写 —。', contents: ['值班人员', '未办结:突发事件、督办等', '各专题主要指标', '近 24 小时值班日志'] },
    banner: (title) => '演练:' + title, bannerHint: '消息不对外发送',
    cancel: '取消', saved: '已保存', noWrite: '只有值班岗可以登记', drillTag: '演练',
  };
})();
