// ---- The live picture as video (HLS), where the browser plays it: it takes less of the network, and comes some seconds later ----
const video = element("video", {muted: true, autoplay: true, playsInline: true});
const canPlayVideo = !!video.canPlayType?.("application/vnd.apple.mpegurl");
video.setAttribute("aria-label", canvas.getAttribute("aria-label"));
// The choice is this browser's, where it may keep one.
const choice = {
  get() { try { return localStorage.getItem("camstream-video") === "1"; } catch { return false; } },
  set(is) { try { localStorage.setItem("camstream-video", is ? "1" : "0"); } catch { /* It is asked anew next time. */ } },
};
let asVideo = canPlayVideo && choice.get(), watched = null;
// How long ago the shown picture was taken, in milliseconds, and bits a second; null: not known.
let videoLag = null, videoRate = null;

function showVideo() {
  if (watched) return;
  const abort = watched = new AbortController();
  // Behind the last picture until it plays.
  $("frame").prepend(video);
  const again = problem => {
    if (abort.signal.aborted) return;
    streaming = false;
    showStatus(problem);
    setTimeout(() => { if (!abort.signal.aborted) video.src = "hls/index.m3u8?" + Date.now(); }, 2000);
  };
  const on = (name, act) => video.addEventListener(name, act, {signal: abort.signal});
  on("error", () => again("Connection lost, trying again …"));
  on("loadedmetadata", () => {
    if (video.videoWidth) $("frame").style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  });
  on("playing", () => { streaming = canvas.hidden = true; showStatus(); });
  on("waiting", () => { streaming = false; showStatus(); });
  const count = () => {
    if (abort.signal.aborted) return;
    drawn.push(performance.now());
    showTold();
    video.requestVideoFrameCallback?.(count);
  };
  video.requestVideoFrameCallback?.(count);
  video.src = "hls/index.m3u8?" + Date.now();
  video.play().catch(() => {});
  keepAsking(abort.signal);
}
// The playlist tells what the player does not: how much it takes, and when its pictures were taken.
async function keepAsking(signal) {
  let zeros = [];
  while (!signal.aborted) {
    try {
      const response = await fetch("hls/index.m3u8", {signal, cache: "no-store"});
      if (response.status === 404) {
        $("video").hidden = true;
        watchAs(false);
        return;
      }
      const list = response.ok ? await response.text() : "";
      const all = name => [...list.matchAll(new RegExp(`#${name}:([^,\\n]+)`, "g"))].map(found => found[1]);
      const rates = all("EXT-X-BITRATE").map(Number), seconds = all("EXTINF").map(Number), [last] = all("EXT-X-PROGRAM-DATE-TIME").slice(-1);
      if (rates.length) videoRate = 1000 * rates.reduce((sum, rate) => sum + rate) / rates.length;
      // Chromium tells of nothing that can be sought to in a live picture.
      const had = video.seekable.length ? video.seekable : video.buffered;
      if (last && had.length) {
        const end = had.end(had.length - 1), ahead = end - video.currentTime;
        // When the picture of the player's time 0 was taken. The player has the whole list only at times: the earliest is right.
        zeros = [...zeros.slice(-9), Date.parse(last) + 1000 * (seconds.at(-1) - end)];
        const lag = Date.now() - Math.min(...zeros) - 1000 * video.currentTime;
        // Else the clocks here and there are not the same.
        videoLag = lag > 0 && lag < 60000 ? lag : null;
        // It has been away, or has waited: what is old is not live.
        if (ahead > 8) video.currentTime = end - 3;
      }
      $("latency").textContent = figure(videoLag ?? NaN, 0);
    } catch { /* The player tells what is wrong. */ }
    await wait(videoLag ? 2000 : 500);
  }
}
function hideVideo() {
  if (!watched) return;
  watched.abort();
  watched = null;
  // The last picture stays.
  if (video.videoWidth) {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    pen.drawImage(video, 0, 0);
  }
  canvas.hidden = false;
  video.removeAttribute("src");
  video.load();
  video.remove();
  streaming = false;
  videoLag = videoRate = null;
}
function watchAs(isVideo) {
  asVideo = isVideo;
  if (isVideo) stopReading();
  hideVideo();
  drawn = [];
  arrived = [];
  showWay();
  update();
}
function showWay() {
  $("video").setAttribute("aria-pressed", asVideo);
  $("offer").hidden = true;
}

// ---- What the picture takes ----
let arrived = [], muchSince = null;
// A second's worth of it is a lot for a telephone, and nothing for this machine itself.
const MUCH = 8e6, isHere = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
setInterval(() => {
  const now = performance.now();
  arrived = arrived.filter(([time]) => now - time < 4000);
  const bits = asVideo ? videoRate : 2 * arrived.reduce((sum, [, bytes]) => sum + bytes, 0);
  $("rate").textContent = streaming && bits ? figure(bits / 1e6, bits < 1e7 ? 1 : 0) : "–";
  if (asVideo || !streaming || !(bits > MUCH)) muchSince = null; else muchSince ??= now;
  if (muchSince === null || now - muchSince < 5000 || !canPlayVideo || choice.isOffered || isHere) return;
  choice.isOffered = true;
  $("offer").hidden = false;
}, 1000);
$("video").hidden = !canPlayVideo || !canRead;
$("video").onclick = () => {
  choice.set(!asVideo);
  watchAs(!asVideo);
};
$("offer-take").onclick = () => $("video").click();
$("offer-leave").onclick = () => { $("offer").hidden = true; };
showWay();
