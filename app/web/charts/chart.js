/* Chart: a figure of the server, drawn by plotly.js; lines dim when another one is pointed at. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, chartScale, chartTexts } = tonglan;
  const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, scrollZoom: false, showTips: false, locale: 'zh-CN' };
  const HIDDEN = 250; // ms; a page that is not seen makes no frames
  const DIM = 0.3; // of the curves that are not pointed at

  const rootSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const keyOf = (point) => point && point.data.meta && point.data.meta.key;

  /* After the frame that is being made and handed over: words and numbers stand before curves are
     drawn. A timer set in that frame would fire before the next and hold it up by all curves. */
  tonglan.painted = () => new Promise((resolve) => {
    const over = setTimeout(resolve, HIDDEN);
    const frame = (then) => window.requestAnimationFrame(then);
    frame(() => frame(() => setTimeout(() => (clearTimeout(over), resolve()))));
  });

  /* The size of the element in px and the page's rem, whenever one of them changes. */
  function useSize(element) {
    const [size, setSize] = React.useState(null);
    React.useEffect(() => {
      const look = () => {
        const box = element.current.getBoundingClientRect();
        setSize((old) => (old && old.width === box.width && old.height === box.height && old.rem === rootSize() ? old : { width: box.width, height: box.height, rem: rootSize() }));
      };
      const watch = new ResizeObserver(look);
      watch.observe(element.current);
      look();
      return () => watch.disconnect();
    }, []);
    return size;
  }

  /* What the pointer tells; attached once, since plotly keeps its listeners over redraws. */
  function listen(element, told) {
    if (element.dataset.listening) return;
    element.dataset.listening = '1';
    element.on('plotly_hover', (event) => told.current.onHover && told.current.onHover(keyOf(event.points[0]) || null));
    element.on('plotly_unhover', () => told.current.onHover && told.current.onHover(null));
    element.on('plotly_click', (event) => told.current.onPick && told.current.onPick(event.points[0].x, keyOf(event.points[0])));
  }

  function dim(library, element, highlight) {
    const curves = element.data.map((trace, n) => [trace.meta && trace.meta.part === 'curve' ? trace.meta.key : null, n]).filter(([key]) => key !== null);
    const known = curves.some(([key]) => key === highlight);
    const opacity = curves.map(([key]) => (known && key !== highlight ? DIM : 1));
    if (curves.length > 1) library.restyle(element, { opacity }, curves.map(([, n]) => n));
  }

  /* {figure, label, highlight, onHover(key), onPick(x, key), onDrawn(element)} */
  function Chart(props) {
    const { figure, label, highlight, onDrawn } = props;
    const box = React.useRef(null);
    const canvas = React.useRef(null);
    const drawn = React.useRef(false);
    const told = React.useRef(props);
    told.current = props;
    const size = useSize(box);
    const [library, setLibrary] = React.useState(null);
    const [failure, setFailure] = React.useState('');
    React.useEffect(() => {
      let here = true;
      tonglan.loadCharts().then((found) => here && setLibrary(() => found), (wrong) => {
        if (here) setFailure(wrong.message);
        if (onDrawn) onDrawn(null);
      });
      return () => {
        here = false;
      };
    }, []);
    React.useEffect(() => {
      if (!library || !figure || !size || !size.width || !size.height) return undefined;
      const { data, layout } = chartScale.fitted(figure, size.rem, size.width, size.height);
      Object.assign(layout, { width: Math.floor(size.width), height: Math.floor(size.height) });
      const element = canvas.current;
      let wanted = true; // until the next figure or size
      const here = () => wanted && canvas.current === element;
      tonglan.painted().then(() => here() && library.react(element, data, layout, CONFIG)).then(() => {
        if (!here()) return; // taken away meanwhile
        drawn.current = true;
        listen(element, told);
        if (told.current.highlight) dim(library, element, told.current.highlight);
        if (onDrawn) onDrawn(element);
      }).catch(() => {
        setFailure(chartTexts.noDrawing); // one chart that cannot be drawn never takes the page with it
        if (onDrawn) onDrawn(null);
      });
      return () => {
        wanted = false;
      };
    }, [library, figure, size]);
    React.useEffect(() => {
      if (library && canvas.current && canvas.current.data) dim(library, canvas.current, highlight);
    }, [highlight]);
    React.useEffect(() => {
      const element = canvas.current;
      return () => {
        if (window.Plotly && drawn.current) window.Plotly.purge(element);
      };
    }, []);
    return h('div', { ref: box, className: classes('yw-chart', failure && 'yw-chart-failed'), role: 'img', 'aria-label': label },
      h('div', { ref: canvas, className: 'yw-chart-canvas' }), failure && h('p', { className: 'yw-empty' }, failure));
  }

  tonglan.Chart = Chart;
  tonglan.chartTexts = chartTexts;
})();
