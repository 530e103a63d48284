import filled from "./fill-screen.css?inline";
import low from "./low-window.css?inline";

/** How the view stands on the whole screen, and in a low window. */
export const windows = `${filled}${low}`;
