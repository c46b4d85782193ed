// A form with `data-uploads` sends its files one after the other, each with a bar of its own; files
// can be dropped on it. Without this the form sends them all at once.
const answerOf = (request) => { try { return JSON.parse(request.responseText); } catch { return {}; } };

function line(list, file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "clip";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  const told = document.createElement("span");
  told.className = "soft small";
  item.append(name, bar, told);
  list.append(item);
  return { bar, told };
}

function send(form, file, shown) {
  return new Promise((resolve) => {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("note", form.elements.note?.value ?? "");
    data.append("original", file.name);
    data.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) shown.bar.value = Math.floor((event.loaded / event.total) * 100);
    });
    request.addEventListener("loadend", () => {
      const good = request.status === 200;
      shown.bar.value = good ? 100 : shown.bar.value;
      shown.told.textContent = good ? answerOf(request).label : answerOf(request).problem ?? form.dataset.failed;
      shown.told.classList.toggle("wrong", !good);
      resolve(good);
    });
    request.send(data);
  });
}

async function sendAll(form, files) {
  if (form.dataset.busy || !files.length) return;
  form.dataset.busy = "yes";
  const list = form.querySelector("[data-progress]");
  list.replaceChildren();
  const lines = files.map((file) => line(list, file));
  let good = true;
  for (const [place, file] of files.entries()) good = (await send(form, file, lines[place])) && good;
  delete form.dataset.busy;
  if (good) location.reload();
}

for (const form of document.querySelectorAll("form[data-uploads]")) {
  const chooser = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    sendAll(form, [...chooser.files]);
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    sendAll(form, [...event.dataTransfer.files]);
  });
}
