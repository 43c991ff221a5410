// ---- Teaching: a class's examples, its name, and its end ----
const teachExamples = (() => {
  const {tiles, many, thumbnail, ask, act, refresher} = taughtSet, pageSize = 60;
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
  return {
    toggle: id => opened?.id === id ? close() : open(id),
    show() { if (opened) showDrawer(); },
    // The class is gone.
    leave(id) {
      if (opened?.id !== id) return;
      if ($("teach-drawer").contains(document.activeElement)) $("teach-undo").focus();
      close();
    },
  };
})();
