"use strict";
// What was seen in the clip: the table of all pictures, the things that were found in them, and their heat, which is loaded piece by
// piece. ClipTable.swift, ClipObjects.swift and HeatPieces.swift write it.

const FLAG = { record: 1, recognised: 2, held: 4, label: 8, cut: 16, heat: 256 };
const NO_HOT = 65535;
const TOP = 5;
let clip = null;

async function inflated(text) {
  const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

class Table {
  constructor(facts, bytes) {
    const n = facts.frames, tracks = facts.tracks.length;
    let place = 0;
    const column = Kind => {
      const values = new Kind(bytes, place, n);
      place += n * Kind.BYTES_PER_ELEMENT;
      return values;
    };
    const columns = (count, Kind) => Array.from({ length: count }, () => column(Kind));
    const steps = column(Uint32Array);
    this.frame = column(Int32Array);
    this.age = column(Float32Array);
    const classes = columns(tracks + TOP, Int32Array);
    this.flags = column(Uint16Array);
    this.hot = column(Uint16Array);
    const probabilities = columns(tracks + TOP, Uint16Array);
    this.heatClass = classes.slice(0, tracks);
    this.heatProbability = probabilities.slice(0, tracks);
    this.topClass = classes.slice(tracks);
    this.topProbability = probabilities.slice(tracks);
    // Seconds; whole units are added up, so that nothing is rounded twice.
    this.time = new Float64Array(n);
    let units = 0;
    for (let row = 0; row < n; row++) {
      units += steps[row];
      this.time[row] = units * facts.unit[0] / facts.unit[1];
    }
    this.length = n;
  }

  // The row of the picture that a browser says it shows; -1: nobody told of any. Chromium tells the picture's own time, Firefox
  // after a seek the time that was asked for, which lies before the next picture's. Both round.
  row(time) {
    const slack = row => Math.min(0.001, this.duration(row) / 4);
    if (time < this.time[0] - slack(0)) return -1;
    const row = this.at(time);
    return row + 1 < this.length && this.time[row + 1] - time <= slack(row) ? row + 1 : row;
  }

  duration(row) {
    const { time, length } = this;
    if (length < 2) return 1;
    return row + 1 < length ? time[row + 1] - time[row] : time[row] - time[row - 1];
  }

  // In the middle of a picture's time, where no rounding leads to its neighbours.
  middle(row) { return this.time[row] + this.duration(row) / 2; }

  // The picture that is shown at any time.
  at(time) {
    let low = 0, high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.time[middle] <= time) low = middle; else high = middle - 1;
    }
    return low;
  }

  says(row, flag) { return row >= 0 && (this.flags[row] & flag) !== 0; }
}

// The things of a detector.
class Objects {
  constructor(facts, bytes) {
    const counts = new Uint32Array(bytes, 0, facts.frames);
    this.starts = new Uint32Array(facts.frames + 1);
    counts.forEach((count, row) => { this.starts[row + 1] = this.starts[row] + count; });
    const all = this.starts[facts.frames], place = 4 * facts.frames;
    this.classes = new Int32Array(bytes, place, all);
    this.tracks = new Int32Array(bytes, place + 4 * all, all);
    this.scores = new Uint16Array(bytes, place + 8 * all, all);
    this.corners = new Uint16Array(bytes, place + 10 * all, 4 * all);
  }

  // Of a picture, best first; none where there is no picture.
  of(row) {
    if (row < 0) return [];
    return Array.from({ length: this.starts[row + 1] - this.starts[row] }, (_, i) => {
      const one = this.starts[row] + i;
      return {
        id: this.classes[one], track: this.tracks[one], score: this.scores[one],
        corners: this.corners.subarray(4 * one, 4 * one + 4),
      };
    });
  }
}

class HeatStore {
  constructor(facts) {
    this.facts = facts;
    this.sizes = facts.tracks.map(track => track.width * track.height);
    this.pieces = new Map();
    this.onLoad = () => {};
  }

  // The heat of a row, a byte a place; null: it is not here yet. What comes next is fetched, too.
  get(row, track) {
    const number = Math.floor(row / this.facts.piece_length);
    this.load(number);
    if (row % this.facts.piece_length > this.facts.piece_length / 2) this.load(number + 1);
    const piece = this.pieces.get(number);
    if (!piece || !piece.tracks) return null;
    const size = this.sizes[track], start = row % this.facts.piece_length * size;
    return piece.tracks[track].subarray(start, start + size);
  }

  load(number) {
    const last = Math.floor((this.facts.frames - 1) / this.facts.piece_length);
    const known = this.pieces.get(number);
    if (number > last) return;
    if (known) {
      // The one that was used last is the last to go.
      this.pieces.delete(number);
      this.pieces.set(number, known);
      return;
    }
    this.pieces.set(number, {});
    while (this.pieces.size > 8) this.pieces.delete(this.pieces.keys().next().value);
    const script = document.createElement("script");
    script.src = `heat-${number}.js`;
    script.onerror = () => {
      this.pieces.set(number, { failed: true });
      this.onLoad();
    };
    script.onload = () => script.remove();
    document.head.append(script);
  }

  async take(number, text) {
    const bytes = new Uint8Array(await inflated(text));
    const count = Math.min(this.facts.piece_length, this.facts.frames - number * this.facts.piece_length);
    let place = 0;
    const tracks = this.sizes.map(size => {
      const heats = bytes.subarray(place, place + count * size);
      place += count * size;
      // Each is told as what it is more than the one before.
      for (let i = size; i < heats.length; i++) heats[i] += heats[i - size];
      return heats;
    });
    this.pieces.set(number, { tracks });
    this.onLoad();
  }

  failed(row) { return this.pieces.get(Math.floor(row / this.facts.piece_length))?.failed === true; }
}

// Called by clip.js and by the pieces of heat.
async function camstreamClip(facts) {
  try {
    clip = { facts, table: new Table(facts, await inflated(facts.table)), objects: null, heat: new HeatStore(facts) };
    if (facts.objects) clip.objects = new Objects(facts, await inflated(facts.objects));
  } catch (error) {
    return showTrouble(`This browser cannot read what was recorded: ${error.message}. A newer one can.`);
  }
  startPlayer();
}
function camstreamHeat(number, text) { clip.heat.take(number, text); }
