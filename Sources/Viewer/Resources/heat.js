"use strict";
// Draws heat over a picture as camstream does: bilinear between the places of the map, then coloured, then blended.

const style = { shown: true, boxes: true, track: 0, colormap: "turbo", blend: "attention", opacity: 0.6, threshold: 0 };
const heatCanvas = document.createElement("canvas"), heatContext = heatCanvas.getContext("2d");
// No map needs more to look smooth.
const MOST_COLUMNS = 640;
let colours = null, coloursAre = "";

// The share of the opacity that a heat gets (HeatTables.attention).
function attention(heat) {
  const x = Math.min(Math.max((heat - 0.1) / 0.6, 0), 1);
  return x * x * (3 - 2 * x);
}

// Red, green, blue and opacity of each of 256 heats.
function colourTable() {
  const wanted = [style.colormap, style.blend, style.opacity, style.threshold].join();
  if (coloursAre === wanted) return colours;
  const digits = clip.facts.colormaps[style.colormap];
  const table = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    for (let c = 0; c < 3; c++) table[4 * i + c] = parseInt(digits.slice(6 * i + 2 * c, 6 * i + 2 * c + 2), 16);
    const heat = i / 255;
    const share = heat < style.threshold ? 0 : style.blend === "attention" ? attention(heat) : 1;
    table[4 * i + 3] = 255 * style.opacity * share;
  }
  [colours, coloursAre] = [new Uint32Array(table.buffer), wanted];
  return colours;
}

// Where samples lie between the places of a map, along one axis: the lower place, the upper one, the share of the upper.
function axis(places, samples) {
  const low = new Int32Array(samples), high = new Int32Array(samples), share = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const place = Math.min(Math.max((i + 0.5) * places / samples - 0.5, 0), places - 1);
    low[i] = Math.floor(place);
    high[i] = Math.min(low[i] + 1, places - 1);
    share[i] = place - low[i];
  }
  return { low, high, share };
}

// Over the picture that a context shows, which is as large as `width` x `height`.
function drawHeat(context, heats, track, width, height) {
  const [x, y, w, h] = track.region;
  const scaleX = width / clip.facts.width, scaleY = height / clip.facts.height;
  const columns = Math.max(1, Math.min(Math.round(w * scaleX), MOST_COLUMNS));
  const rows = Math.max(1, Math.min(Math.round(h * scaleY), Math.round(MOST_COLUMNS * (h * scaleY) / (w * scaleX)), 4 * MOST_COLUMNS));
  if (heatCanvas.width !== columns || heatCanvas.height !== rows) [heatCanvas.width, heatCanvas.height] = [columns, rows];
  const across = axis(track.width, columns), down = axis(track.height, rows);
  const image = heatContext.createImageData(columns, rows), pixels = new Uint32Array(image.data.buffer);
  const table = colourTable(), mixed = new Float32Array(track.width);
  for (let row = 0; row < rows; row++) {
    const upper = down.low[row] * track.width, lower = down.high[row] * track.width, share = down.share[row];
    for (let i = 0; i < track.width; i++) mixed[i] = heats[upper + i] + (heats[lower + i] - heats[upper + i]) * share;
    for (let i = 0, place = row * columns; i < columns; i++, place++) {
      const left = mixed[across.low[i]];
      pixels[place] = table[left + (mixed[across.high[i]] - left) * across.share[i] + 0.5 | 0];
    }
  }
  heatContext.putImageData(image, 0, 0);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.globalCompositeOperation = style.blend === "add" ? "lighter" : "source-over";
  context.imageSmoothingEnabled = true;
  context.drawImage(heatCanvas, x * scaleX, y * scaleY, w * scaleX, h * scaleY);
  context.restore();
}
