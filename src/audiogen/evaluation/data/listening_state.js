"use strict";
// A listening test: its data, a listener's answers, which are kept until they are downloaded, and
// the order in which a listener hears it. Sounds have names that say nothing.

const test = JSON.parse(document.getElementById("test").textContent);
const STORE = `audiogen-listening-${test.test}`;
let state = load() ?? fresh();

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const session = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { session, rater: "", started: null, finished: null, step: -1, answers: {} };
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(STORE));
  } catch {
    return null;
  }
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(state));
  } catch {
    // Where the browser keeps nothing, the answers last as long as the page.
  }
}

function result() {
  return {
    format: "audiogen listening result",
    version: 1,
    test: test.test,
    kind: test.kind,
    session: state.session,
    rater: state.rater,
    started: state.started,
    finished: state.finished,
    trials: order().map(({ id, sounds }) => ({
      trial: id,
      order: sounds,
      ratings: state.answers[id].ratings,
      seconds: state.answers[id].seconds,
    })),
  };
}

// ---- an order from the seed of the test and the listener's session ----------------------------

function order() {
  const random = generator(`${test.seed} ${state.session}`);
  const mixed = (trial) => ({ ...trial, sounds: shuffled(trial.sounds, random) });
  const trials = test.trials.map(mixed);
  return shuffled(trials, random);
}

function generator(text) {
  let hash = 2166136261; // FNV-1a, then mulberry32
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
  return () => {
    hash = (hash + 0x6d2b79f5) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 15), 1 | hash);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(items, random) {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}
