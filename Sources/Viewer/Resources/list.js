"use strict";
// Called by list.js, the data: the recordings of a folder.
function camstreamList(recordings) {
  const list = document.getElementById("list");
  document.getElementById("count").textContent =
    `${recordings.length} recording${recordings.length === 1 ? "" : "s"} with heat`;
  for (const one of recordings) {
    const entry = document.createElement("li"), link = document.createElement("a"), told = document.createElement("span");
    // From a disk nobody adds the page's name.
    link.href = `${one.folder}/${location.protocol === "file:" ? "index.html" : ""}`;
    link.textContent = one.name;
    told.className = "quiet";
    told.textContent = [`${one.width} × ${one.height}`, one.methods.join(", "), one.model].filter(Boolean).join(" · ");
    entry.append(link, told);
    list.append(entry);
  }
}
