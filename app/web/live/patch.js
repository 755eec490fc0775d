/* Pure: a model and what the stream said, in; the model as it now is, out. */
(function () {
  'use strict';

  /* Replace the rows that changed; rows of another region are ignored. */
  function rows(model, changed) {
    const mine = new Map(changed.filter((row) => row.region === model.region.code).map((row) => [row.indicator, row]));
    if (!mine.size) return model;
    const cards = model.cards.map((card) =>
      card.rows.some((row) => mine.has(row.indicator))
        ? Object.assign({}, card, { rows: card.rows.map((row) => mine.get(row.indicator) || row) })
        : card
    );
    return Object.assign({}, model, { cards, header: header(model, mine) });
  }

  /* The chip repeats a row of the whole city: two numbers for one thing must not differ. */
  function header(model, mine) {
    const chip = model.header.aqi;
    const row = chip && model.region.path.length === 1 && mine.get(chip.indicator);
    if (!row || row.state !== 'ok') return model.header;
    return Object.assign({}, model.header, { aqi: Object.assign({}, chip, { value: row.value, level: row.unit }) });
  }

  const decimals = (texts) => {
    const shown = texts.find((text) => /\d/.test(text || ''));
    return shown && shown.includes('.') ? shown.split('.')[1].replace(/\D.*/, '').length : 0;
  };

  function written(value, digits) {
    if (value === null || value === undefined) return '—';
    const text = value.toLocaleString('zh-CN', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return text.replace('-', '−');
  }

  const DOUBTFUL = ['suspect', 'estimated'];

  /* Newest {value, mark} of one indicator by region; a revision of an older period does not count. */
  function newest(changes, indicator, periods) {
    const found = new Map();
    changes.forEach(([id, region, period, value, status]) => {
      if (id !== indicator) return;
      const key = id + '|' + region;
      if (periods[key] && period < periods[key]) return;
      periods[key] = period;
      found.set(region, { value, mark: DOUBTFUL.includes(status) ? status : '' });
    });
    return found;
  }

  const marked = (row, { value, mark }, digits) =>
    Object.assign({}, row, { value: written(value, digits), mark, mark_text: mark && window.tonglan.texts.marks[mark] });

  /* Put changed values on the map and in the matrix; `periods` remembers the newest period seen. */
  function deltas(model, changes, periods) {
    const onMap = newest(changes, model.map.indicator, periods);
    const inTable = newest(changes, model.matrix.indicator.id, periods);
    const next = Object.assign({}, model);
    const counties = new Set(model.matrix.rows.map((row) => row.region));
    if ([...onMap.keys()].some((region) => counties.has(region))) {
      const digits = model.map.precision === undefined ? decimals(Object.values(model.map.text)) : model.map.precision;
      const values = Object.assign({}, model.map.values);
      const text = Object.assign({}, model.map.text);
      const marks = Object.assign({}, model.map.marks);
      onMap.forEach(({ value, mark }, region) => {
        if (!counties.has(region)) return;
        if (mark) marks[region] = mark;
        else delete marks[region];
        if (value === null) delete values[region];
        else values[region] = value;
        text[region] = written(value, digits);
      });
      next.map = Object.assign({}, model.map, { values, text, marks });
    }
    if (model.matrix.rows.some((row) => inTable.has(row.region))) {
      const digits = decimals(model.matrix.rows.map((row) => row.value));
      const put = (row) => marked(row, inTable.get(row.region), digits);
      next.matrix = Object.assign({}, model.matrix, {
        rows: model.matrix.rows.map((row) => (inTable.has(row.region) ? put(row) : row)),
      });
    }
    return next.map === model.map && next.matrix === model.matrix ? model : next;
  }

  window.tonglan.patch = { rows, deltas, written };
})();
