// The API's page: reads openapi.json and writes each operation as text, no third party's script.
const page = document.querySelector("[data-openapi]");

function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function rows(operation) {
  const table = element("dl", "", "facts");
  for (const parameter of operation.parameters ?? []) {
    table.append(element("dt", parameter.name, "mono"), element("dd", [parameter.in, parameter.schema?.type, parameter.description].filter(Boolean).join(" · ")));
  }
  const kinds = Object.keys(operation.requestBody?.content ?? {});
  if (kinds.length) table.append(element("dt", page.dataset.body), element("dd", kinds.join(", "), "mono"));
  for (const [code, answer] of Object.entries(operation.responses ?? {})) {
    table.append(element("dt", code, "mono"), element("dd", answer.description));
  }
  return table;
}

function card(path, method, operation) {
  const box = element("section", "", "card");
  const head = element("h2", "", "card-head");
  head.append(element("span", method.toUpperCase(), method === "get" ? "pill note" : "pill own"), element("code", path, "break"));
  const body = element("div", "", "card-body stack");
  body.append(element("p", operation.summary), element("p", operation.description ?? "", "soft whitespace-pre-line"), rows(operation));
  box.append(head, body);
  return box;
}

async function show() {
  const answer = await fetch(page.dataset.openapi);
  if (!answer.ok) throw new Error(String(answer.status));
  const schema = await answer.json();
  page.replaceChildren();
  for (const [path, methods] of Object.entries(schema.paths)) {
    for (const [method, operation] of Object.entries(methods)) page.append(card(path, method, operation));
  }
  page.removeAttribute("aria-busy");
}

show().catch(() => { page.textContent = page.dataset.failed; });
