// ---- Teaching: the panel ----
const teaching = (() => {
  const set = taughtSet, {tiles, many, thumbnail, ask, act, tell, showProblem, refresher} = set;
  const list = $("teach-classes"), sure = $("teach-sure"), newestShown = 5;

  function show(next = set.state) {
    set.state = next;
    if (!next || readOnly === null) return;
    const {classes, head, model, undoes} = next;
    $("teach").hidden = false;
    document.querySelector("main").classList.add("taught");
    $("teach-set").textContent = $("teach-set").title = `${next.name}, on ${next.backbone}`;
    const told = stateText(next);
    if ($("teach-state").textContent !== told) $("teach-state").textContent = told;
    for (const [id, tile] of tiles) if (!classes.some(one => one.id === id)) {
      if (teachHold.isOf(id)) teachHold.end(`${tile.name} was removed.`);
      teachExamples.leave(id);
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
    $("teach-undo").disabled = readOnly || !undoes;
    $("teach-undo").title = undoes ? `Takes back ${undoes} (Ctrl+Z)` : "";
    $("teach-undo").setAttribute("aria-label", undoes ? `Undo ${undoes}` : "Undo");
    $("teach-clear").disabled = classes.length < 2 && !classes.some(one => one.examples);
    $("teach-make").disabled = model.is_being_made || head.number === undefined;
    if (readOnly) tell("");
    for (const id of ["teach-add", "teach-acts", "teach-rename"]) $(id).hidden = readOnly;
    showModel(model);
    showProblem();
    teachExamples.show();
  }
  function stateText({classes, fewest_examples: fewest, head}) {
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
    tile.open.onclick = () => teachExamples.toggle(id);
    tile.newest.setAttribute("aria-hidden", true);
    tile.item = element("li", {className: "taught-class"}, tile.hold, element("div", {className: "under"}, tile.newest, tile.open));
    tile.showNewest = ids => showNewest(tile, ids);
    tile.refresh = refresher(async () => tile.showNewest((await ask("GET", `/examples?class=${id}&count=${newestShown}`)).examples));
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
    if (!set.state) return;
    for (const tile of tiles.values()) {
      const entry = set.state.head.number !== undefined && top.find(({label}) => label === tile.name);
      tile.bar.style.transform = `scaleX(${entry ? Math.min(1, Math.max(0, entry.probability)) : 0})`;
      tile.bar.style.background = entry ? colourOf(entry.id) : "";
    }
  }

  // ---- All of it ----
  $("teach-add").onsubmit = async event => {
    event.preventDefault();
    const field = $("teach-name"), name = field.value.trim();
    if (name && await act("POST", "/classes", {name}, `${name} is added.`) && field.value.trim() === name) field.value = "";
  };
  $("teach-undo").onclick = () => act("POST", "/undo", {}, `Taken back: ${set.state.undoes}.`);
  $("teach-clear").onclick = () => {
    const examples = set.state.classes.reduce((sum, one) => sum + one.examples, 0);
    $("teach-asked").textContent = `Remove ${many(set.state.classes.length, "class").replace("classs", "classes")} with ${many(examples, "example")} from ${set.state.name}?`;
    teachHold.end();
    sure.showModal();
    $("teach-keep").focus();
  };
  $("teach-keep").onclick = () => sure.close();
  $("teach-empty").onclick = () => { sure.close(); act("POST", "/clear", {}, "Cleared. Undo brings all back."); };
  $("teach-make").onclick = () => act("POST", "/model", {}, "The model is being made.");
  return {show, bars, end: teachHold.end};
})();
