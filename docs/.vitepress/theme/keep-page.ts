import type { Router } from "vitepress";

/**
 * Back and Forward within a page leave it as it is: what is opened in it hears of the address itself. VitePress would load the page
 * again, the first time from another file, and so make all of it anew.
 */
export function keepPage(router: Router): void {
  let isBack = false;
  window.addEventListener(
    "popstate",
    () => {
      isBack = true;
      setTimeout(() => {
        isBack = false;
      });
    },
    { capture: true },
  );
  const before = router.onBeforePageLoad;
  router.onBeforePageLoad = (to) => {
    const isSame = new URL(to, location.href).pathname === router.route.path;
    return isBack && isSame ? false : before?.(to);
  };
}
