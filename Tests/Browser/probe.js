// Reads the numbers that the pictures carry (see Server/NumberedPainter.swift) from what the page shows.
window.probe = {
  seen: [],
  // The number in a picture of any size; null if it is none, or a mix of two.
  number(context, width, height) {
    const rows = [1, 3].map(share => context.getImageData(0, Math.floor(height * share / 16), width, 1).data);
    let number = 0;
    for (let bit = 0; bit < 16; bit++) {
      const x = 4 * Math.floor((bit + .5) * width / 16), upper = rows[0][x] > 127, lower = rows[1][x] > 127;
      if (upper === lower) return null;
      number = 2 * number + (upper ? 1 : 0);
    }
    return number;
  },
  note(number) {
    const last = this.seen.at(-1);
    if (number !== null && (!last || last[0] !== number)) this.seen.push([number, performance.timeOrigin + performance.now()]);
  },
  // Notes every change of what a canvas shows.
  watch(canvas) {
    this.seen = [];
    clearInterval(this.timer);
    const context = canvas.getContext("2d");
    this.timer = setInterval(() => {
      if (canvas.width >= 64) this.note(this.number(context, canvas.width, canvas.height));
    }, 4);
  },
};
