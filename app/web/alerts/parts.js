/* Small parts of the alert centre: tags of states, times, the value against its limit. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes, board, clock, alertTexts: texts, alertWords: words } = tonglan;
  const TONES = { 未确认: 'bad', 已派单: 'go', 处置中: 'go' };

  /* The moment the page stands at: now, or the one that is replayed. */
  const moment = () => {
    const { as_of: asOf } = board.get().view;
    return asOf ? Date.parse(asOf) : clock.now();
  };

  const when = (iso) => clock.when(iso, moment());

  const StateTag = ({ state }) => h('span', { className: classes('yw-tag yw-al-tag', TONES[state] && 'yw-al-tag-' + TONES[state]) }, state);

  /* How long it has lasted; an open one goes on counting. */
  function lasted(row) {
    if (row.state === '已暂停' && row.paused_until) return texts.until(when(row.paused_until));
    if (!row.open) return texts.lasted(words.span((row.elapsed_s || 0) * 1000));
    return words.span(moment() - Date.parse(row.at));
  }

  function Value({ row }) {
    const { value, limit } = row;
    if (!value) return h('span', null, (row.condition && texts.conditions[row.condition]) || '—');
    const [indicator, region, period] = (value.explain || '').split('|');
    const most = limit && limit.text ? ' / ' + (value.unit && limit.text.endsWith(' ' + value.unit) ? limit.text.slice(0, -value.unit.length - 1) : limit.text) : ''; // the unit stands once
    return h('span', { className: 'yw-al-value' }, h('span', indicator ? tonglan.explained(indicator, region, period) : null, value.text), most, value.unit && h('u', null, value.unit));
  }

  /* What the series says now, with its time; one that is late or dead says so. */
  function Latest({ row, named }) {
    const { latest } = row;
    if (!latest) return null;
    const [indicator, region] = latest.explain.split('|');
    return h('small', { className: classes('yw-al-latest', latest.stale && 'yw-al-stale'), title: latest.stale || null }, h('i', null, named ? texts.latestNamed : texts.latest), h('span', tonglan.explained(indicator, region, ''), latest.text), latest.unit && named ? ' ' + latest.unit : '', ' ', h('i', null, '(' + [latest.at, latest.stale].filter(Boolean).join(',') + ')'));
  }

  /* What else is said of an alert in a word: 演练, group, flapping, false. */
  function Notes({ row }) {
    const said = [
      row.drill && texts.drill,
      row.false && texts.falseAlarm,
      texts.conditions[row.condition],
      row.group && row.group.count > 1 && texts.members(row.group.count),
      row.flaps >= 0.5 && texts.flapping,
      row.inhibited_by && texts.inhibited,
    ].filter(Boolean);
    return said.map((text) => h('span', { key: text, className: 'yw-tag yw-al-note' }, text));
  }

  /* The navigation's short name of the topic: the column is narrow. */
  const shortTopic = (row) => ((board.get().boot.topics || []).find((one) => one.id === row.topic) || { title: row.topic_title }).title;

  const able = (detail, what) => ((detail && detail.actions) || []).find((one) => one.do === what) || null;

  tonglan.alertParts = { StateTag, Value, Latest, Notes, when, lasted, moment, able, shortTopic };
})();
