// ---- Teaching: a button that is held, by a pointer or a key, and all that ends the hold ----
const teachHold = (() => {
  const set = taughtSet, {tiles, many, ask, tell, showProblem} = set;
  // The least time from one example to the next, in milliseconds.
  const pace = 125;
  const isText = node => node.closest?.("input:not([type=range], [type=checkbox]), select, textarea");
  let holding = null, running = Promise.resolve(), lastStarted = null;
  // `how`: by which pointer or key.
  function begin(tile, how) {
    lastStarted = tile;
    if (holding || readOnly || !tile || $("teach-sure").open) return;
    const mine = holding = {id: tile.id, taken: 0, known: 0, ...how};
    showProblem("");
    tell("");
    tile.hold.setAttribute("aria-pressed", true);
    const before = running;
    running = (async () => {
      await before;
      // A tap is one example.
      do {
        const start = performance.now();
        try {
          note(tile, mine, await ask("POST", "/examples", {class: tile.id}));
        } catch (error) {
          if (holding === mine) end();
          showProblem(error.message);
          break;
        }
        if (holding === mine) await wait(Math.max(0, pace - (performance.now() - start)));
      } while (holding === mine);
      tile.hint.textContent = "";
      tile.refresh();
      if (!mine.taken && !mine.known) return;
      tell(`${tile.name}: ${many(mine.taken, "example")} taken`
        + (mine.known ? `, ${mine.known} left out as nearly the same.` : "."));
    })();
  }
  function note(tile, mine, {id, is_new: isNew}) {
    mine[isNew ? "taken" : "known"]++;
    tile.hint.textContent = isNew ? `+${mine.taken}` : "nearly the same: move it";
    if (isNew && !tile.ids.includes(id)) tile.showNewest([id, ...tile.ids]);
  }
  function end(problem) {
    if (!holding) return;
    const tile = tiles.get(holding.id);
    holding = null;
    tile?.hold.setAttribute("aria-pressed", false);
    if (problem) showProblem(problem);
  }
  const tileOf = node => [...tiles.values()].find(({hold}) => hold === node?.closest?.(".hold"));

  document.addEventListener("pointerdown", event => {
    // Another finger, or a click elsewhere.
    const tile = tileOf(event.target);
    if (holding) {
      if (event.pointerId !== holding.pointer) { end(); lastStarted = tile; }
      return;
    }
    if (!tile || event.button || !event.isPrimary) return;
    try { tile.hold.setPointerCapture(event.pointerId); } catch { /* It is gone already, and its end comes. */ }
    begin(tile, {pointer: event.pointerId, kind: event.pointerType});
  }, true);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
    document.addEventListener(name, event => { if (holding && event.pointerId === holding.pointer) end(); }, true);
  document.addEventListener("pointermove", event => {
    if (holding && event.pointerId === holding.pointer && event.buttons !== 1) end();
  }, true);
  document.addEventListener("contextmenu", event => {
    const isTouch = holding ? holding.kind === "touch" || holding.kind === "pen" : tileOf(event.target) && event.pointerType === "touch";
    // To a finger it comes because it rests.
    if (isTouch) event.preventDefault(); else end();
  }, true);
  const digitOf = event => /^(Digit|Numpad)\d$/.test(event.code) ? event.code.slice(-1) : /^\d$/.test(event.key) ? event.key : "";
  document.addEventListener("keydown", event => {
    if (!set.state || $("teach").hidden || $("teach-sure").open) return;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (holding) end();
      const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "z";
      if (isUndo && !isText(event.target)) { event.preventDefault(); $("teach-undo").click(); }
      return;
    }
    const tile = event.key === " " || event.key === "Enter" ? tileOf(event.target)
      : digitOf(event) && !isText(event.target) ? [...tiles.values()].find(one => one.key.textContent === digitOf(event)) : null;
    if (holding && event.code !== holding.key) { end(); if (tile) event.preventDefault(); return; }
    if (!tile) return;
    event.preventDefault();
    if (!event.repeat && !holding) begin(tile, {key: event.code});
  });
  document.addEventListener("keyup", event => {
    if ((event.key === " " || event.key === "Enter") && tileOf(event.target)) event.preventDefault();
    if (holding && event.code === holding.key) { end(); setTimeout(() => { lastStarted = null; }); }
  });
  // What clicks without pressing, such as a screen reader, takes one example.
  $("teach-classes").addEventListener("click", event => {
    const tile = tileOf(event.target);
    if (!tile) return;
    if (lastStarted !== tile) { begin(tile, {}); end(); }
    lastStarted = null;
  });
  $("teach-classes").addEventListener("focusout", event => { if (holding?.key && tileOf(event.target)?.id === holding.id) end(); });
  addEventListener("blur", () => end());
  addEventListener("pagehide", () => end());
  document.addEventListener("visibilitychange", () => { if (document.hidden) end(); });
  return {end, isOf: id => holding?.id === id};
})();
