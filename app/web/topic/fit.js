/* Fits the panels of a column: nothing a wall shows stands half cut, and a row is hidden only when no density shows it.
 *
 * Steps: 1 rows stand closer; 2 a sentence has one line; 3 it shares the line of the source. What is still too long
 * ends behind a whole row. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const LISTS = '.yw-tp-ranking,.yw-tp-kpis,.yw-tp-scroll,.yw-tp-alerts';
  const LONG = 16; // rows no density shows in a column: such a list does not press the others
  const STEPS = ['1', '2', '3'];

  const over = (box) => box.scrollHeight > box.clientHeight + 1;
  const rowsOf = (box) => [...box.querySelectorAll(':scope > *, :scope > table > tbody > tr')].filter((one) => one.tagName !== 'TABLE');
  const cramped = (area, lists) => over(area) || lists.some(over);

  const wide = (box) => box.scrollWidth > box.clientWidth + 1;

  /* A table wider than its panel: first its columns stand closer, then it does without its curves. */
  function narrow(box) {
    const panel = box.closest('.yw-tp-panel');
    delete panel.dataset.slim;
    for (const step of ['1', '2']) {
      if (!wide(box)) break;
      panel.dataset.slim = step;
    }
  }

  /* Behind the last row that is whole in the box; a box that shows all its rows is left as it is. */
  function whole(box) {
    if (!over(box)) return;
    const top = box.getBoundingClientRect().top - box.scrollTop;
    const ends = rowsOf(box).map((row) => row.getBoundingClientRect().bottom - top);
    const last = ends.filter((end) => end <= box.clientHeight + 1).pop();
    if (last) box.style.maxHeight = Math.ceil(last) + 'px';
  }

  function fit(area) {
    const lists = [...area.querySelectorAll(LISTS)];
    lists.forEach((box) => box.style.removeProperty('max-height'));
    delete area.dataset.tight;
    if (getComputedStyle(area).getPropertyValue('--fit').trim() === '0') return; // it scrolls as a whole
    const short = lists.filter((box) => rowsOf(box).length <= LONG);
    lists.forEach((box) => {
      const marks = box.closest('.yw-tp-panel').classList;
      marks.toggle('yw-tp-short', short.includes(box));
      marks.toggle('yw-tp-long', !short.includes(box));
    });
    for (const step of STEPS) {
      if (!cramped(area, short)) break;
      area.dataset.tight = step;
    }
    lists.forEach(narrow);
    lists.forEach(whole);
  }

  /* After each answer and whenever the column or its alerts change their size. */
  tonglan.useFit = function useFit(panels) {
    const box = React.useRef(null);
    React.useEffect(() => {
      const area = box.current;
      if (!area || !panels) return undefined;
      let asked = 0;
      const later = () => {
        if (!asked) asked = requestAnimationFrame(() => {
          asked = 0;
          if (area.isConnected) fit(area);
        });
      };
      later();
      const watch = new ResizeObserver(later);
      watch.observe(area);
      area.querySelectorAll('.yw-tp-kind-alerts').forEach((one) => watch.observe(one)); // they come later
      return () => {
        watch.disconnect();
        cancelAnimationFrame(asked);
      };
    }, [panels]);
    return box;
  };
})();
