import type { Router } from "vitepress";

/**
 * Back and Forward within a page leave it as it is: what is opened in it hears of the address itself. VitePress would load the page
 * again, the first time from another file, and so make all of it anew.
 */
export function keepPage(router: Router): void {
  const before = router.onBeforePageLoad;
  router.onBeforePageLoad = (to) => {
    // VitePress asks while it handles the event. A listener of ours would come after its own.
    const isBack = window.event instanceof PopStateEvent;
    const isSame = new URL(to, location.href).pathname === router.route.path;
    return isBack && isSame ? false : before?.(to);
  };
}
