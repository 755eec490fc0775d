/* What lies on the canvas: the hatch of missing values and the scale bar. */
(function () {
  'use strict';
  const SIDE = 16; // px of the hatch tile
  const WIDEST = 5; // rem of the scale bar

  /* A 45° hatch in one colour, as pixels for map.addImage. */
  function hatch(colour) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIDE;
    const pen = canvas.getContext('2d', { willReadFrequently: true }); // its pixels are read: no way through the graphics card
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    for (let at = -SIDE; at <= SIDE * 2; at += SIDE / 2) {
      pen.moveTo(at, SIDE);
      pen.lineTo(at + SIDE, 0);
    }
    pen.stroke();
    return pen.getImageData(0, 0, SIDE, SIDE);
  }

  /* `images`: {name: {hatch: colour}}. */
  function syncImages(map, images, have) {
    Object.keys(images).forEach((name) => {
      const colour = images[name].hatch;
      if (have[name] === colour) return;
      if (have[name]) map.updateImage(name, hatch(colour));
      else map.addImage(name, hatch(colour), { pixelRatio: 2 });
      have[name] = colour;
    });
  }

  const round = (metres) => {
    const power = Math.pow(10, Math.floor(Math.log10(metres)));
    return [5, 2, 1].find((step) => step * power <= metres) * power;
  };

  /* Draws the scale of `map` into `bar`: width and words. */
  function drawScale(map, bar) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const y = map.getContainer().clientHeight / 2;
    const metres = map.unproject([0, y]).distanceTo(map.unproject([100, y])) / 100; // per px
    if (!isFinite(metres) || metres <= 0) return;
    const length = round(metres * WIDEST * rem);
    bar.firstChild.style.width = length / metres / rem + 'rem';
    bar.lastChild.textContent = length >= 1000 ? length / 1000 + ' km' : length + ' m';
  }

  window.tonglan.mapOverlays = { syncImages, drawScale };
})();
