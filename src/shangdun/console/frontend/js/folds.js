// Groups of the side bar: what a person folds or opens stays so; the one with this page lies open.
const PREFIX = "shangdun.fold.";

for (const group of document.querySelectorAll("details[data-folds]")) {
  const key = PREFIX + group.dataset.folds;
  const kept = localStorage.getItem(key);
  if (kept && !("here" in group.dataset)) group.open = kept === "open";
  group.querySelector("summary").addEventListener("click", () => {
    localStorage.setItem(key, group.open ? "shut" : "open"); // as it was before this click
  });
}

// The bar is longer than most screens: it begins where this page's own entry is in view.
const here = document.querySelector(".side .nav [aria-current]");
if (here) here.scrollIntoView({ block: "nearest" });

// A way into what lies folded opens it first.
function reveal() {
  const fold = document.querySelector(":target")?.closest("details:not([open])");
  if (!fold) return;
  fold.open = true;
  document.querySelector(":target").scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
