// The rule editor: as many numbers as lines, and the line of an error is shown.
function number(editor) {
  const numbers = editor.querySelector("ol");
  const text = editor.querySelector("textarea");
  const lines = text.value.split("\n").length;
  while (numbers.children.length > lines) numbers.lastElementChild.remove();
  while (numbers.children.length < lines) {
    const item = document.createElement("li");
    item.textContent = numbers.children.length + 1;
    numbers.append(item);
  }
  text.rows = Math.max(18, lines + 1);
}
for (const editor of document.querySelectorAll(".editor")) {
  const text = editor.querySelector("textarea");
  text.addEventListener("input", () => number(editor));
  number(editor);
  editor.querySelector("li.wrong")?.scrollIntoView({ block: "center" });
}
