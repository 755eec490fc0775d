/* Photos made small in the browser: drawn anew on a canvas, so that position and other EXIF data stay behind. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, work } = tonglan;
  const T = tonglan.fieldTexts;
  const SIDE = 1600; // px of the longer side
  const QUALITY = 0.82;
  const MOST = 9; // photos a step

  async function drawn(file) {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const share = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * share));
    canvas.height = Math.max(1, Math.round(picture.height * share));
    const pen = canvas.getContext('2d');
    pen.fillStyle = 'white'; // JPEG knows no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('empty'))), 'image/jpeg', QUALITY));
  }

  /* {photos, problems}: every readable file as a small JPEG; each other one is named. */
  async function shrink(files) {
    const photos = [];
    const problems = [];
    for (const file of files) {
      try {
        photos.push(await drawn(file));
      } catch (unreadable) {
        problems.push(T.photoBad(file.name));
      }
    }
    return { photos, problems };
  }

  function Thumb({ blob, n, onRemove }) {
    const url = React.useMemo(() => URL.createObjectURL(blob), [blob]);
    React.useEffect(() => () => URL.revokeObjectURL(url), [url]);
    return h('figure', { className: 'yw-fd-thumb' }, h('img', { src: url, alt: T.photoN(n + 1) }), onRemove && h('button', { type: 'button', 'aria-label': T.remove + T.photoN(n + 1), onClick: onRemove }, '×'));
  }

  /* A big button that opens the camera or the album, and what was taken. */
  function Photos({ photos, onChange }) {
    const [problems, setProblems] = React.useState([]);
    const [busy, setBusy] = React.useState(false);
    async function add(event) {
      const files = [...event.target.files];
      event.target.value = '';
      setBusy(true);
      const made = await shrink(files);
      setBusy(false);
      const all = photos.concat(made.photos);
      setProblems(made.problems.concat(all.length > MOST ? [T.photoMost] : []));
      onChange(all.slice(0, MOST));
    }
    const size = Math.round(photos.reduce((sum, one) => sum + one.size, 0) / 1024);
    return h('div', { className: 'yw-fd-photos' },
      h('div', { className: 'yw-fd-thumbs' }, photos.map((blob, n) => h(Thumb, { key: n + '-' + blob.size, blob, n, onRemove: () => onChange(photos.filter((one) => one !== blob)) })),
        photos.length < MOST && h('label', { className: 'yw-fd-camera', 'aria-busy': busy }, h('b', { 'aria-hidden': true }, '＋'), T.photo, h('input', { type: 'file', accept: 'image/*', multiple: true, className: 'yw-unseen', onChange: add }))),
      photos.length > 0 && h('small', { className: 'yw-t3' }, T.photoSmall(size)), problems.map((text) => h(work.Notice, { key: text, tone: 'warn', text })));
  }

  Object.assign(tonglan, { FieldPhotos: Photos, fieldShrink: shrink });
})();
