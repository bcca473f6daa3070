// Space plays and pauses, arrows move between players, with Shift within one. One plays at a time.
"use strict";
const players = [...document.querySelectorAll("audio")];
let current = 0;

function choose(index) {
  current = index;
  players.forEach((player, i) => player.closest("figure").classList.toggle("current", i === index));
}

function play(player) {
  player.play().catch(() => {});  // paused before it began
}

function moveTo(index) {
  if (index < 0 || index >= players.length || index === current) return;
  const was = players[current], plays = !was.paused;
  was.pause();
  choose(index);
  players[index].focus({ preventScroll: true });
  players[index].closest("figure").scrollIntoView({ block: "nearest" });
  if (plays) {
    players[index].currentTime = 0;
    play(players[index]);
  }
}

function rowOf(index) {
  const pair = players[index].closest(".pair");
  return pair ? Math.min(2, pair.querySelectorAll("audio").length) : 1;
}

function seek(seconds) {
  const player = players[current];
  player.currentTime = Math.max(0, Math.min(player.duration || 0, player.currentTime + seconds));
}

players.forEach((player, index) => {
  player.addEventListener("play", () => {
    players.forEach((other) => other !== player && other.pause());
    choose(index);
  });
  player.addEventListener("focus", () => choose(index));
});

document.addEventListener("keydown", (event) => {
  if (!players.length || event.ctrlKey || event.metaKey || event.altKey) return;
  const onControl = event.target.closest("button, summary, a, input, select, textarea");
  if (event.key === " " && !onControl) {
    const player = players[current];
    if (player.paused) play(player);
    else player.pause();
  } else if (event.key === "ArrowRight") {
    if (event.shiftKey) seek(1);
    else moveTo(current + 1);
  } else if (event.key === "ArrowLeft") {
    if (event.shiftKey) seek(-1);
    else moveTo(current - 1);
  } else if (event.key === "ArrowDown" && !event.shiftKey) {
    moveTo(Math.min(current + rowOf(current), players.length - 1));
  } else if (event.key === "ArrowUp" && !event.shiftKey) {
    moveTo(Math.max(current - rowOf(current), 0));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.querySelectorAll("button[data-start]").forEach((button) => {
  button.addEventListener("click", () => {
    const player = button.closest("section").querySelector("audio");
    player.currentTime = Number(button.dataset.start);
    play(player);
  });
});

if (players.length) choose(0);
