// ---- Teaching: the set as the server tells it, and what is asked of it ----
const taughtSet = (() => {
  // The newest state; null: nothing is taught. Tiles are what the page shows of the classes, by their numbers.
  const set = {state: null, tiles: new Map()};
  const many = (count, word) => count === 1 ? `1 ${word}` : `${count} ${word}s`;
  const thumbnail = id => element("img", {
    src: `api/teach/thumbnail.jpg?${new URLSearchParams({id, set: set.state.name})}`, alt: "", draggable: false});

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
    const shown = failure || set.state?.problem || "";
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
  return Object.assign(set, {many, thumbnail, ask, act, tell, showProblem, refresher});
})();
