"use strict";
// Draws the boxes of things over a picture, each in its colour and with its name, as camstream does.

// One for each thing, or for each class where nobody followed things: a golden angle apart on the circle of hues (BoxColour.swift).
function boxColour(number) {
  const hue = number * 0.61803398875 % 1;
  const channel = value => 0.2 + 0.8 * Math.min(Math.max(value, 0), 1);
  return [channel(Math.abs(6 * hue - 3) - 1), channel(2 - Math.abs(6 * hue - 2)), channel(2 - Math.abs(6 * hue - 4))];
}

function nameOf(thing) { return className(thing.id) + (thing.track < 0 ? "" : ` #${thing.track}`); }

// Over the picture that a context shows, which is as large as `width` x `height`.
function drawBoxes(context, things, width, height) {
  const scaleX = width / clip.facts.width, scaleY = height / clip.facts.height;
  const line = Math.max(2, Math.round(Math.min(width, height) / 240)), size = Math.max(11, Math.round(Math.min(width, height) / 36));
  context.save();
  context.font = `${size}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  // The best one lies on top.
  for (const thing of [...things].reverse()) {
    const [left, top, right, bottom] = [0, 1, 2, 3].map(i => thing.corners[i] * (i % 2 ? scaleY : scaleX));
    const [red, green, blue] = boxColour(thing.track < 0 ? thing.id : thing.track);
    const colour = `rgb(${[red, green, blue].map(share => Math.round(255 * share)).join()})`;
    for (const [style, thick] of [["rgb(0 0 0 / 55%)", line + 2], [colour, line]]) {
      [context.strokeStyle, context.lineWidth] = [style, thick];
      context.strokeRect(left + line / 2, top + line / 2, Math.max(right - left - line, 1), Math.max(bottom - top - line, 1));
    }
    const text = `${nameOf(thing)} ${(thing.score / 10000).toFixed(2)}`, high = Math.round(size * 1.4);
    const wide = Math.min(context.measureText(text).width + size / 2, width);
    const x = Math.min(left, width - wide), y = top >= high ? top - high : top;
    context.fillStyle = colour;
    context.fillRect(x, y, wide, high);
    context.fillStyle = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 ? "#000" : "#fff";
    context.fillText(text, x + size / 4, y + high / 2, wide - size / 2);
  }
  context.restore();
}
