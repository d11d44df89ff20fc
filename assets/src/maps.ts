// Maps of a page: the drawing itself comes in a chunk of its own, when the map is about to be seen.

/** Draws the map of each [data-map] element once it comes near the screen. */
export function startMaps(): void {
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      void import("./map.ts").then(({ drawMap }) => drawMap(target as HTMLElement));
    }
  }, { rootMargin: "200px" });
  for (const place of document.querySelectorAll("[data-map]")) near.observe(place);
}
