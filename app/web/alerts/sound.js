/* The sound of alerts: 红 every 30 s until 确认, 橙 once when it comes. Off and on per display. */
(function () {
  'use strict';
  const React = window.React;
  const tonglan = window.tonglan;
  const { h, classes, alerts, alertWords: words } = tonglan;
  const EVERY = 30000; // ms between two sounds of an unacknowledged 红 (SCREENS, sound)
  const KEY = 'tonglan.muted';
  const TONES = { 红: [[880, 0], [660, 0.28], [880, 0.56]], 橙: [[660, 0], [660, 0.3]] }; // Hz, s after the start
  let context = null;

  function remembered() {
    try {
      return window.localStorage.getItem(KEY) === '1';
    } catch (wrong) {
      return false; // a display without storage starts with sound
    }
  }

  const sound = tonglan.createStore({ muted: remembered(), able: false, played: 0 });

  function play(level) {
    if (sound.get().muted || !context || context.state !== 'running') return false;
    TONES[level].forEach(([pitch, after]) => {
      const start = context.currentTime + after;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.25, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.24);
      tone.connect(volume);
      volume.connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.25);
    });
    sound.set({ played: sound.get().played + 1 });
    return true;
  }

  /* Browsers let a page speak only after somebody touched it. */
  function allow() {
    try {
      context = context || new (window.AudioContext || window.webkitAudioContext)();
      Promise.resolve(context.resume()).then(() => sound.set({ able: context.state === 'running' }), () => undefined);
    } catch (wrong) {
      sound.set({ able: false }); // no sound on this computer: the mark says so
    }
  }

  const waiting = (row) => row.open && row.state === '未确认' && !row.false;
  const red = () => Object.values(alerts.get().rows).some((row) => row.level === '红' && waiting(row));

  /* As long as the page lives; returns what ends it. */
  function start() {
    const told = new Set(Object.values(alerts.get().rows).filter((row) => row.level === '橙').map((row) => row.id));
    let last = 0;
    const look = () => {
      if (!red()) last = 0;
      else if (Date.now() - last >= EVERY && play('红')) last = Date.now();
    };
    const stop = tonglan.alertFeed.listen((changed) => changed.forEach((row) => {
      if (row.level !== '橙' || !waiting(row) || told.has(row.id)) return;
      told.add(row.id);
      play('橙');
    }));
    const unsubscribe = alerts.subscribe(look);
    const timer = setInterval(look, 1000);
    const touch = (event) => sound.get().able || (event.target.closest && event.target.closest('.yw-sound')) || allow(); // the mark itself decides by its click
    window.addEventListener('pointerdown', touch);
    window.addEventListener('keydown', touch);
    return () => {
      stop();
      unsubscribe();
      clearInterval(timer);
      window.removeEventListener('pointerdown', touch);
      window.removeEventListener('keydown', touch);
    };
  }

  function toggle() {
    const { muted, able } = sound.get();
    if (!able) allow();
    const next = able ? !muted : false; // a first touch only lets it speak
    sound.set({ muted: next });
    try {
      window.localStorage.setItem(KEY, next ? '1' : '0');
    } catch (wrong) {
      return; // kept for this page only
    }
  }

  const PATHS = { on: 'M3 8v6h4l5 4V4L7 8zM15 7.5a5 5 0 0 1 0 7M17.5 5a8.5 8.5 0 0 1 0 12', off: 'M3 8v6h4l5 4V4L7 8zM15.5 8.5l5 5M20.5 8.5l-5 5' };

  /* The mark in the header: on, off, or waiting for a touch. */
  function AlertSound() {
    const { muted, able } = sound.use((state) => state);
    React.useEffect(start, []);
    const state = muted ? 'off' : able ? 'on' : 'wait';
    return h('button', { type: 'button', className: classes('yw-plain yw-sound', 'yw-sound-' + state), title: words.soundHint[state], 'aria-label': words.sound[state], 'aria-pressed': !muted, onClick: toggle },
      h('svg', { viewBox: '0 0 22 22', 'aria-hidden': true }, h('path', { d: PATHS[muted ? 'off' : 'on'] })), state === 'wait' && h('i', { 'aria-hidden': true }, '?'));
  }
  Object.assign(tonglan, { AlertSound, alertSound: sound });
})();
