/* Lengths and areas on the sphere, and the words for them. Positions are [lon, lat] in degrees. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const texts = tonglan.catalogueTexts;
  const R = 6371008.8; // m, mean radius (IUGG)
  const rad = (degrees) => (degrees * Math.PI) / 180;

  function distance(a, b) {
    const dLat = rad(b[1] - a[1]);
    const dLon = rad(b[0] - a[0]);
    const s = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a[1])) * Math.cos(rad(b[1])) * Math.sin(dLon / 2) ** 2;
    return 2 * R * Math.asin(Math.min(1, Math.sqrt(s)));
  }

  const length = (path) => path.slice(1).reduce((sum, at, n) => sum + distance(path[n], at), 0);

  /* Chamberlain & Duquette (JPL 2007), as used by the common web mapping libraries. */
  function area(ring) {
    if (ring.length < 3) return 0;
    const sum = ring.reduce((total, at, n) => {
      const before = ring[(n + ring.length - 1) % ring.length];
      const after = ring[(n + 1) % ring.length];
      return total + (rad(after[0]) - rad(before[0])) * Math.sin(rad(at[1]));
    }, 0);
    return Math.abs((sum * R * R) / 2);
  }

  /* A circle of `metres` around a position, as a closed ring. */
  function circle(centre, metres) {
    const ring = [];
    const angle = metres / R;
    const lat = rad(centre[1]);
    for (let step = 0; step <= 64; step += 1) {
      const turn = (step / 64) * 2 * Math.PI;
      const there = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(turn));
      const east = Math.atan2(Math.sin(turn) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * Math.sin(there));
      ring.push([centre[0] + (east * 180) / Math.PI, (there * 180) / Math.PI]);
    }
    return ring;
  }

  const shown = (value) => (value >= 100 ? Math.round(value).toLocaleString('zh-CN') : value >= 10 ? value.toFixed(1) : value.toFixed(2));
  const sayLength = (metres) => (metres >= 1000 ? shown(metres / 1000) + texts.kilometres : Math.round(metres) + texts.metres);
  function sayArea(square) {
    if (square >= 1e6) return shown(square / 1e6) + texts.squareKilometres;
    return square >= 1e4 ? shown(square / 1e4) + texts.hectares : Math.round(square) + texts.squareMetres;
  }

  tonglan.earth = { distance, length, area, circle, sayLength, sayArea };
})();
