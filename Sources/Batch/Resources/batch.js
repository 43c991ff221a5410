// Draws the table of recordings: sorted by a click on a column, searched, so many rows at a time.
"use strict";
(() => {
  const rows = JSON.parse(document.getElementById("recordings").textContent);
  const place = document.getElementById("batch");
  const step = 100;
  const clock = (seconds) => {
    if (seconds === undefined || seconds === null) return "";
    const tenths = Math.round(seconds * 10);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(tenths / 36000), minutes = Math.floor(tenths / 600) % 60, rest = tenths % 600;
    return hours > 0 ? `${hours}:${two(minutes)}:${two(Math.floor(rest / 10))}`
      : `${minutes}:${two(Math.floor(rest / 10))}.${rest % 10}`;
  };
  const percent = (share) => share === undefined || share === null ? "" : `${(100 * share).toFixed(1)} %`;
  const first = (row) => row.classes[0];
  const columns = [
    { title: "recording", key: (row) => row.name, text: (row) => row.name, head: true },
    { title: "state", key: (row) => row.state, text: (row) => row.state },
    { title: "length", key: (row) => row.duration, text: (row) => clock(row.duration) },
    { title: "longest class", key: (row) => first(row) && first(row)[0], words: true },
    { title: "on screen", key: (row) => first(row) && first(row)[1], text: (row) => first(row) ? clock(first(row)[1]) : "" },
    { title: "first seen", key: (row) => first(row) && first(row)[2], text: (row) => first(row) ? clock(first(row)[2]) : "" },
    { title: "last seen", key: (row) => first(row) && first(row)[3], text: (row) => first(row) ? clock(first(row)[3]) : "" },
    { title: "hot", key: (row) => row.hot, text: (row) => percent(row.hot) },
    { title: "changes", key: (row) => row.changes, text: (row) => row.changes ?? "" },
    { title: "wavering", key: (row) => row.wavering, text: (row) => row.wavering ?? "" },
    { title: "frames/s", key: (row) => row.rate, text: (row) => row.rate ?? "" },
  ];
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  let sorted = null, isUp = true, shown = step, found = rows;
  const search = make("input");
  search.type = "search";
  search.placeholder = "name, class or state";
  search.setAttribute("aria-label", "Search the recordings");
  const count = make("p", "", "quiet");
  count.setAttribute("role", "status");
  const body = make("tbody");
  const more = make("button", "");
  const heads = columns.map((column, index) => {
    const cell = make("th"), button = make("button", column.title, "sort");
    cell.scope = "col";
    button.addEventListener("click", () => {
      isUp = sorted === index ? !isUp : index < 2 || index === 3;
      sorted = index;
      shown = step;
      update();
    });
    cell.append(button);
    return cell;
  });

  const compare = (a, b) => {
    if (a === undefined || a === null || b === undefined || b === null) {
      // What has no value comes last in both directions.
      const isMissing = [a, b].map((value) => value === undefined || value === null);
      return (isMissing[0] - isMissing[1]) * (isUp ? 1 : -1);
    }
    return typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
  };
  const update = () => {
    const words = search.value.trim().toLowerCase();
    found = !words ? rows.slice() : rows.filter((row) =>
      row.name.toLowerCase().includes(words) || row.state.includes(words)
      || row.classes.some((seen) => seen[0].toLowerCase().includes(words)));
    if (sorted !== null) {
      const key = columns[sorted].key;
      found.sort((a, b) => compare(key(a), key(b)) * (isUp ? 1 : -1));
    }
    heads.forEach((cell, index) => {
      if (index === sorted) cell.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
    draw();
  };
  const classes = (row) => {
    const cell = make("td", undefined, "words");
    if (row.problem) cell.append(make("span", row.problem, "bad"));
    row.classes.forEach((seen, index) => {
      const text = `${seen[0]} ${index === 0 ? percent(seen[4]) : clock(seen[1])}`;
      cell.append(make(index === 0 ? "b" : "span", text), document.createTextNode(" "));
    });
    if (row.more > 0) cell.append(make("span", `and ${row.more} more`, "quiet"));
    return cell;
  };
  const line = (row) => {
    const element = make("tr"), thumb = make("td", undefined, "thumb");
    if (row.picture) {
      const image = make("img");
      image.loading = "lazy";
      image.alt = first(row) ? `${first(row)[0]}, with its heat` : "With its heat";
      image.src = `data:image/jpeg;base64,${row.picture}`;
      thumb.append(image);
    }
    element.append(thumb);
    for (const column of columns) {
      if (column.words) { element.append(classes(row)); continue; }
      const cell = make(column.head ? "th" : "td", String(column.text(row)), column.head ? "path" : "");
      if (column.head) cell.scope = "row";
      element.append(cell);
    }
    return element;
  };
  const draw = () => {
    body.replaceChildren(...found.slice(0, shown).map(line));
    const left = found.length - shown;
    count.textContent = found.length === rows.length ? `${rows.length} recordings`
      : `${found.length} of ${rows.length} recordings`;
    more.hidden = left <= 0;
    more.textContent = `Show ${Math.min(step, left)} more of ${left}`;
  };
  search.addEventListener("input", () => { shown = step; update(); });
  more.addEventListener("click", () => { shown += step; draw(); });

  const table = make("table", undefined, "classes batch"), head = make("thead"), top = make("tr");
  top.append(make("td"), ...heads);
  head.append(top);
  table.append(head, body);
  const wide = make("div", undefined, "wide");
  wide.append(table);
  place.append(search, count, wide, more);
  update();
})();
