/* The shape of a level: octagon, diamond, triangle, circle; the character inside says it without colour. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  const { h, classes } = tonglan;
  const SHAPES = {
    红: { d: 'M7 1h8l6 6v8l-6 6H7l-6-6V7z', token: 'red', y: 15.1, size: 11.5 },
    橙: { d: 'M11 .4 21.6 11 11 21.6.4 11z', token: 'orange', y: 14.9, size: 10.5 },
    黄: { d: 'M11 1 21.8 20.6H.2z', token: 'yellow', y: 17.6, size: 9.5 },
    蓝: { d: 'M11 1a10 10 0 1 0 0 20 10 10 0 1 0 0-20z', token: 'blue', y: 15.1, size: 11.5 },
  };

  /* `quiet` where the words beside it already name the level. */
  function AlertShape({ level, quiet, className }) {
    const shape = SHAPES[level];
    if (!shape) return null;
    const said = quiet ? { 'aria-hidden': true } : { role: 'img', 'aria-label': level + '色告警' };
    return h('svg', Object.assign({ className: classes('yw-alertshape', 'yw-alert-' + shape.token, className), viewBox: '0 0 22 22' }, said),
      h('path', { d: shape.d }), h('text', { x: 11, y: shape.y, fontSize: shape.size, textAnchor: 'middle', fontWeight: 700 }, level));
  }
  tonglan.AlertShape = AlertShape;
})();
