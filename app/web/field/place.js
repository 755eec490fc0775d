/* Where something was found: by the phone's position, or by a tap on the map; the region comes from the outline. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, work } = tonglan;
  const T = tonglan.fieldTexts;
  const PATIENCE = 15000; // ms for a fix
  const AROUND = 0.0001; // degrees of the window in which the outlines are asked for

  /* Whether a ring holds a point: the count of edges that a ray to the east crosses. */
  function inRing([x, y], ring) {
    let inside = false;
    for (let n = 0, last = ring.length - 1; n < ring.length; last = n, n += 1) {
      const [[ax, ay], [bx, by]] = [ring[n], ring[last]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside;
  }

  const inPolygon = (point, [outer, ...holes]) => inRing(point, outer) && !holes.some((hole) => inRing(point, hole));

  function contains(geometry, point) {
    if (!geometry) return false;
    return geometry.type === 'Polygon' ? inPolygon(point, geometry.coordinates) : (geometry.coordinates || []).some((one) => inPolygon(point, one));
  }

  /* {code, name} of the county that holds the point, null when none does, undefined when nobody could be asked. */
  async function regionAt(lon, lat) {
    const box = [lon - AROUND, lat - AROUND, lon + AROUND, lat + AROUND].join();
    try {
      const answer = await tonglan.api.get('/api/v1/features/city.counties?limit=10&bbox=' + box);
      const found = answer.items.find((one) => contains(one.geometry, [lon, lat]));
      return found ? { code: String(found.properties.code), name: found.properties.name } : null;
    } catch (failure) {
      return undefined;
    }
  }

  /* The position of the phone, as [longitude, latitude, metres]; rejects with what to do instead. */
  function locate() {
    return new Promise((resolve, reject) => {
      if (!window.isSecureContext) return reject(new Error(T.locateInsecure));
      if (!navigator.geolocation) return reject(new Error(T.locateNone));
      return navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve([coords.longitude, coords.latitude, Math.round(coords.accuracy)]),
        (wrong) => reject(new Error(wrong.code === 1 ? T.locateRefused : T.locateNone)),
        { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 30000 });
    });
  }

  function usePlace(value, onChange) {
    const [said, setSaid] = React.useState('');
    const [busy, setBusy] = React.useState(false);
    const latest = React.useRef(value);
    latest.current = value;
    async function take(lon, lat, words) {
      onChange(Object.assign({}, latest.current, { lon, lat }));
      setSaid(words);
      const region = await regionAt(lon, lat);
      if (region) onChange(Object.assign({}, latest.current, { lon, lat, region: region.code }));
      else if (region === null) setSaid(T.outside);
    }
    async function here() {
      setBusy(true);
      setSaid(T.locating);
      try {
        const [lon, lat, metres] = await locate();
        await take(lon, lat, T.located(metres));
      } catch (wrong) {
        setSaid(wrong.message);
      }
      setBusy(false);
    }
    return { said, busy, take, here };
  }

  const six = (number) => Math.round(number * 1e6) / 1e6;

  /* `value` {lon, lat, region, place}. */
  function Place({ value, onChange }) {
    const boot = tonglan.boot();
    const { said, busy, take, here } = usePlace(value, onChange);
    const [open, setOpen] = React.useState(false);
    const placed = typeof value.lon === 'number';
    const rows = React.useMemo(() => (placed ? [{ id: 'here', lon: value.lon, lat: value.lat, state: '上报' }] : []), [value.lon, value.lat]);
    const go = React.useMemo(() => (placed ? { do: 'fly', center: [value.lon, value.lat], zoom: 14, at: Date.now() } : undefined), [open]);
    return h('div', { className: 'yw-fd-place' },
      h('div', { className: 'yw-fd-two' }, h('button', { type: 'button', className: 'yw-button yw-fd-big', disabled: busy, onClick: here }, T.locate),
        h('button', { type: 'button', className: 'yw-button yw-fd-big', 'aria-expanded': open, onClick: () => setOpen(!open) }, open ? T.hideMap : T.onMap)),
      said && h('p', { className: 'yw-t2', role: 'status' }, said, placed && ' · ' + six(value.lon) + ', ' + six(value.lat)),
      open && h('div', { className: 'yw-fd-map' }, h(tonglan.CaseMap, { rows, chosen: 'here', hovered: null, now: 0, clustered: false, go, onClick: ([lon, lat]) => take(six(lon), six(lat), T.picked) })),
      h('label', { className: 'yw-fd-field' }, h('span', null, T.region), h(work.Select, { value: value.region, className: 'yw-fd-input', onChange: (event) => onChange(Object.assign({}, value, { region: event.target.value })), options: [{ value: '', title: T.choose }].concat(boot.places.map((one) => ({ value: one.code, title: one.name }))) })),
      h('label', { className: 'yw-fd-field' }, h('span', null, T.place), h(work.Input, { className: 'yw-fd-input', value: value.place, maxLength: 200, placeholder: T.placeHint, onChange: (event) => onChange(Object.assign({}, value, { place: event.target.value })) })));
  }

  Object.assign(tonglan, { FieldPlace: Place, fieldPlaces: { regionAt, contains, locate } });
})();
