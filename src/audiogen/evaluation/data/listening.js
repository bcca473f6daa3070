// A listening test: what is heard and seen of it.

const main = document.querySelector("main");
const player = new Audio();
const OPINIONS = ["Bad", "Poor", "Fair", "Good", "Excellent"];
const KEYS = {
  preference: "1 prefers A, 2 prefers B, 3 sees no difference",
  mos: "1 to 5 rate",
  mushra: "1 to 9 rate the selected sound 10 to 90, 0 rates it 100, arrows on a slider are finer",
};
let view = null; // what is on the screen: {trial, heard, rows, ratings, next, since}
let playing = null;
let selected = null;

// ---- sound ----------------------------------------------------------------------------------

function stop() {
  player.pause();
  playing = null;
}

function toggle(id) {
  const again = playing === id;
  stop();
  select(id);
  if (!again) {
    playing = id;
    player.src = test.sounds[id];
    player.play().catch((error) => {
      if (error.name !== "AbortError") say(`This sound cannot be played: ${error.message}`);
    });
  }
  update();
}

player.addEventListener("playing", () => {
  if (view && playing !== null) view.heard.add(playing);
  update();
});
player.addEventListener("ended", () => {
  const row = view?.rows.get(playing);
  playing = null;
  if (row && test.kind === "preference") selectUnheard(row); // digits rate what mushra selects
  update();
});

function selectUnheard(row) {
  const unheard = [...view.rows.keys()].find((id) => !view.heard.has(id));
  if (unheard === undefined) return;
  select(unheard);
  if (document.activeElement === row.play) view.rows.get(unheard).play.focus();
}

function select(id) {
  selected = id;
  if (!view) return;
  for (const [other, row] of view.rows) {
    row.element.classList.toggle("selected", other === id);
  }
}

// ---- what is on the screen ------------------------------------------------------------------

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const button = (words, onclick, attributes = {}) =>
  element("button", { type: "button", onclick, ...attributes }, words);

function show(heading, ...children) {
  const title = element("h1", { tabindex: "-1" }, heading);
  main.replaceChildren(title, ...children);
  title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function say(words) {
  const status = document.getElementById("status");
  if (status && status.textContent !== words) status.textContent = words;
}

function playButton(id, name) {
  return button("", () => toggle(id), { class: "play", "aria-label": `Play ${name}` });
}

function mark(play, name, id) {
  const now = playing === id;
  play.textContent = `${now ? "■" : "▶"} ${name[0].toUpperCase()}${name.slice(1)}`;
  play.setAttribute("aria-label", `${now ? "Stop" : "Play"} ${name}`);
}

function showStart() {
  view = null;
  const n = test.trials.length;
  const rater = element("input", {
    id: "rater", type: "text", autocomplete: "off", maxlength: 80,
  });
  rater.value = state.rater;
  const volume = playButton(test.trials[0].sounds[0], "a sound");
  volume.textContent = "▶ Play a sound";
  const begin = () => {
    stop();
    state = { ...state, rater: rater.value.trim(), started: new Date().toISOString(), step: 0 };
    keep();
    showTrial();
  };
  show(
    "Listening test",
    element("p", {}, `${n} ${n === 1 ? "question" : "questions"}: ${test.question}`),
    element("p", {}, "Use headphones in a quiet place. Play a sound, and set the volume so that ",
      "you hear it well. Then leave it as it is."),
    element("p", {}, volume),
    element("p", {}, element("label", { for: "rater" }, "Your name or initials, if you like:"),
      rater),
    element("p", { class: "soft" }, "Nothing is sent anywhere. At the end you download a file ",
      "with your answers and send it to whoever gave you this page. If you close the page it goes ",
      "on where you were."),
    element("p", { id: "status", role: "status" }),
    element("p", {}, button("Begin", begin, { id: "next", class: "primary" })),
  );
}

function beginAgain() {
  state = fresh();
  keep();
  showStart();
}

function showReturn() {
  const onward = `Go on with question ${state.step + 1} of ${test.trials.length}`;
  show(
    "Welcome back",
    element("p", {}, state.rater ? `The answers of ${state.rater} so far are here.`
      : "The answers so far are here."),
    element("p", {}, button(onward, showTrial, { id: "next", class: "primary" })),
    element("p", { class: "soft" }, "Somebody else's answers would take their place:"),
    element("p", {}, button("Begin again as somebody else", beginAgain)),
  );
}

function showTrial() {
  stop();
  const trials = order();
  const trial = trials[state.step];
  view = { trial, heard: new Set(), rows: new Map(), since: Date.now(), ratings: {} };
  const before = state.answers[trial.id];
  if (before) {
    Object.assign(view.ratings, before.ratings);
    view.heard = new Set([...trial.sounds, trial.reference]);
  }
  const n = trials.length;
  const bodies = { preference: preferenceBody, mos: opinionBody, mushra: sliderBody };
  const keys = `Keys: Space plays, ← and → select a sound, ${KEYS[test.kind]}, Enter goes on.`;
  const last = state.step === n - 1;
  view.next = button(last ? "Finish" : "Next", next, { id: "next", class: "primary" });
  const back = button("Back", goBack, { id: "back", disabled: state.step === 0 });
  show(
    `Question ${state.step + 1} of ${n}`,
    element("progress", { max: n, value: state.step, "aria-label": "Questions answered" }),
    bodies[test.kind](trial),
    element("p", { id: "status", role: "status" }),
    element("p", { class: "buttons" }, back, view.next),
    element("p", { class: "soft keys" }, keys),
  );
  select([...view.rows.keys()][0]);
  update();
}

function addRow(id, name, ...children) {
  const play = playButton(id, name);
  const row = element("div", { class: "sound" }, play, ...children);
  view.rows.set(id, { element: row, play, name });
  return row;
}

const letter = (place) => `sound ${String.fromCharCode(65 + place)}`;

function choices(options, isChosen, choose) {
  const items = options.map(([words, key], place) => {
    const input = element("input", {
      type: "radio", name: "answer", value: key, onchange: () => choose(place),
    });
    input.checked = isChosen(place);
    const digit = element("kbd", { "aria-hidden": "true" }, key);
    return element("label", { class: "choice" }, input, digit, " ", words);
  });
  view.inputs = items.map((item) => item.querySelector("input"));
  return element("fieldset", {}, element("legend", {}, test.question), ...items);
}

function preferenceBody({ sounds: [a, b] }) {
  const answers = [{ [a]: 1, [b]: 0 }, { [a]: 0, [b]: 1 }, { [a]: 0.5, [b]: 0.5 }];
  const options = [["Sound A", "1"], ["Sound B", "2"], ["No difference", "3"]];
  return element("div", { class: "card" },
    element("div", { class: "pair" }, addRow(a, letter(0)), addRow(b, letter(1))),
    choices(options, (place) => view.ratings[a] === answers[place][a], (place) => {
      view.ratings = answers[place];
      update();
    }));
}

function opinionBody({ sounds: [id] }) {
  const options = OPINIONS.map((words, place) => [words, String(place + 1)]);
  return element("div", { class: "card" },
    element("div", { class: "pair" }, addRow(id, "the sound")),
    choices(options, (place) => view.ratings[id] === place + 1, (place) => {
      view.ratings = { [id]: place + 1 };
      update();
    }));
}

function sliderBody({ sounds, reference }) {
  view.sliders = new Map();
  const first = addRow(reference, "the reference");
  const rows = sounds.map((id, place) => sliderRow(id, letter(place)));
  return element("div", { class: "card" },
    element("p", {}, test.question, " One of them is the reference itself, to be rated 100."),
    first,
    element("p", { class: "scale soft", "aria-hidden": "true" },
      ...OPINIONS.map((words) => element("span", {}, words))),
    ...rows);
}

function sliderRow(id, name) {
  const slider = element("input", {
    type: "range", min: 0, max: 100, step: 1, "aria-label": `Rating of ${name}, 0 to 100`,
    oninput: () => rate(id, Number(slider.value)),
    onpointerup: () => rate(id, Number(slider.value)),
    onfocus: () => select(id),
  });
  const shown = element("output", {}, "–");
  slider.value = view.ratings[id] ?? 50;
  view.sliders.set(id, { slider, shown });
  return addRow(id, name, slider, shown);
}

function rate(id, value) {
  view.ratings[id] = value;
  view.sliders.get(id).slider.value = value;
  update();
}

function missing() {
  for (const [id, row] of view.rows) if (!view.heard.has(id)) return `Listen to ${row.name}.`;
  const rated = view.trial.sounds.filter((id) => id in view.ratings);
  if (rated.length === view.trial.sounds.length) return "";
  if (test.kind !== "mushra") return "Choose an answer.";
  const open = view.trial.sounds.find((id) => !(id in view.ratings));
  return `Rate ${view.rows.get(open).name}.`;
}

function update() {
  if (!view) return;
  for (const [id, row] of view.rows) mark(row.play, row.name, id);
  for (const [id, { slider, shown }] of view.sliders ?? []) {
    const rated = id in view.ratings;
    shown.textContent = rated ? view.ratings[id] : "–";
    slider.classList.toggle("unrated", !rated);
  }
  const words = missing();
  view.next.disabled = words !== "";
  say(words);
}

function keepAnswer() {
  const { id } = view.trial;
  const before = state.answers[id]?.seconds ?? 0;
  const seconds = Math.round(before * 10 + (Date.now() - view.since) / 100) / 10;
  state.answers[id] = { ratings: view.ratings, seconds };
}

function next() {
  keepAnswer();
  state.step += 1;
  const done = state.step === test.trials.length;
  if (done) state.finished = new Date().toISOString();
  keep();
  if (done) showEnd();
  else showTrial();
}

function goBack() {
  if (missing() === "") keepAnswer();
  state.step -= 1;
  keep();
  showTrial();
}

function showEnd() {
  stop();
  view = null;
  const text = JSON.stringify(result(), null, 1);
  const name = (state.rater || state.session).replace(/[^\p{L}\p{N}_-]+/gu, "-");
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const again = button("Begin again as somebody else", beginAgain, { disabled: true });
  const saved = () => (again.disabled = false);
  const copy = element("textarea", {
    rows: 6, readonly: true, "aria-label": "Your answers as text", oncopy: saved,
  });
  copy.value = text;
  show(
    "Thank you",
    element("p", {}, "Download your answers, and send the file to whoever gave you this page."),
    element("p", {}, element("a", {
      id: "download", class: "button primary", onclick: saved,
      href, download: `listening-${name}.json`,
    }, "Download your answers")),
    element("details", {}, element("summary", {}, "Or copy them as text"), copy),
    element("p", { class: "soft" }, "The page keeps them until somebody else begins."),
    element("p", {}, again),
  );
}
