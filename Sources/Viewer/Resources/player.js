"use strict";
// Plays the video. Each picture is drawn together with its own heat, on one canvas: the time that the browser tells of the picture
// that it has just shown finds the row. What stands on the canvas is always one picture and what was seen in it.

const get = id => document.getElementById(id);
const video = get("video"), canvas = get("canvas"), context = canvas.getContext("2d", { alpha: false });
let shown = { row: -1, time: 0, hasPicture: false, isSure: true };
// Where to go once the browser has gone where it is going; -1: nowhere.
let wanted = -1, isGoing = false;
// Where it stands still since somebody went there, though its picture may come later; -1: it plays, or nobody went anywhere.
let stand = -1;

function showTrouble(text) {
  get("trouble").textContent = text;
  get("trouble").hidden = !text;
}

function startPlayer() {
  const { facts } = clip;
  document.title = `${facts.name} – camstream`;
  startPanel();
  if (!("requestVideoFrameCallback" in HTMLVideoElement.prototype)) {
    return showTrouble("This browser does not tell which picture it shows, so no heat can be drawn. A newer one does.");
  }
  clip.heat.onLoad = () => { if (shown.hasPicture) draw(); };
  video.addEventListener("error", tellUndecodable);
  video.addEventListener("loadedmetadata", () => {
    // Without a picture there is sound alone.
    if (!video.videoWidth) return tellUndecodable();
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    hasSound();
  });
  video.addEventListener("seeked", arrived);
  video.addEventListener("playing", () => {
    get("play").textContent = "Pause";
    stand = -1;
  });
  video.addEventListener("pause", () => {
    get("play").textContent = "Play";
    // Where no picture tells its time, what it stopped at is found by going there.
    if (!Pictures.tellTheirTime && stand < 0) go(clip.table.at(video.currentTime));
  });
  video.requestVideoFrameCallback(take);
  video.src = facts.video;
}

function tellUndecodable() {
  const { codec, name } = clip.facts;
  showTrouble(`This browser cannot play ${codec} of this kind. Another one may; 'camstream burn ${name} -o overlay.mp4' makes `
    + "a video with the heat that every browser plays.");
}

// Called by the browser for each picture that it shows.
function take(now, metadata) {
  video.requestVideoFrameCallback(take);
  pictures.take(metadata, found => {
    shown = { ...found, row: clip.table.row(found.time), hasPicture: true };
    draw();
  });
}

function draw() {
  context.drawImage(pictures.canvas, 0, 0);
  const { row } = shown, { table, heat, facts } = clip;
  let state = "none";
  if (table.says(row, FLAG.heat << style.track)) {
    const heats = heat.get(row, style.track);
    if (heats && style.shown) drawHeat(context, heats, facts.tracks[style.track], canvas.width, canvas.height);
    state = heats ? "here" : heat.failed(row) ? "missing" : "coming";
  }
  if (clip.objects && style.boxes) drawBoxes(context, clip.objects.of(row), canvas.width, canvas.height);
  canvas.dataset.row = row;
  canvas.dataset.frame = row < 0 ? -1 : table.frame[row];
  canvas.dataset.heat = state;
  canvas.dataset.sure = shown.isSure;
  tellPicture(row, state);
}

// The row that is meant by who steps on from here.
function current() {
  if (stand >= 0) return stand;
  return shown.row >= 0 ? shown.row : clip.table.at(video.currentTime);
}

function go(row) {
  wanted = stand = Math.min(Math.max(row, 0), clip.table.length - 1);
  tellPlace(wanted);
  if (!isGoing) leave();
}

function leave() {
  isGoing = true;
  video.currentTime = clip.table.middle(wanted);
}

function arrived() {
  isGoing = false;
  if (!video.paused) stand = -1;
  if (wanted < 0) return;
  // More may have been asked for meanwhile.
  if (clip.table.at(video.currentTime) !== wanted) return leave();
  wanted = -1;
}

function step(frames) {
  video.pause();
  go(current() + frames);
}

function jump(seconds) { go(clip.table.at(clip.table.time[current()] + seconds)); }

function toggle() {
  if (!video.paused) return video.pause();
  if (current() === clip.table.length - 1) go(0);
  video.play().catch(error => { if (error.name !== "AbortError") showTrouble(`The browser does not play it: ${error.message}`); });
}

function hasSound() {
  const has = video.mozHasAudio || video.audioTracks?.length > 0 || video.webkitAudioDecodedByteCount > 0;
  if (has) get("sound").hidden = false;
  // Chromium knows only when it has decoded some.
  else video.addEventListener("timeupdate", () => { if (video.webkitAudioDecodedByteCount > 0) get("sound").hidden = false; });
}

function snapshot() {
  const row = shown.row;
  try {
    canvas.toBlob(blob => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${clip.facts.name.replace(/\.[^.]*$/, "")}-${row < 0 ? "frame" : clip.table.frame[row]}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  } catch {
    showTrouble("From a disk, browsers let no page save pictures of a video. From a web server, or 'camstream view', they do.");
    setTimeout(() => showTrouble(""), 8000);
  }
}
