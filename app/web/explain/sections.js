/* The sections of an explanation: how computed, from where, by whom pushed, revised, responsible. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, explain, explainTexts: texts, FreshDot } = tonglan;

  function Section({ title, note, children }) {
    return h('section', { className: 'yw-x-section' }, h('h3', null, title, note && h('small', null, note)), children);
  }

  /* Pairs of name and fact; what has no fact is left out. */
  function Facts({ facts }) {
    const known = facts.filter(([, fact]) => fact);
    return h('dl', { className: 'yw-x-facts' }, known.flatMap(([name, fact]) => [h('dt', { key: name }, name), h('dd', { key: name + '=' }, fact)]));
  }

  const into = (one) => () => explain.into({ indicator: one.indicator, region: one.region ? one.region.code : '', period: one.period });

  function Input({ one, deep }) {
    const place = [one.region && one.region.name, one.period_text].filter(Boolean).join(' · ');
    const body = [
      h('span', { key: 'n', className: 'yw-x-role' }, one.role || one.title, one.computed && h('em', null, texts.computed)),
      h('small', { key: 'p' }, place),
      h('b', { key: 'v', className: one.allowed ? '' : 'yw-t3' }, one.allowed ? one.text : texts.noRight),
      h('span', { key: 'd', className: 'yw-x-age' }, one.age && h(FreshDot, { state: one.age.state })),
    ];
    const look = classes('yw-x-input', deep && 'yw-x-deep');
    return h(React.Fragment, null,
      one.allowed ? h('button', { type: 'button', className: look, onClick: into(one), title: one.title }, body) : h('div', { className: look }, body),
      (one.inputs || []).map((below, n) => h(Input, { key: n, one: below, deep: true })));
  }

  function How({ data }) {
    const { formula, inputs } = data;
    const have = inputs.filter((one) => one.value !== null).length;
    return h(Section, { title: texts.how, note: formula && inputs.length > 1 ? texts.inputs + ' ' + texts.inputsHave(have, inputs.length) : '' },
      formula
        ? h('div', { className: 'yw-x-formula' }, h('p', null, data.title + ' = ', h('b', null, formula.words)),
          formula.hidden ? h('p', { className: 'yw-t3' }, texts.hidden) : h('p', { className: 'yw-x-put' }, '= ' + formula.numbers + ' = ', h('b', null, formula.result)),
          (formula.basis || []).map((one, n) => h('p', { key: n, className: 'yw-t3' }, texts.basis(one.rule, one.source))),
          formula.pending && h('p', { className: 'yw-x-warn' }, texts.pending))
        : h('div', { className: 'yw-x-formula' }, h('p', null, data.cases ? texts.counted : texts.given)),
      inputs.length > 0 && h('div', { className: 'yw-x-inputs' }, inputs.map((one, n) => h(Input, { key: n, one }))),
      h('p', { className: 'yw-x-note' }, texts.definition + ' ' + data.definition),
      data.broken && h('p', { className: 'yw-x-note yw-x-warn' }, (data.broken.valid_from || '') + ' ' + data.broken.reason + ';' + texts.breaks));
  }

  function Tags({ tags }) {
    if (!tags.length) return null;
    return h('span', { className: 'yw-x-tags' }, tags.map((one, n) => h('span', { key: n, className: classes('yw-tag', one.state !== 'ok' && 'yw-tag-' + one.state), title: one.detail }, one.text)));
  }

  function From({ data }) {
    const { origin, run, freshness } = data;
    const latest = origin.latest_run;
    const age = [freshness.text || texts.states[freshness.state], freshness.recorded && texts.recorded(freshness.recorded)].filter(Boolean).join(' · ');
    return h(Section, { title: texts.from },
      h(Facts, { facts: [
        [texts.system, origin.way === 'formula' ? texts.ways.formula : [data.source, texts.ways[origin.way]].filter(Boolean).join(' · ')],
        [texts.task, origin.refresher && [origin.refresher, origin.refresher_text].join(' · ')],
        [texts.run, run && run.text],
        [texts.latestRun, latest && (!run || latest.id !== run.id) && h('span', { className: latest.ok === false ? 'yw-x-warn' : '' }, latest.text)],
        [texts.freshness, data.latest ? h('span', { className: 'yw-x-fresh' }, h(FreshDot, { state: freshness.state }), age) : freshness.recorded && texts.recorded(freshness.recorded)],
        [texts.quality, data.quality.length > 0 && h(Tags, { tags: data.quality })],
        [texts.release, data.release && data.release.text],
        [texts.classification, data.classification],
      ] }));
  }

  function Shares({ data }) {
    const made = data.contributions;
    if (!made.parts.length) return null;
    const rising = made.amount >= 0;
    const most = Math.max(...made.parts.map((one) => Math.abs(one.amount))) || 1;
    const bad = data.comparison && data.comparison.tone === 'bad';
    const ink = (one, n) => ((one.amount >= 0) !== rising ? 'var(--data-2)' : bad && n === 0 ? 'var(--bad)' : 'var(--data)');
    return h(Section, { title: rising ? texts.pushedUp : texts.pulledDown, note: texts.of(made.against, made.text, made.unit) },
      h('table', { className: 'yw-x-shares' }, h('tbody', null, made.parts.map((one, n) => h('tr', { key: n },
        h('th', { scope: 'row' }, one.name),
        h('td', null, h('div', { className: 'yw-bar' }, h('i', { style: { width: (Math.abs(one.amount) / most) * 100 + '%', background: ink(one, n) } }))),
        h('td', { className: 'yw-x-amount' }, one.region
          ? h('button', { type: 'button', className: 'yw-plain yw-x-go', onClick: into({ indicator: data.indicator, region: { code: one.region }, period: data.period }) }, one.text)
          : one.text))))));
  }

  function Revisions({ revisions }) {
    if (!revisions.length) return null;
    if (revisions.length === 1) return h(Section, { title: texts.revisions }, h('p', { className: 'yw-x-note' }, texts.never(revisions[0].at_text)));
    return h(Section, { title: texts.revisions },
      h('div', { className: 'yw-x-scroll' }, h('table', { className: 'yw-x-table' },
        h('thead', null, h('tr', null, texts.revisionHead.map((name, n) => h('th', { key: name, scope: 'col', className: n === 1 || n === 2 ? 'yw-x-right' : '' }, name)))),
        h('tbody', null, revisions.map((one, n) => h('tr', { key: n }, h('td', null, one.at_text), h('td', { className: 'yw-x-right' }, one.old || '—'),
          h('td', { className: 'yw-x-right' }, h('b', null, one.new)), h('td', null, one.reason), h('td', null, one.who)))))));
  }

  function Versions({ versions }) {
    if (versions.length < 2) return null;
    return h(Section, { title: texts.versions },
      h('dl', { className: 'yw-x-facts' }, versions.slice().reverse().flatMap((one) => [
        h('dt', { key: one.number }, texts.version(one.number)),
        h('dd', { key: one.number + '=' }, [one.valid_from, one.reason || one.definition].filter(Boolean).join(' '), one.breaks && h('span', { className: 'yw-x-warn' }, ' ' + texts.breaks)),
      ])));
  }

  function Responsible({ data }) {
    const { owner, target } = data;
    return h(Section, { title: texts.whoIsResponsible },
      h(Facts, { facts: [
        [texts.business, owner.business.name],
        [texts.data, [owner.data.name, owner.topic].filter(Boolean).join(' · ')],
        [texts.target, target && [target.of, texts.targetOf(target)].filter(Boolean).join(' ')],
        [texts.rule, owner.rule],
      ] }));
  }

  Object.assign(tonglan, { ExplainHow: How, ExplainFrom: From, ExplainShares: Shares, ExplainRevisions: Revisions, ExplainVersions: Versions, ExplainResponsible: Responsible });
})();
