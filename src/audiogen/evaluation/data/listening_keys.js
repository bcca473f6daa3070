// A listening test: its keys, and its start.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  const isText = target.matches("textarea, input[type=text]");
  const isOther = target.matches("button:not(.play), a, summary");
  const onward = document.getElementById("next");
  if (key === "Enter" && onward && !onward.disabled && !isOther) {
    event.preventDefault();
    onward.click();
  } else if (view && !isText && handled(key, target, isOther)) {
    event.preventDefault();
  }
});

function handled(key, target, isOther) {
  if (key === " ") {
    const own = isOther || target.matches(".play, input[type=radio]:not(:checked)");
    if (!own) toggle(selected);
    return !own;
  }
  if (/^\d$/.test(key)) return rateByDigit(Number(key));
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!step || target.matches("input")) return false;
  const ids = [...view.rows.keys()];
  const place = Math.min(Math.max(ids.indexOf(selected) + step, 0), ids.length - 1);
  select(ids[place]);
  view.rows.get(ids[place]).play.focus();
  return true;
}

function rateByDigit(digit) {
  if (test.kind === "mushra") {
    if (view.sliders.has(selected)) rate(selected, digit === 0 ? 100 : 10 * digit);
    return true;
  }
  view.inputs[digit - 1]?.click();
  return true;
}

if (state.step < 0) showStart();
else if (state.step < test.trials.length) showReturn();
else showEnd();
