"use strict";
// The clip from left to right: how probable its main classes were, how much of the picture was hot, which class was drawn, and
// where that or the scene changed.

const LINES = 5;
let lines = [];
let changes = [];

// The classes that were most probable over the whole clip, at most LINES of them.
function mainClasses() {
  const { table } = clip, sums = new Map();
  for (let place = 0; place < TOP; place++) {
    for (let row = 0; row < table.length; row++) {
      const id = table.topClass[place][row];
      if (id >= 0) sums.set(id, (sums.get(id) ?? 0) + table.topProbability[place][row]);
    }
  }
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, LINES).map(([id]) => id);
}

function findChanges() {
  const { table } = clip, found = [];
  for (let row = 0; row < table.length; row++) {
    if (table.says(row, FLAG.cut)) found.push({ row, what: "Cut" });
    if (table.says(row, FLAG.label)) found.push({ row, what: labelOf(row) });
  }
  return found;
}

function className(id) { return clip.facts.names[id] ?? `class ${id}`; }

// What is written on pictures.
function labelOf(row) {
  const { table } = clip;
  if (!table.says(row, FLAG.record)) return "nothing is told";
  if (clip.objects) return clip.objects.of(row).map(nameOf).join(", ") || "nothing found";
  if (!table.says(row, FLAG.recognised)) return "nothing recognised";
  const id = table.heatClass[0]?.[row] >= 0 ? table.heatClass[0][row] : table.topClass[0][row];
  return id >= 0 ? className(id) : "nothing recognised";
}

function startTimeline() {
  lines = mainClasses();
  changes = findChanges();
  const key = get("key");
  const entry = (kind, text) => {
    const item = document.createElement("li"), mark = document.createElement("i");
    mark.className = kind;
    item.append(mark, text);
    key.append(item);
  };
  lines.forEach((id, number) => entry(`line s${number}`, className(id)));
  entry("hot", "hot share of the picture");
  if (changes.some(one => one.what === "Cut")) entry("cut", "cut");
  if (changes.some(one => one.what !== "Cut")) entry("change", clip.objects ? "another object" : "another class");
  fillChanges();
  const place = get("timeline");
  const seek = event => {
    const box = place.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    go(clip.table.at(share * ends()));
  };
  place.addEventListener("pointerdown", event => {
    place.setPointerCapture(event.pointerId);
    seek(event);
  });
  place.addEventListener("pointermove", event => { if (place.hasPointerCapture(event.pointerId)) seek(event); });
  new ResizeObserver(drawTimeline).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTimeline);
}

// More than a list can be read.
const MOST_CHANGES = 500;

function fillChanges() {
  get("changes-title").textContent = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  get("changes-box").hidden = changes.length === 0;
  for (const one of changes.slice(0, MOST_CHANGES)) {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.textContent = `${clock(clip.table.time[one.row])}  ${one.what}`;
    button.addEventListener("click", () => go(one.row));
    item.append(button);
    get("changes").append(item);
  }
}

function ends() { return clip.table.time[clip.table.length - 1] + clip.table.duration(clip.table.length - 1); }

// The whole chart but for the place where the video is.
let chart = null;

function drawTimeline() {
  const place = get("timeline"), ratio = devicePixelRatio || 1;
  const width = Math.max(Math.round(place.clientWidth * ratio), 1), height = Math.max(Math.round(place.clientHeight * ratio), 1);
  [place.width, place.height] = [width, height];
  chart = document.createElement("canvas");
  [chart.width, chart.height] = [width, height];
  const to = chart.getContext("2d"), css = getComputedStyle(document.documentElement);
  const colour = name => css.getPropertyValue(`--${name}`).trim();
  const { table } = clip, strip = Math.round(10 * ratio), top = Math.round(6 * ratio), low = height - strip - Math.round(6 * ratio);
  const x = row => table.time[row] / ends() * width;
  to.strokeStyle = colour("line");
  to.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    const y = Math.round(low - share * (low - top)) + 0.5;
    to.beginPath(); to.moveTo(0, y); to.lineTo(width, y); to.stroke();
  }
  // The highest of each column: what lasts a frame in an hour still is to be seen.
  const columns = value => {
    const found = new Float32Array(width).fill(-1);
    for (let row = 0; row < table.length; row++) {
      const column = Math.min(Math.floor(x(row)), width - 1), one = value(row);
      if (one > found[column]) found[column] = one;
    }
    return found;
  };
  const path = found => {
    to.beginPath();
    let isOpen = false;
    found.forEach((share, column) => {
      if (share < 0) return;
      const y = low - share * (low - top);
      if (isOpen) to.lineTo(column + 0.5, y); else to.moveTo(column + 0.5, y);
      isOpen = true;
    });
  };
  path(columns(row => table.hot[row] === NO_HOT ? -1 : table.hot[row] / 10000));
  to.lineTo(width, low); to.lineTo(0, low); to.closePath();
  to.fillStyle = colour("hot-area");
  to.fill();
  to.lineWidth = 1.5 * ratio;
  lines.forEach((id, number) => {
    const share = row => {
      for (let place = 0; place < TOP; place++) {
        if (table.topClass[place][row] === id) return table.topProbability[place][row] / 10000;
      }
      return table.says(row, FLAG.record) ? 0 : -1;
    };
    to.strokeStyle = colour(`s${number}`);
    path(columns(share));
    to.stroke();
  });
  drawStrip(to, x, height - strip, strip, colour);
  for (const one of changes) {
    to.fillStyle = colour(one.what === "Cut" ? "text" : "muted");
    const isCut = one.what === "Cut";
    to.fillRect(Math.round(x(one.row)), isCut ? 0 : height - strip, Math.max(1, Math.round(ratio)), isCut ? height : strip);
  }
  drawPlace();
}

// The drawn class, in the colour of its line.
function drawStrip(to, x, y, height, colour) {
  const { table } = clip;
  let start = 0;
  const kind = row => {
    if (!table.says(row, FLAG.recognised)) return "sunken";
    const number = lines.indexOf((clip.objects ? table.topClass : table.heatClass)[0]?.[row] ?? -1);
    return number < 0 ? "muted" : `s${number}`;
  };
  for (let row = 1; row <= table.length; row++) {
    if (row < table.length && kind(row) === kind(start)) continue;
    const end = row < table.length ? x(row) : to.canvas.width;
    to.fillStyle = colour(kind(start));
    to.fillRect(x(start), y, Math.max(end - x(start), 1), height);
    start = row;
  }
}

function drawPlace() {
  if (!chart) return;
  const place = get("timeline"), to = place.getContext("2d"), ratio = devicePixelRatio || 1;
  to.clearRect(0, 0, place.width, place.height);
  to.drawImage(chart, 0, 0);
  const at = wanted >= 0 ? clip.table.time[wanted] : shown.row >= 0 ? clip.table.time[shown.row] : shown.time;
  to.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  to.fillRect(Math.round(at / ends() * place.width) - ratio, 0, 2 * ratio, place.height);
}
