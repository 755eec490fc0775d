/* What was uploaded, in one line; the job that works on it; why it was returned. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, format, desk, deskActs, deskState, work } = tonglan;
  const { Button, Progress, Notice } = work;
  const T = tonglan.uploadTexts;
  const BADGES = [[/shapefile/i, 'SHP'], [/geojson/i, 'JSON'], [/geopackage/i, 'GPKG'], [/filegdb|openfilegdb/i, 'GDB'], [/xlsx|excel/i, 'XLSX'], [/csv/i, 'CSV'], [/tsv/i, 'TSV'],
    [/kmz/i, 'KMZ'], [/kml/i, 'KML'], [/geotiff|cog/i, 'TIF'], [/netcdf/i, 'NC'], [/parquet/i, 'PARQ'], [/flatgeobuf/i, 'FGB'], [/topojson/i, 'TOPO']];

  function badge(submission) {
    const format_ = (submission.report && submission.report.format) || '';
    const found = BADGES.find(([pattern]) => pattern.test(format_));
    return found ? found[1] : (submission.file.name.split('.').pop() || '').toUpperCase().slice(0, 4);
  }

  function facts(submission) {
    const { file, report } = submission;
    const made = [];
    if (file.files > 1) made.push(T.file.files(file.files));
    made.push(format.bytes(file.bytes));
    if (report && report.features !== null && report.features !== undefined) made.push(T.file.features(format.count(report.features), report.geometry));
    if (report && report.fields) made.push(T.file.fields(report.fields.length));
    if (report && report.raster) made.push(T.file.raster(report.raster));
    if (file.sha256) made.push(T.file.kept(format.sha(file.sha256)));
    return made.join(' · ');
  }

  function JobLine({ job }) {
    const { step, done, of } = job.progress || {};
    return h('div', { className: 'yw-job' }, h('span', { role: 'status' }, T.job.running(step || T.job.kinds[job.kind] || T.job.waiting, job.state)),
      h(Progress, { share: of ? done / of : 0, label: T.job.label }), h('span', { className: 'yw-t3' }, of ? done + ' / ' + of : ''),
      h(Button, { onClick: deskActs.stop }, T.job.cancel));
  }

  function FileCard({ fixed }) {
    const submission = desk.use((state) => state.submission);
    const another = '/upload?layer=' + encodeURIComponent(submission.layer);
    return h(
      'section',
      { className: 'yw-card yw-work-card yw-file', 'aria-label': T.file.label },
      h('div', { className: 'yw-file-line' },
        h('i', { className: 'yw-file-badge', 'aria-hidden': true }, badge(submission)),
        h('div', { className: 'yw-file-text' }, h('b', null, submission.file.name), h('p', { title: submission.file.sha256 }, facts(submission))),
        fixed ? h('span', { className: 'yw-tag' }, submission.state_title) : h('a', { className: 'yw-button yw-act', href: another }, T.file.other)),
      deskState.busy(submission) && h(JobLine, { job: submission.job })
    );
  }

  /* Standing notices of a submission: refused, returned, failed job. */
  function Standing() {
    const submission = desk.use((state) => state.submission);
    const { state, job } = submission;
    const last = (action) => (submission.history || []).filter((one) => one.to === action || one.action === action).pop();
    if (state === 'refused') {
      const said = submission.message || (job && job.error) || (last('refused') || {}).note || T.refusedPlain;
      return h(Notice, { text: said, tone: 'bad' });
    }
    if (state === 'returned') {
      const by = last('returned') || last('return') || {};
      return h(Notice, { text: T.returned((by.by && by.by.name) || by.by || '', submission.review_note || by.note || ''), tone: 'warn' });
    }
    if (submission.message && !submission.question) return h(Notice, { text: submission.message, tone: 'warn' });
    if (job && job.state === 'failed') return h(Notice, { text: job.error || T.job.failed, tone: 'bad' });
    if (job && job.state === 'cancelled') {
      return h(Notice, { text: T.job.cancelled, tone: 'warn', tools: h(Button, { onClick: () => deskActs.answers({}) }, T.job.again) });
    }
    return null;
  }

  Object.assign(tonglan, { FileCard, Standing, fileFacts: facts });
})();
