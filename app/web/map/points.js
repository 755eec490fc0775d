/* Points that are clustered in the browser: fetched page by page from the features API. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const PAGE = 1000; // features an answer
  const MOST = 5000; // features of a layer; above that the tiles count
  const AGAIN = 300000; // ms after which points that are shown are asked for again: events come and go

  async function fetchAll(layer) {
    const features = [];
    let next = null;
    do {
      const query = new URLSearchParams(next ? { limit: PAGE, next } : { limit: PAGE });
      const answer = await fetch('/api/v1/features/' + encodeURIComponent(layer) + '?' + query);
      if (!answer.ok) throw new Error(tonglan.texts.serverSaid(answer.status));
      const page = await answer.json();
      features.push(...page.items);
      next = page.next;
    } while (next && features.length < MOST);
    return { type: 'FeatureCollection', features };
  }

  /* {layer: FeatureCollection} of the wanted layers as they arrive; `failed(layer)` for one that does not. */
  tonglan.usePoints = function (wanted, failed) {
    const [points, setPoints] = React.useState({});
    const asked = React.useRef(new Set());
    const [turn, setTurn] = React.useState(0);
    React.useEffect(() => {
      const again = setInterval(() => (asked.current.clear(), setTurn((n) => n + 1)), AGAIN);
      return () => clearInterval(again);
    }, []);
    React.useEffect(() => {
      wanted.filter((layer) => !asked.current.has(layer)).forEach((layer) => {
        asked.current.add(layer);
        fetchAll(layer).then(
          (data) => setPoints((have) => Object.assign({}, have, { [layer]: data })),
          () => {
            asked.current.delete(layer);
            failed(layer);
          }
        );
      });
    }, [wanted.join(), turn]);
    return points;
  };
})();
