// A strip of tabs wider than its screen: the present one is in view, and an edge that fades says
// that there is more behind it.
for (const strip of document.querySelectorAll(".room-tabs")) {
  const mark = () => {
    const left = Math.round(strip.scrollLeft);
    strip.classList.toggle("more-before", left > 4);
    strip.classList.toggle("more-after", left + strip.clientWidth < strip.scrollWidth - 4);
  };
  const here = strip.querySelector("[aria-current]");
  if (here) {
    const offset = here.getBoundingClientRect().left - strip.getBoundingClientRect().left;
    strip.scrollLeft += offset - (strip.clientWidth - here.offsetWidth) / 2;
  }
  strip.addEventListener("scroll", mark, { passive: true });
  addEventListener("resize", mark);
  mark();
}
