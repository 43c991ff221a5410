"use strict";
// Controls, keys, and what is told beside the picture.

function clock(seconds) {
  const parts = Math.max(0, seconds), minutes = Math.floor(parts / 60), rest = (parts % 60).toFixed(2).padStart(5, "0");
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const percent = share => `${(share / 100).toFixed(share < 1000 && share > 0 ? 1 : 0)} %`;

function startPanel() {
  const { facts, table } = clip;
  get("name").textContent = facts.name;
  const methods = [...new Set(facts.tracks.map(track => track.title))];
  get("made").textContent = `${methods.join(", ")} of ${facts.model}`;
  get("facts").textContent = `${facts.width} × ${facts.height}, ${facts.frames} frames, ${facts.codec} as it was recorded. `
    + `Model ${facts.model}, SHA-256 ${facts.model_sha256}. Kept by camstream ${facts.kept_by}, page by ${facts.program}.`;
  get("back").hidden = !facts.is_listed;
  // From a disk nobody adds the page's name.
  if (location.protocol === "file:") get("back").href = "../index.html";
  get("scrub").max = table.length - 1;
  for (const name of Object.keys(facts.colormaps)) get("colormap").append(new Option(name, name));
  const tracks = get("track-field");
  tracks.hidden = facts.tracks.length < 2;
  get("boxes-field").hidden = !clip.objects;
  get("track").max = facts.tracks.length - 1;
  startTimeline();
  resetStyle();
  listen();
}

function resetStyle() {
  Object.assign(style, clip.facts.style, { threshold: 0, track: 0, shown: true, boxes: true });
  fillStyle();
}

function fillStyle() {
  for (const name of ["colormap", "blend", "opacity", "threshold", "track"]) get(name).value = style[name];
  for (const name of ["shown", "boxes"]) get(name).checked = style[name];
  restyle();
}

function restyle() {
  get("opacity-value").textContent = `${Math.round(style.opacity * 100)} %`;
  get("threshold-value").textContent = style.threshold > 0 ? `${Math.round(style.threshold * 100)} %` : "nothing";
  const scale = get("scale").getContext("2d"), image = scale.createImageData(256, 1);
  const digits = clip.facts.colormaps[style.colormap];
  for (let i = 0; i < 256; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = parseInt(digits.slice(6 * i + 2 * c, 6 * i + 2 * c + 2), 16);
    image.data[4 * i + 3] = 255;
  }
  scale.putImageData(image, 0, 0);
  if (shown.hasPicture) draw();
}

function listen() {
  const choose = (name, value) => get(name).addEventListener("input", () => {
    style[name] = value(get(name));
    restyle();
  });
  choose("colormap", field => field.value);
  choose("blend", field => field.value);
  for (const name of ["opacity", "threshold", "track"]) choose(name, field => Number(field.value));
  for (const name of ["shown", "boxes"]) choose(name, field => field.checked);
  get("reset").addEventListener("click", resetStyle);
  get("play").addEventListener("click", toggle);
  canvas.addEventListener("click", toggle);
  get("before").addEventListener("click", () => step(-1));
  get("after").addEventListener("click", () => step(1));
  get("previous").addEventListener("click", () => change(-1));
  get("next").addEventListener("click", () => change(1));
  get("scrub").addEventListener("input", () => go(Number(get("scrub").value)));
  get("speed").addEventListener("change", () => video.playbackRate = Number(get("speed").value));
  get("sound").addEventListener("click", () => {
    video.muted = !video.muted;
    get("sound").setAttribute("aria-pressed", String(!video.muted));
  });
  get("sound").setAttribute("aria-pressed", "true");
  get("snapshot").addEventListener("click", snapshot);
  get("full").hidden = !document.fullscreenEnabled;
  get("full").addEventListener("click", fullScreen);
  document.addEventListener("keydown", press);
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen(); else get("picture").requestFullscreen();
}

// To where a class or a scene changes, before or behind the picture that is shown.
function change(direction) {
  const from = current();
  const found = direction > 0
    ? changes.find(one => one.row > from)?.row ?? clip.table.length - 1
    : changes.findLast(one => one.row < from)?.row ?? 0;
  go(found);
}

function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const field = event.target.closest("input, select, button, summary, a");
  const isSlider = field?.matches("input[type=range]:not(.scrub), select");
  // What has the focus has its own keys.
  if (isSlider && /^(Arrow|Home|End|Page)/.test(event.key)) return;
  if (field?.matches("select")) return;
  if (field && event.key === " " && !field.matches(".scrub")) return;
  const actions = {
    " ": toggle, ArrowLeft: () => event.shiftKey ? jump(-1) : step(-1), ArrowRight: () => event.shiftKey ? jump(1) : step(1),
    Home: () => go(0), End: () => go(clip.table.length - 1), n: () => change(1), p: () => change(-1), s: snapshot, f: fullScreen,
    h: () => { style.shown = !style.shown; fillStyle(); }, b: () => { style.boxes = !style.boxes; fillStyle(); },
  };
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function tellPlace(row) {
  const { table } = clip;
  get("scrub").value = row;
  const text = `${clock(table.time[row])} of ${clock(ends())}`;
  get("scrub").setAttribute("aria-valuetext", `frame ${row} at ${text}`);
  get("clock").textContent = `${text} · frame ${row}`;
  drawPlace();
}

function tellPicture(row, state) {
  const { table, facts } = clip;
  // While the browser is on its way, the place is where it goes to.
  if (wanted < 0) tellPlace(row >= 0 ? row : table.at(shown.time));
  get("label").textContent = row < 0 ? "nothing is told of this frame" : labelOf(row);
  tellSeen(row);
  const told = [];
  if (row >= 0 && table.hot[row] !== NO_HOT) told.push(`${percent(table.hot[row])} of the picture is hot`);
  if (row >= 0 && table.age[row] > 0) {
    told.push(table.says(row, FLAG.held) ? "the maps hold: nothing has changed" : `the maps are ${table.age[row].toFixed(2)} s older`);
  }
  if (state === "none") told.push("no heat here");
  if (!shown.isSure && state === "here") told.push("in motion the browser does not say exactly which frame this is");
  if (state === "coming") told.push("heat is loading");
  if (state === "missing") told.push("the file with this heat is missing");
  get("figures").textContent = told.join(" · ");
  const track = style.track, id = row < 0 ? -1 : table.heatClass[track][row];
  const share = id < 0 ? "" : ` ${percent(table.heatProbability[track][row])}`;
  const name = facts.tracks.some(one => one.title !== facts.tracks[0].title) ? `, ${facts.tracks[track].title}` : "";
  get("track-name").textContent = `${track + 1} of ${facts.tracks.length}: ${id < 0 ? "none" : className(id)}${share}${name}`;
}

// The most probable classes, by what is to be read of them.
function classesOf(row) {
  const { table } = clip, seen = [];
  for (let place = 0; place < TOP && row >= 0; place++) {
    const id = table.topClass[place][row];
    if (id >= 0) seen.push([className(id), table.topProbability[place][row]]);
  }
  return seen.sort((one, other) => other[1] - one[1]);
}

// The things that were found, or else the classes.
function tellSeen(row) {
  const bars = get("bars");
  const seen = clip.objects ? clip.objects.of(row).map(thing => [nameOf(thing), thing.score]) : classesOf(row);
  for (let place = 0; place < Math.max(seen.length, bars.children.length, TOP); place++) {
    if (!bars.children[place]) {
      const item = document.createElement("li");
      item.append(document.createElement("span"), document.createElement("i"), document.createElement("b"));
      bars.append(item);
    }
    const [text, share] = seen[place] ?? ["", 0], [name, bar, figure] = bars.children[place].children;
    bars.children[place].hidden = place >= seen.length;
    name.textContent = text;
    bar.style.setProperty("--share", share / 10000);
    figure.textContent = percent(share);
  }
}
