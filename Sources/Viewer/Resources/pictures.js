"use strict";
// Takes the picture that the video shows, and finds out for certain which one it is. A script runs while the browser already shows
// the next one, so that the time that it was told of need not be that of what it can draw.

class Pictures {
  constructor(video) {
    this.video = video;
    // The picture that was taken last, and a place for the next one.
    this.canvas = document.createElement("canvas");
    this.spare = document.createElement("canvas");
    this.newest = null;
    this.lastSure = -Infinity;
    // Milliseconds from one refresh of the screen to the next.
    this.refresh = 1000 / 60;
    this.forget();
    for (const name of ["seeking", "seeked", "playing", "waiting", "ratechange"]) video.addEventListener(name, () => this.forget());
  }

  // What was told before says nothing of what comes.
  forget() { [this.told, this.doubted] = [null, null]; }

  // Chromium's and Safari's pictures have a time of their own, Firefox's have none. Nobody has it of a file from the disk, nor
  // from a server without TLS.
  static tellTheirTime = "VideoFrame" in window && !("mozHasAudio" in HTMLVideoElement.prototype) && location.protocol !== "file:";

  // Firefox draws what is due just now.
  static drawWhatIsDue = "mozHasAudio" in HTMLVideoElement.prototype;

  // Calls back with its time, once the picture is in `canvas`; never, where another one comes first.
  take(metadata, done) {
    this.newest = metadata;
    if (Pictures.tellTheirTime) return this.takeTold(metadata, done);
    if (Pictures.drawWhatIsDue && !this.isPlausible(metadata)) return;
    const wait = metadata.expectedDisplayTime - performance.now();
    if (!Pictures.drawWhatIsDue || wait <= 0) return this.takeDue(metadata, done);
    setTimeout(() => { if (this.newest === metadata) this.takeDue(metadata, done); }, wait + 1);
  }

  // Now and then, Firefox tells of a picture that it will show ten pictures later. While it plays, times go on as the clock does: one
  // that does not is left out, unless the next one goes with it.
  isPlausible({ mediaTime: time, expectedDisplayTime: at }) {
    const { video, told, doubted } = this, rate = video.playbackRate;
    const goesWith = one => one && Math.abs(time - one.time - (at - one.at) / 1000 * rate) < 0.05 + 0.03 * rate;
    if (!video.paused && !goesWith(told) && !goesWith(doubted)) {
      this.doubted = { time, at };
      return false;
    }
    [this.told, this.doubted] = [{ time, at }, null];
    return true;
  }

  // Draws until the picture is the same before and after.
  takeTold(metadata, done) {
    let time = this.time();
    for (let tries = 0; tries < 4 && time !== null; tries++) {
      this.draw();
      const after = this.time();
      if (after === time) return this.keep(done, time, true);
      time = after;
    }
    this.takeDue(metadata, done);
  }

  // Seconds; null: the browser does not say.
  time() {
    try {
      const frame = new VideoFrame(this.video), time = frame.timestamp / 1e6;
      frame.close();
      return time;
    } catch {
      return null;
    }
  }

  // Draws once it is due, and sees to it that the next one is not. That is due between two refreshes.
  takeDue(metadata, done) {
    const { video } = this, time = metadata.mediaTime, ahead = metadata.expectedDisplayTime - metadata.presentationTime;
    if (ahead > 4 && ahead < 60) this.refresh = ahead;
    this.draw();
    const now = performance.now(), row = clip.table.row(time);
    const rest = row < 0 ? 0 : (clip.table.time[row] + clip.table.duration(row) - time) * 1000 / video.playbackRate;
    const isSure = video.paused || now < metadata.expectedDisplayTime + rest - this.refresh;
    // A picture of which nobody knows is left out, unless there would be none for long.
    if (Pictures.drawWhatIsDue && !isSure && now - this.lastSure < 300) return;
    this.keep(done, time, isSure);
  }

  draw() {
    const { spare, video } = this;
    if (spare.width !== video.videoWidth || spare.height !== video.videoHeight) {
      [spare.width, spare.height] = [video.videoWidth, video.videoHeight];
    }
    spare.getContext("2d", { alpha: false }).drawImage(video, 0, 0, spare.width, spare.height);
  }

  keep(done, time, isSure) {
    [this.canvas, this.spare] = [this.spare, this.canvas];
    if (isSure) this.lastSure = performance.now();
    done({ time, isSure });
  }
}

const pictures = new Pictures(document.getElementById("video"));
