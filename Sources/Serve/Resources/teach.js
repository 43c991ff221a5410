// ---- Teaching: hold a class's button, and the pictures of just now become its examples ----
const teaching = (() => {
  const panel = $("teach"), list = $("teach-classes"), sure = $("teach-sure");
  // The least time from one example to the next, in milliseconds.
  const pace = 125, newestShown = 5, pageSize = 60;
  let state = null;
  const tiles = new Map();
  const many = (count, word) => count === 1 ? `1 ${word}` : `${count} ${word}s`;
  const isText = node => node.closest?.("input:not([type=range], [type=checkbox]), select, textarea");
  const thumbnail = id => element("img", {
    src: `api/teach/thumbnail.jpg?${new URLSearchParams({id, set: state.name})}`, alt: "", draggable: false});

  async function ask(method, path, body) {
    let response;
    try {
      response = await fetch("api/teach" + path, {
        method, cache: "no-store", ...body && {headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)}});
    } catch { throw new Error("The server does not answer."); }
    if (!response.ok) throw new Error(await problemOf(response));
    return response.json();
  }
  let failure = "";
  function showProblem(text = failure) {
    failure = text;
    const shown = failure || state?.problem || "";
    if ($("teach-problem").textContent !== shown) $("teach-problem").textContent = shown;
    $("teach-problem").hidden = !shown;
  }
  function tell(text) { $("teach-said").textContent = text; }
  // The new state itself comes as an event, as it does to all who look.
  async function act(method, path, body, said) {
    try {
      const answer = await ask(method, path, body);
      showProblem("");
      tell(said);
      return answer;
    } catch (error) {
      showProblem(error.message);
      return null;
    }
  }

  // ---- What there is ----
  function show(next = state) {
    state = next;
    if (!state || readOnly === null) return;
    const {classes, head, model, undoes} = state;
    panel.hidden = false;
    document.querySelector("main").classList.add("taught");
    $("teach-set").textContent = $("teach-set").title = `${state.name}, on ${state.backbone}`;
    const told = stateText();
    if ($("teach-state").textContent !== told) $("teach-state").textContent = told;
    for (const [id, tile] of tiles) if (!classes.some(one => one.id === id)) {
      if (holding?.id === id) end(`${tile.name} was removed.`);
      if (opened?.id === id) {
        if ($("teach-drawer").contains(document.activeElement)) $("teach-undo").focus();
        close();
      }
      tile.item.remove();
      tiles.delete(id);
    }
    classes.forEach((one, place) => {
      let tile = tiles.get(one.id);
      if (!tile) tiles.set(one.id, tile = makeTile(one.id));
      // Nodes are moved only where they must be: whoever is at one stays there.
      if (list.children[place] !== tile.item) list.insertBefore(tile.item, list.children[place] || null);
      fill(tile, one, place);
    });
    $("teach-undo").disabled = !undoes;
    $("teach-undo").title = undoes ? `Takes back ${undoes} (Ctrl+Z)` : "";
    $("teach-undo").setAttribute("aria-label", undoes ? `Undo ${undoes}` : "Undo");
    $("teach-clear").disabled = classes.length < 2 && !classes.some(one => one.examples);
    $("teach-make").disabled = model.is_being_made || head.number === undefined;
    if (readOnly) tell("");
    for (const id of ["teach-add", "teach-acts", "teach-rename"]) $(id).hidden = readOnly;
    showModel(model);
    showProblem();
    if (opened) showDrawer();
  }
  function stateText() {
    const {classes, fewest_examples: fewest, head} = state;
    const enough = classes.filter(one => one.examples >= fewest);
    if (enough.length < 2) {
      if (classes.length < 2) return `Two classes with ${fewest} examples each are needed: add one.`;
      const missing = [...classes].sort((a, b) => b.examples - a.examples).slice(0, 2).filter(one => one.examples < fewest);
      return "Still missing: " + missing.map(one => `${fewest - one.examples} of ${one.name}`).join(", ") + ".";
    }
    if (head.is_fitting) return "Fitting …";
    if (head.problem) return head.problem;
    if (head.number === undefined) return "";
    const since = head.milliseconds === undefined ? "" : `, ${(head.milliseconds / 1000).toFixed(1)} s after the last change`;
    return `Tells ${enough.length} classes apart${since}.`;
  }
  function showModel(model) {
    const made = model.made_at !== undefined && `Made ${new Date(1000 * model.made_at).toLocaleString([], {dateStyle: "medium", timeStyle: "short"})}`
      + (model.accuracy === undefined ? "." : `: ${(100 * model.accuracy).toFixed(1)} % right of what was held out.`);
    const text = model.is_being_made ? `Making the model: ${model.step || "begun"} …`
      : model.problem ? `No model: ${model.problem}` : made || "";
    if ($("teach-model").textContent !== text) $("teach-model").textContent = text;
    $("teach-model").hidden = !text;
    $("teach-links").hidden = !made;
    if (showModel.wasBeingMade && !model.is_being_made) tell(model.problem ? "The model could not be made." : "The model is made.");
    showModel.wasBeingMade = model.is_being_made;
  }

  // ---- A class ----
  function makeTile(id) {
    const part = name => element("span", {className: name});
    const tile = {
      id, ids: [], key: part("key"), title: part("name"), count: part("count"), hint: part("hint"), bar: part("likely"),
      shown: [], newest: part("newest"), open: element("button", {type: "button", className: "open", textContent: "Edit"}),
    };
    const track = element("span", {className: "bar-of"}, tile.bar);
    tile.hold = element("button", {type: "button", className: "hold"}, tile.key, tile.title, tile.count, track, tile.hint);
    tile.hold.setAttribute("aria-pressed", false);
    tile.open.setAttribute("aria-expanded", false);
    tile.open.setAttribute("aria-controls", "teach-drawer");
    tile.open.onclick = () => opened?.id === id ? close() : open(id);
    tile.newest.setAttribute("aria-hidden", true);
    tile.item = element("li", {className: "taught-class"}, tile.hold, element("div", {className: "under"}, tile.newest, tile.open));
    tile.refresh = refresher(async () => showNewest(tile, (await ask("GET", `/examples?class=${id}&count=${newestShown}`)).examples));
    return tile;
  }
  function fill(tile, {name, examples}, place) {
    const key = place < 9 ? String(place + 1) : place === 9 ? "0" : "";
    if (tile.key.textContent !== key) {
      tile.key.textContent = key;
      if (key) tile.hold.setAttribute("aria-keyshortcuts", key); else tile.hold.removeAttribute("aria-keyshortcuts");
    }
    const isOther = tile.examples !== examples;
    if (tile.name !== name) tile.title.textContent = tile.title.title = tile.name = name;
    if (isOther) tile.count.textContent = tile.examples = examples;
    tile.hold.setAttribute("aria-label", `${name}: ${many(examples, "example")}` + (readOnly ? "" : ", hold to take more"));
    tile.hold.disabled = readOnly;
    tile.open.textContent = readOnly ? "Show" : "Edit";
    tile.open.setAttribute("aria-label", `${tile.open.textContent} ${name} and its examples`);
    if (isOther) tile.refresh();
  }
  // What is asked for again and again is asked for a few times a second, and once more at the end.
  function refresher(work) {
    let isWanted = false, isBusy = false;
    return async () => {
      isWanted = true;
      if (isBusy) return;
      isBusy = true;
      while (isWanted) {
        isWanted = false;
        // One that is gone meanwhile, or a server: an event tells.
        try { await work(); } catch { }
        await wait(300);
      }
      isBusy = false;
    };
  }
  function showNewest(tile, ids) {
    tile.ids = ids.slice(0, newestShown);
    const kept = new Map(tile.shown);
    tile.shown = tile.ids.map(id => [id, kept.get(id) || thumbnail(id)]);
    const nodes = tile.shown.map(([, node]) => node);
    if (nodes.some((node, place) => tile.newest.children[place] !== node) || tile.newest.children.length !== nodes.length)
      tile.newest.replaceChildren(...nodes);
  }
  // How sure the head is of each class, in its button: on a phone the list of classes is out of sight.
  function bars(top) {
    if (!state) return;
    for (const tile of tiles.values()) {
      const entry = state.head.number !== undefined && top.find(({label}) => label === tile.name);
      tile.bar.style.transform = `scaleX(${entry ? Math.min(1, Math.max(0, entry.probability)) : 0})`;
      tile.bar.style.background = entry ? colourOf(entry.id) : "";
    }
  }

  // ---- A button that is held ----
  let holding = null, running = Promise.resolve(), lastStarted = null;
  // `how`: by which pointer or key.
  function begin(tile, how) {
    lastStarted = tile;
    if (holding || readOnly || !tile || sure.open) return;
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
    if (isNew && !tile.ids.includes(id)) showNewest(tile, [id, ...tile.ids]);
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
    if (!state || panel.hidden || sure.open) return;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (holding) end();
      const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "z";
      if (isUndo && !isText(event.target) && !readOnly) { event.preventDefault(); undo(); }
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
  list.addEventListener("click", event => {
    const tile = tileOf(event.target);
    if (!tile) return;
    if (lastStarted !== tile) { begin(tile, {}); end(); }
    lastStarted = null;
  });
  list.addEventListener("focusout", event => { if (holding?.key && tileOf(event.target)?.id === holding.id) end(); });
  addEventListener("blur", () => end());
  addEventListener("pagehide", () => end());
  document.addEventListener("visibilitychange", () => { if (document.hidden) end(); });

  // ---- A class's examples, name and end ----
  let opened = null;
  function open(id) {
    close();
    const tile = tiles.get(id);
    opened = {id, name: tile.name, from: 0, examples: -1};
    tile.open.setAttribute("aria-expanded", true);
    $("teach-new-name").value = tile.name;
    $("teach-examples").replaceChildren();
    $("teach-drawer").hidden = false;
    showDrawer();
    $("teach-of").focus({preventScroll: true});
    $("teach-drawer").scrollIntoView({block: "nearest"});
  }
  function close() {
    if (!opened) return;
    tiles.get(opened.id)?.open.setAttribute("aria-expanded", false);
    opened = null;
    $("teach-drawer").hidden = true;
  }
  function showDrawer() {
    const {name, examples} = tiles.get(opened.id), field = $("teach-new-name");
    $("teach-of").textContent = `${name}: ${many(examples, "example")}`;
    if (opened.name !== name) {
      // What is being typed stays.
      if (field.value === opened.name && document.activeElement !== field) field.value = name;
      opened.name = name;
    }
    opened.from = Math.min(opened.from, Math.max(0, Math.ceil(examples / pageSize) - 1) * pageSize);
    const last = Math.min(examples, opened.from + pageSize), isLong = examples > pageSize;
    $("teach-page").textContent = isLong ? `${opened.from + 1} to ${last}` : "";
    $("teach-newer").hidden = $("teach-older").hidden = !isLong;
    $("teach-newer").disabled = !opened.from;
    $("teach-older").disabled = last >= examples;
    if (opened.examples === examples) return;
    opened.examples = examples;
    listExamples();
  }
  const listExamples = refresher(async () => {
    const mine = opened;
    if (!mine) return;
    const {examples} = await ask("GET", `/examples?class=${mine.id}&from=${mine.from}&count=${pageSize}`);
    if (opened !== mine) return;
    const nodes = $("teach-examples"), kept = new Map([...nodes.children].map(item => [item.dataset.id, item]));
    const focused = [...nodes.children].findIndex(item => item.contains(document.activeElement));
    const items = examples.map(id => kept.get(String(id)) || makeExample(id));
    // Others go in or out around those that stay, so that none of these loses the focus.
    for (const item of [...nodes.children]) if (!items.includes(item)) item.remove();
    items.forEach((item, place) => { if (nodes.children[place] !== item) nodes.insertBefore(item, nodes.children[place] || null); });
    if (focused >= 0 && !nodes.contains(document.activeElement))
      (nodes.children[Math.min(focused, items.length - 1)]?.firstElementChild || $("teach-of")).focus();
  });
  function makeExample(id) {
    const button = element("button", {type: "button", className: "drop", title: "Delete this example", disabled: readOnly}, Object.assign(thumbnail(id), {loading: "lazy"}));
    button.setAttribute("aria-label", `Delete example ${id}`);
    button.onclick = () => act("DELETE", `/examples?id=${id}`, null, "Deleted. Undo brings it back.");
    const item = element("li", {}, button);
    item.dataset.id = id;
    return item;
  }
  function turn(by) {
    opened.from = Math.max(0, opened.from + by);
    opened.examples = -1;
    $("teach-examples").scrollTop = 0;
    showDrawer();
  }
  $("teach-newer").onclick = () => turn(-pageSize);
  $("teach-older").onclick = () => turn(pageSize);
  $("teach-close").onclick = () => { const tile = tiles.get(opened?.id); close(); tile?.open.focus(); };
  $("teach-drawer").onkeydown = event => { if (event.key === "Escape") $("teach-close").click(); };
  $("teach-rename").onsubmit = async event => {
    event.preventDefault();
    const name = $("teach-new-name").value.trim();
    if (name !== opened.name) await act("PATCH", "/classes", {id: opened.id, name}, `It is called ${name} now.`);
  };
  $("teach-remove").onclick = () => {
    const {name} = tiles.get(opened.id);
    act("DELETE", `/classes?id=${opened.id}`, null, `${name} is removed. Undo brings it back.`);
  };

  // ---- All of it ----
  $("teach-add").onsubmit = async event => {
    event.preventDefault();
    const field = $("teach-name"), name = field.value.trim();
    if (name && await act("POST", "/classes", {name}, `${name} is added.`) && field.value.trim() === name) field.value = "";
  };
  function undo() {
    const {undoes} = state;
    if (undoes) act("POST", "/undo", {}, `Taken back: ${undoes}.`);
  }
  $("teach-undo").onclick = undo;
  $("teach-clear").onclick = () => {
    const examples = state.classes.reduce((sum, one) => sum + one.examples, 0);
    $("teach-asked").textContent = `Remove ${many(state.classes.length, "class").replace("classs", "classes")} with ${many(examples, "example")} from ${state.name}?`;
    end();
    sure.showModal();
    $("teach-keep").focus();
  };
  $("teach-keep").onclick = () => sure.close();
  $("teach-empty").onclick = () => { sure.close(); act("POST", "/clear", {}, "Cleared. Undo brings all back."); };
  $("teach-make").onclick = () => act("POST", "/model", {}, "The model is being made.");
  return {show, bars, end};
})();
