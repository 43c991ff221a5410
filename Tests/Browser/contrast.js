// WCAG 2.2: contrast of text (1.4.3) and of what controls and figures are recognised by (1.4.11), as shown just now.
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
function channels(text) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
const over = (top, ground) => [0, 1, 2].map(i => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
function ground(element) {
  const layers = [];
  for (let node = element; node; node = node.parentElement) layers.push(channels(getComputedStyle(node).backgroundColor));
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
}
function luminance(colour) {
  const [r, g, b] = colour.map(value => value / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
}
function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + .05) / (low + .05);
}
const visible = element => element.getClientRects().length && getComputedStyle(element).visibility === "visible";
const found = [];
let worst = 99;
function check(what, ratio, least) {
  worst = Math.min(worst, ratio / least);
  if (ratio < least) found.push(`${what}: ${ratio.toFixed(2)}, not ${least}`);
}
for (const element of document.querySelectorAll("body *")) {
  if (!visible(element) || element.closest("[disabled], .skip, script")) continue;
  const style = getComputedStyle(element), name = element.tagName.toLowerCase() + (element.id && "#" + element.id);
  const isText = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    || element.matches("input[type=text], select");
  if (isText) {
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    const below = ground(element);
    check(`text of ${name}`, contrast(over(channels(style.color), below), below), isLarge ? 3 : 4.5);
  }
  if (element.matches("button, select, input[type=text]"))
    check(`edge of ${name}`, contrast(channels(style.borderTopColor), ground(element.parentElement)), 3);
  if (element.matches(".switch"))
    check(`body of ${name}`, contrast(channels(style.backgroundColor), ground(element.parentElement)), 3);
  if (element.matches(".fill"))
    check(`bar in ${name}`, contrast(channels(style.backgroundColor), ground(element.parentElement)), 3);
}
const root = getComputedStyle(document.documentElement);
for (let i = 0; i < 6 && document.getElementById("strip"); i++) {
  const line = channels(root.getPropertyValue("--s" + i).trim());
  check(`line ${i} of the strip`, contrast(line, ground(document.getElementById("strip"))), 3);
}
check("focus ring", contrast(channels(root.getPropertyValue("--accent").trim()), channels(root.getPropertyValue("--surface").trim())), 3);
return {found, worst};
