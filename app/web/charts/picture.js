/* A drawn chart as a PNG with what belongs to it: title, source, date, who took it. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const SCALE = 2; // for print

  function loaded(url) {
    return new Promise((resolve, reject) => {
      const image = new Image();
      image.addEventListener('load', () => resolve(image));
      image.addEventListener('error', () => reject(new Error(tonglan.chartTexts.noLibrary)));
      image.src = url;
    });
  }

  function text(pen, words, x, y, size, colour, family, bold) {
    pen.font = (bold ? '700 ' : '400 ') + size + 'px ' + family;
    pen.fillStyle = colour;
    pen.fillText(words, x, y);
  }

  /* Slanted, pale and repeated: it survives cropping. */
  function mark(pen, words, width, height, rem, colour, family) {
    pen.save();
    pen.globalAlpha = 0.08;
    pen.rotate(-Math.PI / 9);
    for (let y = 0; y < height * 1.6; y += 9 * rem) for (let x = -height; x < width; x += 22 * rem) text(pen, words, x, y, rem, colour, family);
    pen.restore();
  }

  /* A promise of a PNG blob. `about`: {title, subtitle, foot, watermark}. */
  async function picture(element, about) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue('--' + name).trim();
    const family = style.getPropertyValue('--font-family');
    const { width, height } = element.getBoundingClientRect();
    const image = await loaded(await window.Plotly.toImage(element, { format: 'svg', width, height }));
    const [top, foot, side] = [4 * rem, 2.25 * rem, rem];
    const canvas = document.createElement('canvas');
    canvas.width = (width + 2 * side) * SCALE;
    canvas.height = (height + top + foot) * SCALE;
    const pen = canvas.getContext('2d');
    pen.scale(SCALE, SCALE);
    pen.fillStyle = colour('surface-1');
    pen.fillRect(0, 0, canvas.width, canvas.height);
    text(pen, about.title, side, 1.75 * rem, 1.25 * rem, colour('text-1'), family, true);
    text(pen, about.subtitle, side, 3.25 * rem, 0.8125 * rem, colour('text-2'), family);
    pen.drawImage(image, side, top, width, height);
    text(pen, about.foot, side, top + height + 1.4 * rem, 0.75 * rem, colour('text-3'), family);
    if (about.watermark) mark(pen, about.watermark, width, height + top, rem, colour('text-1'), family);
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  }

  tonglan.chartPicture = picture;
})();
